import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { count } from '../words';
import { Wordmark } from './mark';
import classes from './plain-page.module.css';

interface Props {
  /** Ends with a resting caret. */
  heading: string;
  children: ReactNode;
  /** One filled button at most, then outlined ones. */
  actions?: ReactNode;
  testId?: string;
}

/** A page that says one thing: nothing here, in the trash, something broke. */
export function PlainPage({ heading, children, actions, testId }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${heading} · Quire`;
    title.current?.focus();
  }, [heading]);
  return (
    <div className={classes.page} data-testid={testId}>
      <header className={classes.bar}>
        <Link href="/" aria-label="Quire, all documents" className={classes.home}>
          <Wordmark />
        </Link>
      </header>
      <main className={classes.main}>
        <h1 ref={title} tabIndex={-1} className={classes.heading}>
          {heading}
          <span className={`${classes.caret} c0`} aria-hidden="true" />
        </h1>
        <div className={classes.text}>{children}</div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </main>
    </div>
  );
}

/** The page after a fault of ours. `unsent` is the number of edits kept on this device; `download` is there only if there is text to save. */
export function Failure({
  onRetry,
  unsent = 0,
  onDownload,
}: {
  onRetry: () => void;
  unsent?: number;
  onDownload?: () => void;
}) {
  return (
    <PlainPage
      heading="Something broke on our side"
      testId="failure"
      actions={
        <>
          <Button onClick={onRetry}>Try again</Button>
          {onDownload && (
            <Button variant="default" onClick={onDownload}>
              Download my text
            </Button>
          )}
        </>
      }
    >
      <p>
        Your text is safe: everything marked Saved is stored
        {unsent > 0 ? `, and ${count(unsent, 'unsent edit')} ${unsent === 1 ? 'is' : 'are'} kept on this device` : ''}.
      </p>
    </PlainPage>
  );
}

export function Unreachable({ onRetry }: { onRetry: () => void }) {
  return (
    <PlainPage
      heading="The server can’t be reached"
      testId="unreachable"
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      <p>It may be restarting, or this device is offline. What you wrote before is kept on this device.</p>
    </PlainPage>
  );
}
