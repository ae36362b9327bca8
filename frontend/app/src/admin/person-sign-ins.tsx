import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { device } from '../account/device';
import { Dialog } from '../ui/dialog';
import { ago } from '../words';
import classes from './admin-page.module.css';
import { admin, type PersonListed } from './calls';
import type { Act } from './use-act';

/** The sign-ins of a person. Ending one closes its open pages at once. */
export function PersonSignIns(props: { person: PersonListed; opened: boolean; onClose: () => void; act: Act }) {
  const { person, opened, onClose, act } = props;
  const queries = useQueryClient();
  const key = ['admin', 'sign-ins', person.id];
  const list = useQuery({ queryKey: key, queryFn: () => admin.signIns(person.id), enabled: opened });
  const items = list.data?.items ?? [];
  const run = (change: () => Promise<string | null>) =>
    void act(change).then(() => queries.invalidateQueries({ queryKey: key }));
  return (
    <Dialog opened={opened} onClose={onClose} title={`Sign-ins of ${person.name}`} width={520} testId="sign-ins">
      {list.isError && <p className={classes.quiet}>The list can’t be loaded right now.</p>}
      {list.data && items.length === 0 && <p className={classes.quiet}>Signed in nowhere.</p>}
      <ul>
        {items.map((signIn) => (
          <li key={signIn.id} className={classes.row}>
            <div className={classes.who}>
              <p>{device(signIn)}</p>
              <p className={classes.quiet}>
                {signIn.address} · {ago(new Date(signIn.last_seen_at), new Date())}
              </p>
            </div>
            <Button
              variant="subtle"
              color="rubric"
              size="sm"
              onClick={() =>
                run(async () => {
                  await admin.endSignIn(person.id, signIn.id);
                  return 'Sign-in ended';
                })
              }
            >
              End
            </Button>
          </li>
        ))}
      </ul>
      {items.length > 0 && (
        <Button
          className={classes.more ?? ''}
          variant="default"
          onClick={() =>
            run(async () => {
              await admin.endSignIns(person.id);
              return `${person.name} was signed out everywhere`;
            })
          }
        >
          End all of them
        </Button>
      )}
    </Dialog>
  );
}
