import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { account } from '../account/calls';
import { api } from '../api';
import { focusingWrong } from '../ui/focus-wrong';
import { Refused } from '../ui/refused';
import classes from './form.module.css';
import { Halves } from './halves';
import { notRefused, type Refusal, refusalOf } from './refusals';
import { emailSlip, slipsOf } from './slips';

/** Requests a mail with which a new password can be set. The answer is the same whether or not there is such an account. */
export function Forgot() {
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const [refusal, setRefusal] = useState<Refusal<'email'>>(notRefused);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'A new password · Quire';
  }, []);
  const submit = async () => {
    const slips = slipsOf({ email: emailSlip(email) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      await account.requestReset(email.trim());
      setSent(true);
    } catch (problem) {
      setRefusal(refusalOf(problem, 'email'));
    }
    setBusy(false);
  };
  return (
    <Halves>
      <h1 className={classes.heading}>A new password</h1>
      {server.data && !server.data.mail ? (
        <p className={classes.under}>
          This server sends no mail. Ask your administrator for an address at which you can set a new password.
        </p>
      ) : sent ? (
        <p className={classes.under} role="status">
          If there is an account of {email.trim()}, a letter is on its way. What it holds works for an hour.
        </p>
      ) : (
        <>
          <p className={classes.under}>We send you a letter with an address at which you can set one.</p>
          <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
            <Refused>{refusal.form}</Refused>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
              value={email}
              error={refusal.fields.email ?? null}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" size="lg" fullWidth loading={busy}>
              Send the letter
            </Button>
          </form>
        </>
      )}
      <p className={classes.after}>
        <Link href="/signin">Back to signing in</Link>
      </p>
    </Halves>
  );
}
