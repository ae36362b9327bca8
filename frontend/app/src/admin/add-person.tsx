import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { whatFailed } from '../documents/use-new-document';
import { copyText } from '../ui/copy';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import classes from './admin-page.module.css';
import { admin } from './calls';

/** Makes an account for somebody, who sets the password at an address that works once. */
export function AddPerson({ opened, onClose, onAdded }: { opened: boolean; onClose: () => void; onAdded: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [made, setMade] = useState<{ url: string; mailed: boolean } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => {
    setMade(null);
    setName('');
    setEmail('');
    onClose();
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setMade(await admin.addPerson(name.trim(), email.trim()));
      onAdded();
    } catch (problem) {
      setError(whatFailed(problem));
    }
    setBusy(false);
  };
  return (
    <Dialog opened={opened} onClose={close} title="Add a person" testId="add-person">
      {made ? (
        <div className={classes.form}>
          <p>
            {made.mailed ? `A letter is on its way to ${email}.` : `Send this address to ${name}.`} At it {name} sets a
            password. It works once.
          </p>
          <TextInput
            aria-label="Address to set a password"
            readOnly
            value={made.url}
            onFocus={(event) => event.currentTarget.select()}
          />
          <DialogButtons>
            <Button
              onClick={() =>
                void copyText(made.url).then((done) =>
                  toast(done ? 'Address copied' : 'This browser did not allow copying'),
                )
              }
            >
              Copy
            </Button>
            <Button variant="default" onClick={close}>
              Done
            </Button>
          </DialogButtons>
        </div>
      ) : (
        <form className={classes.form} onSubmit={(event) => void submit(event)}>
          <TextInput
            label="Name"
            maxLength={80}
            required
            withAsterisk={false}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="E-mail"
            type="email"
            required
            withAsterisk={false}
            value={email}
            error={error}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <DialogButtons>
            <Button type="submit" loading={busy}>
              Add
            </Button>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
          </DialogButtons>
        </form>
      )}
    </Dialog>
  );
}
