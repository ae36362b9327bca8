import { Button, Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { forgetPlaces } from '../editor/place';
import { reloadPage } from '../leaving';
import { Dialog, DialogButtons } from '../ui/dialog';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import classes from './account-dialog.module.css';
import { account, exportAddress, type Shared } from './calls';

/** Downloads the person's data, and deletes the account. */
export function Leave({ me }: { me: Me }) {
  const [asking, setAsking] = useState(false);
  return (
    <section className={classes.section} aria-label="Your data">
      <h3 className={classes.title}>Your data</h3>
      <div className={classes.row}>
        <Button component="a" href={exportAddress} download variant="default" size="sm">
          Download all of it
        </Button>
        <Button variant="subtle" color="rubric" size="sm" onClick={() => setAsking(true)}>
          Delete the account…
        </Button>
      </div>
      <DeleteDialog me={me} opened={asking} onClose={() => setAsking(false)} />
    </section>
  );
}

function DeleteDialog({ me, opened, onClose }: { me: Me; opened: boolean; onClose: () => void }) {
  const [shared, setShared] = useState<Shared>('transfer');
  const [proof, setProof] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'password' | 'confirm'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    setRefusal(notRefused);
    try {
      await account.remove({ shared, ...(me.has_password ? { password: proof } : { confirm: proof.trim() }) });
      forgetPlaces();
      reloadPage();
    } catch (problem) {
      setBusy(false);
      setRefusal(refusalOf(problem, 'password', 'confirm'));
    }
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="Delete your account?" testId="delete-account">
      <div className={classes.form}>
        <p>
          Your documents that nobody else can open are deleted for good. What you wrote in others’ documents stays,
          without your name. This can’t be undone.
        </p>
        <Radio.Group
          label="Documents of yours that others can open"
          value={shared}
          onChange={(value) => setShared(value === 'delete' ? 'delete' : 'transfer')}
        >
          <div className={classes.choices}>
            <Radio value="transfer" label="Go to whoever has the most rights there" />
            <Radio value="delete" label="Are deleted for everybody" />
          </div>
        </Radio.Group>
        <Refused>{refusal.form}</Refused>
        {me.has_password ? (
          <PasswordField
            label="Your password"
            autoComplete="current-password"
            value={proof}
            error={refusal.fields.password ? 'That is not your password.' : null}
            onChange={(event) => setProof(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label={`Type ${me.email} to confirm`}
            autoComplete="off"
            value={proof}
            error={refusal.fields.confirm ?? null}
            onChange={(event) => setProof(event.currentTarget.value)}
          />
        )}
        <DialogButtons>
          <Button color="rubric" loading={busy} disabled={proof === ''} onClick={() => void remove()}>
            Delete my account
          </Button>
          <Button variant="default" data-autofocus onClick={onClose}>
            Keep it
          </Button>
        </DialogButtons>
      </div>
    </Dialog>
  );
}
