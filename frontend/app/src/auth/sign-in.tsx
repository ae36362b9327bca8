import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, Redirect } from 'wouter';
import { api } from '../api';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import classes from './form.module.css';
import { signUpAddress } from './go-on';
import { Halves } from './halves';
import { whoMakesAccounts } from './no-sign-up';
import { type Refusal, refusedElsewhere, signInWords } from './refusals';
import { emailSlip, passwordSlip, slipsOf } from './slips';
import { useWait } from './use-wait';

/** The path to return to after signing in elsewhere: where the user is now. */
function oidcAddress(path: string): string {
  return `/api/v1/auth/oidc/start?return=${encodeURIComponent(path === '/signin' ? '/' : path)}`;
}

export function SignIn() {
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const signedIn = useSignedIn();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<ReturnType<typeof signInWords> | null>(null);
  const [slips, setSlips] = useState<Refusal<'email' | 'password'>['fields']>({});
  const [busy, setBusy] = useState(false);
  const wait = useWait();
  const [refused] = useState(() => new URLSearchParams(location.search).get('refused'));
  const opening = location.pathname.startsWith('/d/');
  const passwordField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Sign in · Quire';
  }, []);

  const submit = async () => {
    const slips = slipsOf({ email: emailSlip(email), password: passwordSlip(password) });
    setSlips(slips?.fields ?? {});
    if (slips) return;
    setBusy(true);
    setError(null);
    try {
      await api.signIn({ email: email.trim(), password });
      await signedIn();
    } catch (problem) {
      setBusy(false);
      const refused = signInWords(problem);
      if (refused.seconds) wait.start(refused.seconds);
      setError(refused);
      passwordField.current?.focus();
      if (refused.typed) passwordField.current?.select();
    }
  };

  const elsewhere = wait.left > 0 ? `Too many tries. Wait ${wait.left} seconds.` : error?.typed ? null : error?.words;
  if (server.data?.setup_required && !server.data.setup_code_required) return <Redirect to="/signup" replace />;
  return (
    <Halves>
      <h1 className={classes.heading}>Sign in</h1>
      <p className={classes.under}>
        {opening && 'To open this document, sign in with an account it is shared with. '}
        {server.data?.setup_required ? (
          'Nobody has an account here yet. Open the address the server printed at its first start.'
        ) : server.data?.signup === 'open' ? (
          <>
            New here? <Link href={signUpAddress(location.pathname)}>Make an account</Link>
          </>
        ) : server.data ? (
          opening ? null : (
            whoMakesAccounts[server.data.signup]
          )
        ) : (
          '\u00a0'
        )}
      </p>
      {refused && <Refused>{refusedElsewhere(refused)}</Refused>}
      <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
        <Refused>{elsewhere}</Refused>
        <TextInput
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required
          withAsterisk={false}
          data-autofocus
          autoFocus
          value={email}
          error={slips.email ?? null}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordField
          ref={passwordField}
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          error={slips.password ?? (error?.typed ? error.words : null)}
          errorProps={{ role: 'alert' }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" fullWidth loading={busy} disabled={wait.left > 0}>
          Sign in
        </Button>
      </form>
      {server.data?.oidc && (
        <Button
          component="a"
          href={oidcAddress(location.pathname)}
          variant="default"
          size="lg"
          fullWidth
          className={classes.elsewhere ?? ''}
        >
          Sign in with {server.data.oidc.name}
        </Button>
      )}
      <p className={classes.after}>
        <Link href="/forgot">Forgot your password?</Link>
      </p>
    </Halves>
  );
}
