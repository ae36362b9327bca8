import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { UserMinus } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Me } from '../api';
import { whatFailed } from '../documents/use-new-document';
import type { Candidate } from '../people';
import { PersonField } from '../share/person-field';
import { ChoiceMenu } from '../share/role-menu';
import { Avatar } from '../ui/avatar';
import { Dialog, DialogButtons } from '../ui/dialog';
import { focusingWrong } from '../ui/focus-wrong';
import { toast } from '../ui/toasts';
import { type Group, type GroupMember, groups } from './calls';
import classes from './groups-dialog.module.css';
import { whatCame } from './words';

/** How often an open group is fetched again, ms: an invited person may accept meanwhile. */
const refresh = 5000;

interface Props {
  group: Group;
  me: Me;
  /** It was just made, so the next step is to add people. */
  made: boolean;
  /** Null: the group is gone, or the user is no longer in it. */
  onChanged: (group: Group | null) => void;
}

export function GroupPeople({ group, me, made, onChanged }: Props) {
  const queries = useQueryClient();
  const key = ['group', group.id];
  const members = useQuery({
    queryKey: key,
    queryFn: () => groups.members(group.id),
    refetchOnMount: 'always',
    refetchOnWindowFocus: 'always',
    refetchInterval: refresh,
  });
  const [deleting, setDeleting] = useState(false);
  const act = async (change: () => Promise<string | null>, left = false) => {
    try {
      const done = await change();
      if (done) toast(done);
      if (left) onChanged(null);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    await queries.invalidateQueries({ queryKey: key });
    await queries.invalidateQueries({ queryKey: ['groups'] });
  };
  return (
    <>
      <ul className={classes.people}>
        {members.data?.items.map((member) => (
          <Row key={member.user.id} group={group} member={member} me={me} act={act} />
        ))}
      </ul>
      {group.manager && <AddPerson group={group} act={act} focused={made} />}
      {group.manager && (
        <Rename
          group={group}
          onRename={(name) =>
            void act(async () => {
              onChanged(await groups.rename(group.id, name));
              return 'Renamed';
            })
          }
        />
      )}
      {group.manager && (
        <Button variant="subtle" color="rubric" size="sm" onClick={() => setDeleting(true)}>
          Delete the group…
        </Button>
      )}
      <Dialog opened={deleting} onClose={() => setDeleting(false)} title={`Delete ${group.name}?`}>
        <p>Its people lose the roles that the group gave them. What they wrote stays.</p>
        <DialogButtons>
          <Button
            color="rubric"
            onClick={() => {
              setDeleting(false);
              void act(async () => {
                await groups.delete(group.id);
                return `${group.name} is gone`;
              }, true);
            }}
          >
            Delete
          </Button>
          <Button variant="default" data-autofocus onClick={() => setDeleting(false)}>
            Keep
          </Button>
        </DialogButtons>
      </Dialog>
    </>
  );
}

function Rename({ group, onRename }: { group: Group; onRename: (name: string) => void }) {
  const [name, setName] = useState(group.name);
  const changed = name.trim() !== '' && name.trim() !== group.name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed) onRename(name.trim());
  };
  return (
    <form className={classes.line} onSubmit={submit} noValidate>
      <TextInput
        className={classes.field ?? ''}
        aria-label="Name of the group"
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={!changed}>
        Rename
      </Button>
    </form>
  );
}

type Act = (change: () => Promise<string | null>, left?: boolean) => Promise<void>;

function Row({ group, member, me, act }: { group: Group; member: GroupMember; me: Me; act: Act }) {
  const { user, manager, offered } = member;
  const mine = user.id === me.id;
  const place = offered ? 'Offered' : manager ? 'Manager' : 'Member';
  const quiet = offered ? 'Offered a place, hasn’t answered yet' : user.email;
  const become = (next: boolean) =>
    void act(async () => {
      await groups.setMember(group.id, user.id, next);
      return `${user.name} ${next ? 'manages' : 'no longer manages'} ${group.name}`;
    });
  const remove = () =>
    void act(async () => {
      await groups.remove(group.id, user.id);
      if (offered) return `${user.name} is no longer asked`;
      return mine ? `You left ${group.name}` : `${user.name} is out of ${group.name}`;
    }, mine);
  const out = {
    id: 'out',
    label: offered ? 'Withdraw' : mine ? 'Leave the group' : 'Remove',
    icon: UserMinus,
    danger: true,
    apart: !offered,
    onSelect: remove,
  };
  return (
    <li className={classes.person} data-testid="group-member">
      <Avatar name={user.name} color={user.color} size={36} look="tinted" picture={user.picture ?? null} />
      <div className={classes.name}>
        <p>
          {user.name} {mine && <span className={classes.quiet}>(you)</span>}
        </p>
        {quiet && <p className={classes.quiet}>{quiet}</p>}
      </div>
      {group.manager || mine ? (
        <ChoiceMenu
          title={`${user.name} in ${group.name}`}
          chosen={place}
          actions={[
            ...(group.manager && !offered
              ? [
                  { id: 'member', label: 'Member', checked: !manager, onSelect: () => manager && become(false) },
                  { id: 'manager', label: 'Manager', checked: manager, onSelect: () => !manager && become(true) },
                ]
              : []),
            out,
          ]}
        />
      ) : (
        <span className={classes.quiet}>{place}</span>
      )}
    </li>
  );
}

/** Adds a person by name or by e-mail; by e-mail, the answer is the same whether or not there is such an account. The list shows who has
 * been offered a place. */
function AddPerson({ group, act, focused }: { group: Group; act: Act; focused: boolean }) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focused) form.current?.querySelector('input')?.focus();
  }, [focused]);
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const queries = useQueryClient();
  const choose = (person: Candidate) => {
    setText('');
    void act(async () => {
      const member = await groups.setMember(group.id, person.id, false);
      await queries.invalidateQueries({ queryKey: ['candidates', 'group', group.id] });
      return member.offered ? `${person.name} is in once they accept` : `${person.name} is in ${group.name} now`;
    });
  };
  const submit = () => {
    const address = text.trim();
    if (!address.includes('@')) return setError('Choose somebody from the list, or type an e-mail address.');
    setText('');
    void act(async () => {
      const before = await groups.members(group.id);
      await groups.add(group.id, address);
      const after = await groups.members(group.id);
      return whatCame(before.items, after.items, group.name, address);
    });
  };
  return (
    <form ref={form} className={classes.line} onSubmit={focusingWrong(submit)} noValidate>
      <PersonField
        label="Name or e-mail of somebody with an account"
        placeholder="Name or e-mail of somebody here"
        text={text}
        onText={(next) => {
          setText(next);
          setError(null);
        }}
        error={error}
        of={['group', group.id]}
        load={(name) => groups.candidates(group.id, name)}
        onChoose={choose}
      />
      <Button type="submit" variant="default">
        Add
      </Button>
    </form>
  );
}
