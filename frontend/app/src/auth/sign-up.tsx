import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import { api } from '../api';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import classes from './form.module.css';
import { goesOn } from './go-on';
import { Halves } from './halves';
import { LookInMail } from './look-in-mail';
import { NoSignUp } from './no-sign-up';
import { notRefused, type Refusal, refusalOf, shortest } from './refusals';
import { emailSlip, nameSlip, newPasswordSlip, slipsOf } from './slips';

interface Props {
  /** Makes the first account, the administrator's. */
  setupCode?: string;
  /** From the mail of an invitation: its reader needs no second mail. */
  invitation?: string;
  /** The form is for a guest who came by a share link. */
  guest?: boolean;
}

/** Makes an account, at once or after a mail: then the form asks only for the e-mail address, and the reader of the mail chooses the rest.
 * Says so where no account can be made this way. */
export function SignUp({ setupCode, invitation, guest }: Props) {
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const signedIn = useSignedIn();
  const [form, setForm] = useState({ name: '', email: '', password: '' });
  const [refusal, setRefusal] = useState<Refusal<keyof typeof form>>(notRefused);
  const [busy, setBusy] = useState(false);
  const [mailed, setMailed] = useState(false);
  const emailField = useRef<HTMLInputElement>(null);
  const first = setupCode !== undefined || server.data?.setup_required === true;
  const byLetter = server.data?.mail === true && !first && invitation === undefined;

  useEffect(() => {
    document.title = `${mailed ? 'Look in your mail' : 'Make your account'} · Quire`;
  }, [mailed]);

  const send = () =>
    api.signUp({
      email: form.email.trim(),
      return: goesOn(),
      ...(byLetter ? {} : { name: form.name.trim(), password: form.password }),
      ...(setupCode === undefined ? {} : { setup_code: setupCode }),
      ...(invitation === undefined ? {} : { invitation }),
    });
  const submit = async () => {
    const slips = slipsOf<keyof typeof form>({
      email: emailSlip(form.email),
      ...(byLetter ? {} : { name: nameSlip(form.name), password: newPasswordSlip(form.password) }),
    });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      const made = await send();
      if (!('mailed' in made)) return await signedIn();
      setBusy(false);
      setMailed(true);
    } catch (problem) {
      setBusy(false);
      setRefusal(refusalOf(problem, 'name', 'email', 'password'));
    }
  };

  const field = (name: keyof typeof form) => ({
    name,
    value: form[name],
    error: name === 'email' && refusal.taken ? <Taken /> : (refusal.fields[name] ?? null),
    required: true,
    withAsterisk: false,
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget; // read now: the event is over when the update runs
      setForm((now) => ({ ...now, [name]: value })); // a password manager fills several fields before the next render
    },
  });

  if (server.isPending) return null;
  const mode = first ? 'open' : (server.data?.signup ?? 'open');
  if (mode === 'closed' || (mode === 'invite' && !guest && invitation === undefined)) return <NoSignUp mode={mode} />;
  if (mailed)
    return (
      <Halves>
        <LookInMail
          email={form.email.trim()}
          send={send}
          onOther={() => {
            flushSync(() => setMailed(false));
            emailField.current?.focus();
            emailField.current?.select();
          }}
        />
      </Halves>
    );
  return (
    <Halves>
      <h1 className={classes.heading}>Make your account</h1>
      <p className={classes.under}>
        {first
          ? 'You are the first here, so this account will be the administrator.'
          : byLetter
            ? 'We send a letter to your address, which leads on to your account.'
            : 'Then you can write here, and share what you write.'}
      </p>
      <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
        <Refused>{refusal.form}</Refused>
        {!byLetter && (
          <TextInput
            label="Name"
            description="As others will see it beside your caret"
            autoComplete="name"
            maxLength={80}
            autoFocus
            {...field('name')}
          />
        )}
        <TextInput
          ref={emailField}
          label="E-mail"
          type="email"
          autoComplete="username"
          autoFocus={byLetter}
          {...field('email')}
        />
        {!byLetter && (
          <PasswordField
            label="Password"
            description={`At least ${shortest} characters. A short sentence is easiest to keep.`}
            autoComplete="new-password"
            {...field('password')}
          />
        )}
        <Button type="submit" size="lg" fullWidth loading={busy}>
          {byLetter ? 'Send the letter' : 'Make account'}
        </Button>
      </form>
      {!first && (
        <p className={classes.after}>
          Already have one? <Link href={signInAddress()}>Sign in</Link>
        </p>
      )}
    </Halves>
  );
}

/** A document's own page shows the form to sign in. */
function signInAddress(): string {
  const goOn = goesOn();
  return goOn.startsWith('/d/') ? goOn : '/signin';
}

function Taken() {
  return (
    <>
      There is an account with this e-mail. <Link href={signInAddress()}>Sign in?</Link>
    </>
  );
}
