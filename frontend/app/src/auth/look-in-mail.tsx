import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { api } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { isProblem } from '../problem';
import { useSignedIn } from '../session';
import classes from './form.module.css';
import { useWait } from './use-wait';

/** How long until another mail can be requested, s: the first one needs a moment to arrive. */
const patience = 30;

/** Says that a mail is on its way; the words are the same whether or not the address has an account. If its link was opened in another
 * tab of this browser, this page goes on by itself. */
export function LookInMail({
  email,
  send,
  onOther,
}: {
  email: string;
  send: () => Promise<unknown>;
  onOther: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const wait = useWait();
  const begin = wait.start;
  useEffect(() => {
    heading.current?.focus();
    begin(patience);
  }, [begin]);
  useSignedInElsewhere();
  const again = async () => {
    setBusy(true);
    try {
      await send();
      setSaid('Asked for again. Only a few letters go to one address: any of them will do.');
      wait.start(patience);
    } catch (problem) {
      const many = isProblem(problem, 'too-many-requests');
      if (many) wait.start(problem.retryAfter ?? patience);
      setSaid(many ? 'Too many tries for now.' : whatFailed(problem));
    }
    setBusy(false);
  };
  return (
    <div data-testid="look-in-mail">
      <h1 ref={heading} tabIndex={-1} className={classes.heading}>
        Look in your mail
      </h1>
      <p className={classes.under}>
        A letter is on its way to <b className={classes.address}>{email}</b>. It says how to go on.
      </p>
      <div className={classes.form}>
        <Button
          size="lg"
          fullWidth
          variant="default"
          loading={busy}
          disabled={wait.left > 0}
          onClick={() => void again()}
        >
          {wait.left > 0 ? `Send again in ${span(wait.left)}` : 'Send again'}
        </Button>
        <Button size="lg" fullWidth variant="subtle" onClick={onOther}>
          Use another address
        </Button>
      </div>
      <p className={classes.after} role="status">
        {said}
      </p>
      <p className={classes.after}>
        Nothing there? Look among the unwanted ones. Opened it on another device? <Link href="/signin">Sign in</Link>
      </p>
    </div>
  );
}

function span(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Checks, whenever the page becomes visible, whether the person has signed in meanwhile. */
function useSignedInElsewhere(): void {
  const signedIn = useSignedIn();
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== 'visible') return;
      const me = await api.me().catch(() => null); // still signed out, or no answer: nothing to do
      if (me && !me.guest) await signedIn();
    };
    window.addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [signedIn]);
}
