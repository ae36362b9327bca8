import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { emailSlip, passwordSlip, slipsOf } from '../auth/slips';
import { whatFailed } from '../documents/use-new-document';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import { toast } from '../ui/toasts';
import classes from './account-dialog.module.css';
import { account } from './calls';

/** The person's e-mail address: whether it is verified, and a form to change it. */
export function Email({ me }: { me: Me }) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const send = async () => {
    setBusy(true);
    try {
      const { mailed } = await account.sendVerification();
      toast(mailed ? `A letter is on its way to ${me.email}` : 'This server sends no mail. Ask your administrator.');
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(false);
  };
  return (
    <section className={classes.section} aria-label="E-mail">
      <h3 className={classes.title}>E-mail</h3>
      <div className={classes.signIn}>
        <div>
          <p>{me.email}</p>
          <p className={classes.quiet}>
            {me.verified
              ? 'Verified: invitations to this address find you.'
              : me.known
                ? 'Confirmed by an administrator: invitations to this address find you.'
                : server.data?.mail === false
                  ? 'Not confirmed yet. An administrator can confirm it, so that invitations find you.'
                  : 'Not verified yet.'}
          </p>
        </div>
        {!me.verified && server.data?.mail && (
          <Button variant="subtle" size="sm" loading={busy} onClick={() => void send()}>
            Send again
          </Button>
        )}
      </div>
      {open ? (
        <Change me={me} onDone={() => setOpen(false)} />
      ) : (
        <Button variant="default" size="sm" className={classes.fit ?? ''} onClick={() => setOpen(true)}>
          Change the address
        </Button>
      )}
    </section>
  );
}

function Change({ me, onDone }: { me: Me; onDone: () => void }) {
  const queries = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'email' | 'password'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const slips = slipsOf({ email: emailSlip(email), password: me.has_password ? passwordSlip(password) : null });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      const { changed } = await account.changeEmail(email.trim(), password);
      toast(changed ? 'Address changed' : `Open the letter that was sent to ${email.trim()}; then it counts.`);
      onDone();
    } catch (problem) {
      setRefusal(refusalOf(problem, 'email', 'password'));
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ['me'] });
  };
  return (
    <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
      <Refused>{refusal.form}</Refused>
      <TextInput
        label="New address"
        type="email"
        autoComplete="email"
        required
        withAsterisk={false}
        autoFocus
        value={email}
        error={refusal.fields.email ?? null}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {me.has_password && (
        <PasswordField
          label="Your password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          error={refusal.fields.password ? (passwordSlip(password) ?? 'That is not your password.') : null}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      )}
      <div className={classes.row}>
        <Button type="submit" size="sm" loading={busy}>
          Change it
        </Button>
        <Button variant="default" size="sm" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
