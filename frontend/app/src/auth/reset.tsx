import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { account } from '../account/calls';
import { isProblem } from '../problem';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { ProblemPage } from '../ui/problem-page';
import { Refused } from '../ui/refused';
import classes from './form.module.css';
import { Halves } from './halves';
import { notRefused, type Refusal, refusalOf, shortest } from './refusals';
import { newPasswordSlip, slipsOf } from './slips';

/** The page of a link from a mail or from an administrator: sets a password and signs in. Welcomes a person who was added. */
export function Reset({ code }: { code: string }) {
  const preview = useQuery({
    queryKey: ['reset', code],
    queryFn: () => account.previewReset(code),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [used, setUsed] = useState(false);
  const heading = preview.data?.welcome ? `Welcome, ${preview.data.name}` : 'A new password';
  useEffect(() => {
    document.title = `${heading} · Quire`;
  }, [heading]);
  const gone = used || isProblem(preview.error, 'code-gone');
  if (preview.error && !gone) return <ProblemPage problem={preview.error} onRetry={() => void preview.refetch()} />;
  if (!preview.data && !gone) return null;
  return (
    <Halves>
      <h1 className={classes.heading}>{gone ? 'A new password' : heading}</h1>
      {gone ? (
        <p className={classes.under} role="alert">
          This address no longer works: it was used, or its time is over. <Link href="/forgot">Ask for a new one</Link>.
        </p>
      ) : (
        <>
          <p className={classes.under}>
            {preview.data?.welcome
              ? 'There is an account for you here. Choose a password, and you are in.'
              : 'Your other sign-ins end when you set it.'}
          </p>
          <Form code={code} onUsed={() => setUsed(true)} />
        </>
      )}
    </Halves>
  );
}

function Form({ code, onUsed }: { code: string; onUsed: () => void }) {
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'password'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const slips = slipsOf({ password: newPasswordSlip(password) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      await account.reset(code, password);
      navigate('/', { replace: true });
      await signedIn();
    } catch (problem) {
      setBusy(false);
      if (isProblem(problem, 'code-gone')) return onUsed();
      setRefusal(refusalOf(problem, 'password'));
    }
  };
  return (
    <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
      <Refused>{refusal.form}</Refused>
      <PasswordField
        label="Password"
        description={`At least ${shortest} characters. A short sentence is easiest to keep.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        autoFocus
        value={password}
        error={refusal.fields.password ?? null}
        errorProps={{ role: 'alert' }}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" size="lg" fullWidth loading={busy}>
        Set it and sign in
      </Button>
    </form>
  );
}
