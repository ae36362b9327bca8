import { Button, PasswordInput } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { account } from '../account/calls';
import { Problem } from '../api';
import { useSignedIn } from '../session';
import classes from './form.module.css';
import { Halves } from './halves';
import { signUpWords } from './refusals';

const shortest = 10;

/** The address of a letter, or one an administrator gave: sets a new password and signs in. */
export function Reset({ code }: { code: string }) {
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [gone, setGone] = useState(false);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'A new password · Quire';
  }, []);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (password.length < shortest) return setError(`At least ${shortest} characters.`);
    setBusy(true);
    setError(null);
    try {
      await account.reset(code, password);
      navigate('/', { replace: true });
      await signedIn();
    } catch (problem) {
      setBusy(false);
      if (problem instanceof Problem && (problem.status === 404 || problem.status === 410)) setGone(true);
      else {
        const { fields, form } = signUpWords(problem);
        setError(fields.password ?? form ?? 'That did not work. Try again.');
      }
    }
  };
  return (
    <Halves>
      <h1 className={classes.heading}>A new password</h1>
      {gone ? (
        <p className={classes.under} role="alert">
          This address no longer works: it was used, or its time is over. <Link href="/forgot">Ask for a new one</Link>.
        </p>
      ) : (
        <>
          <p className={classes.under}>Your other sign-ins end when you set it.</p>
          <form className={classes.form} onSubmit={(event) => void submit(event)}>
            <PasswordInput
              label="New password"
              description={`At least ${shortest} characters. A short sentence is easiest to keep.`}
              autoComplete="new-password"
              required
              withAsterisk={false}
              autoFocus
              value={password}
              error={error}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Button type="submit" size="lg" fullWidth loading={busy}>
              Set it and sign in
            </Button>
          </form>
        </>
      )}
    </Halves>
  );
}
