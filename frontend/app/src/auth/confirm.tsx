import { Button, Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, type ConfirmPreview, type Me } from '../api';
import { isProblem, type Problem } from '../problem';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { PlainPage } from '../ui/plain-page';
import { ProblemPage } from '../ui/problem-page';
import { Refused } from '../ui/refused';
import classes from './form.module.css';
import { ownPath } from './go-on';
import { Halves } from './halves';
import { notRefused, type Refusal, refusalOf, shortest } from './refusals';
import { nameSlip, newPasswordSlip, slipsOf } from './slips';

/** The problems of links that make no account, or no longer do. */
const over = ['code-gone', 'email-taken', 'forbidden'];

/** The page of the link in a mail that makes an account. The reader of the mail chooses name and password, no matter who asked for it. */
export function Confirm({ code, me }: { code: string; me: Me | null }) {
  const preview = useQuery({
    queryKey: ['confirm', code],
    queryFn: () => api.previewConfirm(code),
    // Fetched on every visit, because the link may have been used meanwhile, here or elsewhere; not on focus, which would take an open
    // form away.
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const [refused, setRefused] = useState<Problem | null>(null);
  useEffect(() => {
    document.title = 'One more step · Quire';
  }, []);
  const problem = refused ?? preview.error;
  if (isProblem(problem, ...over)) return <Over problem={problem} me={me} />;
  if (problem) return <ProblemPage problem={problem} onRetry={() => void preview.refetch()} />;
  if (!preview.data) return null;
  return (
    <Halves>
      <h1 className={classes.heading}>One more step</h1>
      <p className={classes.under}>
        <b className={classes.address}>{preview.data.email}</b> is yours. Choose a password, and you have your account.
        {me?.guest && ' What you opened as a guest stays yours.'}
      </p>
      <Form code={code} letter={preview.data} guest={me?.guest ? me : null} onOver={setRefused} />
    </Halves>
  );
}

interface FormProps {
  code: string;
  letter: ConfirmPreview;
  /** The guest who is signed in in this browser, if there is one. */
  guest: Me | null;
  onOver: (problem: Problem) => void;
}

function Form({ code, letter, guest, onOver }: FormProps) {
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  const [goOn] = useState(() => ownPath(location.hash.slice(1)));
  const [form, setForm] = useState({ name: letter.name || (guest?.name ?? ''), password: '' });
  const [asGuest, setAsGuest] = useState(false);
  const [refusal, setRefusal] = useState<Refusal<'name' | 'password'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    const slips = slipsOf({ name: nameSlip(form.name), password: newPasswordSlip(form.password) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      await api.confirm({ code, name: form.name.trim(), password: form.password, as_guest: asGuest });
      navigate(goOn, { replace: true });
      await signedIn();
    } catch (problem) {
      setBusy(false);
      if (isProblem(problem, ...over)) return onOver(problem);
      setRefusal(refusalOf(problem, 'name', 'password'));
    }
  };
  const fill = (field: keyof typeof form, value: string) => setForm((now) => ({ ...now, [field]: value }));
  return (
    <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
      <Refused>{refusal.form}</Refused>
      {/* For password managers: what the password belongs to. */}
      <input type="email" autoComplete="username" value={letter.email} readOnly hidden />
      <TextInput
        label="Name"
        description="As others will see it beside your caret"
        autoComplete="name"
        maxLength={80}
        required
        withAsterisk={false}
        autoFocus={form.name === ''}
        value={form.name}
        error={refusal.fields.name ?? null}
        onChange={(event) => fill('name', event.currentTarget.value)}
      />
      <PasswordField
        label="Password"
        description={`At least ${shortest} characters. A short sentence is easiest to keep.`}
        autoComplete="new-password"
        required
        withAsterisk={false}
        autoFocus={form.name !== ''}
        value={form.password}
        error={refusal.fields.password ?? null}
        errorProps={{ role: 'alert' }}
        onChange={(event) => fill('password', event.currentTarget.value)}
      />
      {letter.guest && (
        <Checkbox
          label={`I am the guest “${letter.guest.name}” who asked for it`}
          description="Then what they opened and wrote is yours. Leave it off if that wasn’t you."
          checked={asGuest}
          onChange={(event) => setAsGuest(event.currentTarget.checked)}
        />
      )}
      <Button type="submit" size="lg" fullWidth loading={busy}>
        Make my account
      </Button>
    </form>
  );
}

function Over({ problem, me }: { problem: Problem; me: Me | null }) {
  const { heading, words } = whyOver(problem, me);
  const inside = me !== null && !me.guest;
  return (
    <PlainPage
      heading={heading}
      testId="confirm-over"
      actions={
        <Button component={Link} href={inside ? '/' : '/signin'}>
          {inside ? 'To your documents' : 'Sign in'}
        </Button>
      }
    >
      <p role="alert">
        {words}
        {problem.kind === 'code-gone' && !inside && (
          <>
            {' '}
            If you have no account, <Link href="/signup">ask for a new letter</Link>.
          </>
        )}
      </p>
    </PlainPage>
  );
}

function whyOver({ kind, detail }: Problem, me: Me | null): { heading: string; words: string } {
  if (kind === 'email-taken' && me !== null && !me.guest)
    return {
      heading: 'This letter was used',
      words: `There is an account with its e-mail already. You are signed in as ${me.name}, ${me.email}.`,
    };
  if (kind === 'email-taken')
    return { heading: 'You have an account already', words: 'There is an account with your e-mail. Sign in with it.' };
  if (kind === 'code-gone')
    return { heading: 'This address no longer works', words: 'Its time is over, or it was used.' };
  return { heading: 'No account is made now', words: detail };
}
