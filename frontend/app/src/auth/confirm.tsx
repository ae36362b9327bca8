import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, isProblem, type Problem } from '../api';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { PlainPage } from '../ui/plain-page';
import classes from './form.module.css';
import { ownPath } from './go-on';
import { Halves } from './halves';
import { signUpWords } from './refusals';

/** The address of a letter that makes an account, for whoever chose its password. Behind the # stands where they were going. */
export function Confirm({ code }: { code: string }) {
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  const [goOn] = useState(() => ownPath(location.hash.slice(1)));
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'One more step · Quire';
  }, []);
  if (isProblem(problem, 'code-gone', 'email-taken')) return <Over problem={problem} />;
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await api.confirm(code, password);
      navigate(goOn, { replace: true });
      await signedIn();
    } catch (refusal) {
      setBusy(false);
      setProblem(refusal);
    }
  };
  return (
    <Halves>
      <h1 className={classes.heading}>One more step</h1>
      <p className={classes.under}>
        The address is yours. Sign in with the password you chose, and you have your account.
      </p>
      <form className={classes.form} onSubmit={focusingWrong(submit)}>
        <PasswordField
          label="Password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          autoFocus
          value={password}
          error={problem === null ? null : said(problem)}
          errorProps={{ role: 'alert' }}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" fullWidth loading={busy}>
          Make my account
        </Button>
      </form>
      <p className={classes.after}>
        Forgot it already? <Link href="/signup">Begin anew</Link>
      </p>
    </Halves>
  );
}

function said(problem: unknown): string {
  if (isProblem(problem, 'forbidden')) return problem.detail;
  return signUpWords(problem).form ?? 'That did not work. Try again.';
}

function Over({ problem }: { problem: Problem }) {
  const taken = problem.kind === 'email-taken';
  return (
    <PlainPage
      heading={taken ? 'You have an account already' : 'This address no longer works'}
      testId="confirm-over"
      actions={
        <Button component={Link} href="/signin">
          Sign in
        </Button>
      }
    >
      <p role="alert">
        {taken ? (
          'There is an account with your e-mail by now.'
        ) : (
          <>
            It was used, or its time is over. If you have no account yet, <Link href="/signup">make one</Link>.
          </>
        )}
      </p>
    </PlainPage>
  );
}
