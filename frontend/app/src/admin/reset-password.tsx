import { Button } from '@mantine/core';
import { useState } from 'react';
import { whatFailed } from '../documents/use-new-document';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import classes from './admin-page.module.css';
import { admin, type PersonListed } from './calls';
import { OneTimeAddress } from './one-time-address';

interface Props {
  person: PersonListed;
  opened: boolean;
  onClose: () => void;
}

/** Makes the one-time address at which somebody who forgot their password sets a new one, where the server cannot send mail. */
export function ResetPassword({ person, opened, onClose }: Props) {
  const [url, setUrl] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => {
    setUrl(null);
    onClose();
  };
  const reset = async () => {
    setBusy(true);
    try {
      setUrl((await admin.resetPassword(person.id)).url);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(false);
  };
  return (
    <Dialog opened={opened} onClose={close} title={`New password for ${person.name}`} testId="reset-password">
      <div className={classes.form}>
        {url ? (
          <>
            <p>
              Send this address to {person.name}, and to nobody else. It works once, for a day, and isn’t shown again.
            </p>
            <OneTimeAddress url={url} onDone={close} />
          </>
        ) : (
          <>
            <p>
              You get an address at which {person.name} chooses a new password. Until then nobody can sign in as{' '}
              {person.name}: the old password stops working, and all devices and programs are signed out.
            </p>
            <DialogButtons>
              <Button loading={busy} onClick={() => void reset()}>
                Make the address
              </Button>
              <Button variant="default" data-autofocus onClick={close}>
                Cancel
              </Button>
            </DialogButtons>
          </>
        )}
      </div>
    </Dialog>
  );
}
