import { Button, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Shared } from '../account/calls';
import { Dialog, DialogButtons } from '../ui/dialog';
import { count } from '../words';
import classes from './admin-page.module.css';
import { admin, type PersonListed } from './calls';
import { parseSize, sizeText } from './sizes';
import type { Act } from './use-act';

interface Props {
  person: PersonListed;
  opened: boolean;
  onClose: () => void;
  act: Act;
}

/** Sets the quota of a person: how much space their documents may take. */
export function QuotaDialog({ person, opened, onClose, act }: Props) {
  const [text, setText] = useState(person.quota === null || person.quota <= 0 ? '' : sizeText(person.quota));
  const [error, setError] = useState<string | null>(null);
  const keep = (quota: number) => {
    onClose();
    void act(async () => {
      await admin.changePerson(person.id, { quota });
      return `Space of ${person.name} changed`;
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={`Space of ${person.name}`}>
      <div className={classes.form}>
        <TextInput
          label="At most"
          description="As in 5 GiB. Left empty, the installation’s setting holds."
          value={text}
          error={error}
          data-autofocus
          onChange={(event) => {
            setText(event.currentTarget.value);
            setError(null);
          }}
        />
        <DialogButtons>
          <Button
            onClick={() => {
              if (text.trim() === '') return keep(0);
              const bytes = parseSize(text);
              if (bytes === null || bytes === 0) return setError('That is no size. 5 GiB is one.');
              keep(bytes);
            }}
          >
            Set
          </Button>
          <Button variant="default" onClick={() => keep(-1)}>
            No bound
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </DialogButtons>
      </div>
    </Dialog>
  );
}

/** Suspends a person: they cannot sign in, and nothing of theirs is lost. */
export function SuspendPerson({ person, opened, onClose, act }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Suspend ${person.name}?`}>
      <p>
        {person.name} is signed out everywhere within a second and can’t sign in until you lift it. Documents, roles and
        links stay as they are. Signing in tells them that the account is suspended.
      </p>
      <DialogButtons>
        <Button
          onClick={() => {
            onClose();
            void act(async () => {
              await admin.changePerson(person.id, { suspended: true });
              return `${person.name} is suspended`;
            });
          }}
        >
          Suspend
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          Keep
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

export function DeletePerson({ person, opened, onClose, act }: Props) {
  const [shared, setShared] = useState<Shared>('transfer');
  return (
    <Dialog opened={opened} onClose={onClose} title={`Delete ${person.name}?`}>
      <div className={classes.form}>
        <p>
          {person.name} can no longer sign in. What {person.name} wrote in others’ documents stays, without the name.
          Documents nobody else can open are deleted for good. This can’t be undone.
        </p>
        <Radio.Group
          label="Documents of theirs that others can open"
          value={shared}
          onChange={(value) => setShared(value === 'delete' ? 'delete' : 'transfer')}
        >
          <Radio mt={8} value="transfer" label="Go to whoever has the most rights there" />
          <Radio mt={8} value="delete" label="Are deleted for everybody" />
        </Radio.Group>
        <DialogButtons>
          <Button
            color="rubric"
            onClick={() => {
              onClose();
              void act(async () => {
                const gone = await admin.deletePerson(person.id, shared);
                return `${person.name} is gone: ${count(gone.transferred, 'document')} handed over, ${count(gone.deleted, 'document')} deleted`;
              });
            }}
          >
            Delete for good
          </Button>
          <Button variant="default" data-autofocus onClick={onClose}>
            Keep
          </Button>
        </DialogButtons>
      </div>
    </Dialog>
  );
}
