import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Avatar } from '../ui/avatar';
import { Dialog, DialogButtons } from '../ui/dialog';
import { untitled } from '../words';
import classes from './admin-page.module.css';
import { admin, type DocumentListed } from './calls';
import type { Act } from './use-act';

interface Props {
  document: DocumentListed;
  opened: boolean;
  onClose: () => void;
  act: Act;
}

/** Makes somebody the owner of a document whose owner is gone or cannot transfer it. */
export function TransferDocument({ document, opened, onClose, act }: Props) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const found = useQuery({
    queryKey: ['admin', 'people', 'to own', settled],
    queryFn: () => admin.people(settled, null),
    enabled: opened && settled !== '',
  });
  const people = (found.data?.items ?? []).filter((one) => !one.guest && one.email && one.id !== document.owner.id);
  const title = document.title || untitled;
  const give = (id: string, name: string) => {
    onClose();
    void act(async () => {
      await admin.transferDocument(document.id, id);
      return `“${title}” belongs to ${name} now`;
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={`Who should own “${title}”?`}>
      <div className={classes.form}>
        <p>
          It belongs to {document.owner.name}
          {document.owner.application ? '' : ', who stays an editor'}. Its text is not shown to you.
        </p>
        <TextInput
          label="Name or e-mail"
          value={search}
          data-autofocus
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <ul aria-label="People found">
          {people.slice(0, 6).map((one) => (
            <li key={one.id} className={classes.row}>
              <Avatar name={one.name} color={one.color} size={32} look="tinted" picture={one.picture ?? null} />
              <div className={classes.who}>
                <p className={classes.name}>{one.name}</p>
                <p className={classes.quiet}>{one.email}</p>
              </div>
              <Button size="sm" variant="default" onClick={() => give(one.id, one.name)}>
                Make {one.name} the owner
              </Button>
            </li>
          ))}
        </ul>
        {found.isError && <p role="alert">The people could not be asked for. Type again in a moment.</p>}
        {found.isSuccess && people.length === 0 && (
          <p className={classes.quiet} role="status">
            Nobody else with an account is found for “{settled}”.
          </p>
        )}
        <DialogButtons>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </DialogButtons>
      </div>
    </Dialog>
  );
}
