import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft, UsersRound } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { Dialog } from '../ui/dialog';
import { focusingWrong } from '../ui/focus-wrong';
import { Refused } from '../ui/refused';
import { toast } from '../ui/toasts';
import { people } from '../words';
import { type Group, groups } from './calls';
import { GroupPeople } from './group-people';
import classes from './groups-dialog.module.css';

/** The user's groups. Each can be given a role on a document, in its share dialog. */
export function GroupsDialog({ opened, onClose, me }: { opened: boolean; onClose: () => void; me: Me }) {
  const [chosen, setChosen] = useState<Group | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const close = () => {
    setChosen(null);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={close} title={chosen ? chosen.name : 'Groups'} width={520} testId="groups">
      {chosen ? (
        <>
          <Button
            variant="subtle"
            size="sm"
            leftSection={<ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => setChosen(null)}
          >
            All groups
          </Button>
          <GroupPeople group={chosen} me={me} made={made === chosen.id} onChanged={setChosen} />
        </>
      ) : (
        <List
          onChoose={(group) => {
            setMade(null);
            setChosen(group);
          }}
          onMade={(group) => {
            setMade(group.id);
            setChosen(group);
          }}
        />
      )}
    </Dialog>
  );
}

function List({ onChoose, onMade }: { onChoose: (group: Group) => void; onMade: (group: Group) => void }) {
  const list = useQuery({ queryKey: ['groups'], queryFn: groups.mine, refetchOnMount: 'always' });
  return (
    <>
      {list.isError && <p className={classes.quiet}>The list can’t be loaded right now.</p>}
      {list.data?.items.length === 0 && (
        <p className={classes.quiet}>
          You are in no group yet. With one, a document is shared with all its people at once, also with those who join
          later.
        </p>
      )}
      <ul>
        {list.data?.items.map((group) => (
          <li key={group.id}>
            <button type="button" className={classes.group} onClick={() => onChoose(group)}>
              <UsersRound size={18} strokeWidth={1.75} aria-hidden="true" />
              <span className={classes.name}>{group.name}</span>
              <span className={classes.quiet}>{people(group.members)}</span>
            </button>
          </li>
        ))}
      </ul>
      <NewGroup onMade={onMade} />
    </>
  );
}

function NewGroup({ onMade }: { onMade: (group: Group) => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'name'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!name.trim()) return setRefusal({ fields: { name: 'Give it a name.' }, form: null });
    setBusy(true);
    setRefusal(notRefused);
    try {
      const made = await groups.create(name.trim());
      await queries.invalidateQueries({ queryKey: ['groups'] });
      toast(`“${made.name}” made. Add its people.`);
      onMade(made);
    } catch (problem) {
      setRefusal(refusalOf(problem, 'name'));
      setBusy(false);
    }
  };
  return (
    <>
      <form className={classes.line} onSubmit={focusingWrong(submit)} noValidate>
        <TextInput
          className={classes.field ?? ''}
          data-autofocus
          aria-label="Name of a new group"
          placeholder="Name of a new group"
          maxLength={100}
          value={name}
          error={refusal.fields.name ?? null}
          onChange={(event) => {
            setName(event.currentTarget.value);
            setRefusal(notRefused);
          }}
        />
        <Button type="submit" variant="default" loading={busy}>
          Make
        </Button>
      </form>
      <Refused>{refusal.form}</Refused>
    </>
  );
}
