import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { PlainPage } from '../ui/plain-page';

/** Says who makes accounts on a server where not everybody can. */
export const whoMakesAccounts = {
  closed: 'Accounts here are made by the administrator.',
  invite: 'Accounts here are made by invitation: by a link or a letter that somebody here sends you.',
};

/** Replaces a form that could only fail. */
export function NoSignUp({ mode }: { mode: keyof typeof whoMakesAccounts }) {
  return (
    <PlainPage
      heading={mode === 'closed' ? 'The administrator makes accounts here' : 'Accounts are by invitation'}
      testId="no-sign-up"
      actions={
        <Button component={Link} href="/signin">
          Sign in
        </Button>
      }
    >
      <p>
        {mode === 'closed'
          ? 'Ask whoever runs this server for one. You then get an address at which you choose your password.'
          : 'Open the link or the letter that somebody here sent you: it leads on to an account.'}
      </p>
    </PlainPage>
  );
}
