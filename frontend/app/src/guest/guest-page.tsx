import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, type LinkPreview, type Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { SignIn } from '../auth/sign-in';
import { isGone, linkGone } from '../invitation/words';
import { colourClass, colourCount } from '../people';
import { useSignedIn } from '../session';
import { focusingWrong } from '../ui/focus-wrong';
import { Wordmark } from '../ui/mark';
import { PlainPage } from '../ui/plain-page';
import { ProblemPage } from '../ui/problem-page';
import { Refused } from '../ui/refused';
import { SwatchPicker } from '../ui/swatch-picker';
import { roleInvitations, untitled } from '../words';
import classes from './guest-page.module.css';

/** The page of a share link. With an account the document opens at once; without one a name is enough. */
export function GuestPage({ token, me }: { token: string; me: Me | null }) {
  const preview = useQuery({
    queryKey: ['link', token],
    queryFn: () => api.previewLink(token),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [signingIn, setSigningIn] = useState(false);
  const { error } = preview;

  if (error && !isGone(error)) return <ProblemPage problem={error} onRetry={() => void preview.refetch()} />;
  if (error) return <LinkGone problem={error} signedIn={me !== null} />;
  if (me) return <ClaimAtOnce token={token} />;
  if (!preview.data) return null;
  if (signingIn) return <SignIn />;
  return <Entry token={token} preview={preview.data} onSignIn={() => setSigningIn(true)} />;
}

function LinkGone({ problem, signedIn }: { problem: unknown; signedIn: boolean }) {
  const { heading, text } = linkGone(problem);
  return (
    <PlainPage
      heading={heading}
      testId="link-gone"
      actions={
        <Button component={Link} href="/">
          {signedIn ? 'All documents' : 'Sign in'}
        </Button>
      }
    >
      <p>{text}</p>
    </PlainPage>
  );
}

function ClaimAtOnce({ token }: { token: string }) {
  const [, navigate] = useLocation();
  const claim = useQuery({
    queryKey: ['claim', token],
    queryFn: () => api.claimLink({ token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    if (claim.data) navigate(`/d/${claim.data.document_id}`, { replace: true });
  }, [claim.data, navigate]);
  if (isGone(claim.error)) return <LinkGone problem={claim.error} signedIn />;
  if (claim.error) return <ProblemPage problem={claim.error} onRetry={() => void claim.refetch()} />;
  return null;
}

function Entry({ token, preview, onSignIn }: { token: string; preview: LinkPreview; onSignIn: () => void }) {
  const [, navigate] = useLocation();
  const signedIn = useSignedIn();
  // A random one, so that two guests seldom have the same; they can change it.
  const [color, setColor] = useState(() => Math.floor(Math.random() * colourCount));
  const [name, setName] = useState('');
  const [refusal, setRefusal] = useState<Refusal<'name'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const title = preview.document.title || untitled;

  useEffect(() => {
    document.title = `${title} · Quire`;
  }, [title]);

  const submit = async () => {
    if (!name.trim()) {
      setRefusal({ fields: { name: 'Type a name, so that others know who writes.' }, form: null });
      return;
    }
    setBusy(true);
    setRefusal(notRefused);
    try {
      const { document_id: id } = await api.claimLink({ token, name: name.trim(), color });
      navigate(`/d/${id}`, { replace: true });
      await signedIn();
    } catch (problem) {
      setBusy(false);
      setRefusal(refusalOf(problem, 'name'));
    }
  };

  return (
    <div className={classes.page}>
      <header className={classes.mark}>
        <Wordmark />
      </header>
      <main className={classes.sheet}>
        <p className={classes.who}>
          {preview.inviter.name} invites you to {roleInvitations[preview.role] ?? 'read'}
        </p>
        <h1 className={classes.title}>{title}</h1>
        <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
          <Refused>{refusal.form}</Refused>
          <TextInput
            label="Your name"
            name="name"
            autoComplete="name"
            maxLength={80}
            autoFocus
            value={name}
            error={refusal.fields.name ?? null}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setRefusal(notRefused);
            }}
          />
          <SwatchPicker label="Your colour" value={color} onChange={setColor} />
          <CaretPreview name={name.trim() || 'Guest'} color={color} />
          <Button type="submit" size="lg" fullWidth loading={busy}>
            Open the document
          </Button>
        </form>
        <p className={classes.after}>
          Have an account?{' '}
          <button type="button" className={classes.link} onClick={onSignIn}>
            Sign in
          </button>{' '}
          and keep this in your list.
        </p>
      </main>
    </div>
  );
}

/** Shows guests how others will see them: a caret with the name as it is typed. */
function CaretPreview({ name, color }: { name: string; color: number }) {
  const shown = useMemo(() => (name.length > 24 ? `${name.slice(0, 23)}…` : name), [name]);
  return (
    <p className={`${classes.preview} ${colourClass(color)}`} aria-hidden="true">
      Others see you write
      <span className={classes.caret}>
        <span className={classes.line}>
          <span className={classes.flag}>{shown} (guest)</span>
        </span>
      </span>{' '}
      like this
    </p>
  );
}
