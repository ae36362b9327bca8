import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { api, type InvitationPreview, type Me, type ServerInfo } from '../api';
import { SignIn } from '../auth/sign-in';
import { SignUp } from '../auth/sign-up';
import { whatFailed } from '../documents/use-new-document';
import classes from '../guest/guest-page.module.css';
import { Wordmark } from '../ui/mark';
import { PlainPage } from '../ui/plain-page';
import { ProblemPage } from '../ui/problem-page';
import { roleInvitations, untitled } from '../words';
import { invitationGone, isGone } from './words';

/** The page of an invitation. It lets in one person, who needs an account: after signing in or up they return to this page. */
export function InvitationPage({ token, me }: { token: string; me: Me | null }) {
  const preview = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.previewInvitation(token),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });
  const [entering, setEntering] = useState<'sign-in' | 'sign-up' | null>(null);
  const { error } = preview;

  if (error && !isGone(error)) return <ProblemPage problem={error} onRetry={() => void preview.refetch()} />;
  if (error) return <InvitationGone problem={error} signedIn={me !== null} />;
  if (!preview.data || server.isPending) return null;
  const account = me !== null && !me.guest;
  if (!account && entering === 'sign-in') return <SignIn />;
  if (!account && entering === 'sign-up') return <SignUp guest={me !== null} {...letterOf(token)} />;
  return (
    <Frame preview={preview.data}>
      {account ? (
        <Claim token={token} me={me} />
      ) : (
        <Enter
          guest={me !== null}
          letter={location.hash.length > 1}
          signup={server.data?.signup ?? 'open'}
          inviter={preview.data.inviter.name}
          onEnter={setEntering}
        />
      )}
    </Frame>
  );
}

/** Returns what follows the # in the address of a mail: it proves that the user has the mail. */
function letterOf(token: string): { invitation?: string } {
  const proof = location.hash.slice(1);
  return proof ? { invitation: `${token}.${proof}` } : {};
}

function Frame({ preview, children }: { preview: InvitationPreview; children: ReactNode }) {
  const title = preview.document.title || untitled;
  useEffect(() => {
    document.title = `${title} · Quire`;
  }, [title]);
  return (
    <div className={classes.page} data-testid="invitation-page">
      <header className={classes.mark}>
        <Wordmark />
      </header>
      <main className={classes.sheet}>
        <p className={classes.who}>
          {preview.inviter.name} invites you to {roleInvitations[preview.role] ?? 'read'}
        </p>
        <h1 className={classes.title}>{title}</h1>
        <div className={classes.form}>{children}</div>
        <p className={classes.after}>Sent to {preview.email_hint}. It lets one person in.</p>
      </main>
    </div>
  );
}

interface EnterProps {
  guest: boolean;
  /** They came by the mail, not by a copied address. */
  letter: boolean;
  signup: ServerInfo['signup'];
  inviter: string;
  onEnter: (how: 'sign-in' | 'sign-up') => void;
}

function Enter({ guest, letter, signup, inviter, onEnter }: EnterProps) {
  const free = signup === 'open' || (signup === 'invite' && (guest || letter));
  return (
    <>
      <p>{free ? enterWords(guest) : noAccountWords(signup, inviter)}</p>
      {free && (
        <Button size="lg" fullWidth onClick={() => onEnter('sign-up')}>
          Make an account
        </Button>
      )}
      <Button size="lg" fullWidth variant={free ? 'default' : 'filled'} onClick={() => onEnter('sign-in')}>
        Sign in
      </Button>
    </>
  );
}

function enterWords(guest: boolean): string {
  return guest
    ? 'You are a guest here. Make an account, and what you opened as a guest stays yours.'
    : 'An invitation needs an account, so that it finds you again.';
}

/** Says what to do without an account where this address makes none. */
function noAccountWords(signup: ServerInfo['signup'], inviter: string): string {
  if (signup === 'closed')
    return 'An invitation needs an account, and accounts here are made by the administrator. Ask for one, then open this address again.';
  return `An invitation needs an account. If you have none, ask ${inviter} for a link to the document: who comes by a link can make one here.`;
}

function Claim({ token, me }: { token: string; me: Me }) {
  const [, navigate] = useLocation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const claim = async () => {
    setBusy(true);
    try {
      const { document_id: id } = await api.claimInvitation(token);
      navigate(`/d/${id}`, { replace: true });
    } catch (problem) {
      setBusy(false);
      setError(whatFailed(problem));
    }
  };
  return (
    <>
      {error && <p role="alert">{error}</p>}
      <Button size="lg" fullWidth loading={busy} onClick={() => void claim()}>
        Open as {me.name}
      </Button>
    </>
  );
}

function InvitationGone({ problem, signedIn }: { problem: unknown; signedIn: boolean }) {
  const { heading, text } = invitationGone(problem);
  return (
    <PlainPage
      heading={heading}
      testId="invitation-gone"
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
