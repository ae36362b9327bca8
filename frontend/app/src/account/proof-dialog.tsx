import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { passwordSlip, slipsOf } from '../auth/slips';
import { whatFailed } from '../documents/use-new-document';
import { Dialog, DialogButtons } from '../ui/dialog';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import { toast } from '../ui/toasts';
import classes from './account-dialog.module.css';
import { account } from './calls';
import { type Asked, provedPath } from './use-proof';

/** Asks who this is before a change that decides who gets in. */
export function ProofDialog({ me, ways, answer }: Asked & { me: Me }) {
  return (
    <Dialog opened onClose={() => answer(false)} title="Is it you?" width={440} testId="proof">
      <div className={classes.form}>
        <p>You signed in a while ago, and this change decides who gets in. Show that it is you, then it goes on.</p>
        {ways.includes('password') && <ByPassword answer={answer} />}
        {ways.includes('oidc') && <Elsewhere filled={!ways.includes('password')} answer={answer} />}
        {ways.includes('letter') && <ByLetter me={me} answer={answer} />}
        {ways.length === 0 && <p>Sign out and in again, then try once more.</p>}
      </div>
    </Dialog>
  );
}

function ByPassword({ answer }: Pick<Asked, 'answer'>) {
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'password'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const slips = slipsOf({ password: passwordSlip(password) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      await account.prove(password);
      answer(true);
    } catch (problem) {
      setBusy(false);
      setRefusal(refusalOf(problem, 'password'));
    }
  };
  return (
    <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
      <Refused>{refusal.form}</Refused>
      <PasswordField
        label="Your password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus
        value={password}
        error={refusal.fields.password ? (passwordSlip(password) ?? 'That is not your password.') : null}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <DialogButtons>
        <Button type="submit" loading={busy}>
          Go on
        </Button>
        <Button variant="default" onClick={() => answer(false)}>
          Cancel
        </Button>
      </DialogButtons>
    </form>
  );
}

/** In another tab, so that what one was about to do stays. */
function Elsewhere({ filled, answer }: Pick<Asked, 'answer'> & { filled: boolean }) {
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const [gone, setGone] = useState(false);
  const name = server.data?.oidc?.name ?? 'the other side';
  return (
    <DialogButtons>
      {gone ? (
        <Button variant={filled ? 'filled' : 'default'} onClick={() => answer(true)}>
          I have signed in
        </Button>
      ) : (
        <Button
          component="a"
          href={`/api/v1/auth/oidc/start?fresh=true&return=${encodeURIComponent(provedPath)}`}
          target="_blank"
          rel="noopener"
          variant={filled ? 'filled' : 'default'}
          onClick={() => setGone(true)}
        >
          Sign in with {name} again
        </Button>
      )}
      {filled && (
        <Button variant="default" onClick={() => answer(false)}>
          Cancel
        </Button>
      )}
    </DialogButtons>
  );
}

function ByLetter({ me, answer }: Pick<Asked, 'answer'> & { me: Me }) {
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await account.requestReset(me.email ?? '');
      toast(`A letter is on its way to ${me.email}`);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    answer(false);
  };
  return (
    <>
      <p>Your account has no password. A letter lets you choose one; sign in with it, then try again.</p>
      <DialogButtons>
        <Button loading={busy} onClick={() => void send()}>
          Send the letter
        </Button>
        <Button variant="default" onClick={() => answer(false)}>
          Cancel
        </Button>
      </DialogButtons>
    </>
  );
}
