import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { emailSlip, nameSlip, slipsOf } from '../auth/slips';
import { Dialog, DialogButtons } from '../ui/dialog';
import { focusingWrong } from '../ui/focus-wrong';
import { Refused } from '../ui/refused';
import classes from './admin-page.module.css';
import { admin } from './calls';
import { OneTimeAddress } from './one-time-address';

/** Makes an account for somebody, and shows the one-time address at which they set their password. */
export function AddPerson({ opened, onClose, onAdded }: { opened: boolean; onClose: () => void; onAdded: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [made, setMade] = useState<{ url: string; mailed: boolean } | null>(null);
  const [refusal, setRefusal] = useState<Refusal<'name' | 'email'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const close = () => {
    setMade(null);
    setName('');
    setEmail('');
    onClose();
  };
  const submit = async () => {
    const slips = slipsOf({ name: nameSlip(name), email: emailSlip(email) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      setMade(await admin.addPerson(name.trim(), email.trim()));
      onAdded();
    } catch (problem) {
      setRefusal(refusalOf(problem, 'name', 'email'));
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
          <OneTimeAddress url={made.url} onDone={close} />
        </div>
      ) : (
        <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
          <Refused>{refusal.form}</Refused>
          <TextInput
            label="Name"
            maxLength={80}
            required
            withAsterisk={false}
            data-autofocus
            value={name}
            error={refusal.fields.name ?? null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="E-mail"
            type="email"
            required
            withAsterisk={false}
            value={email}
            error={refusal.fields.email ?? null}
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
