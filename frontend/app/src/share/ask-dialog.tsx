import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { GivenRole } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { sharing } from './calls';
import { GivenRoleMenu } from './role-menu';
import classes from './share-dialog.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  document: string;
  /** The role that is selected at first. */
  wish: GivenRole;
  /** What to say once it was sent. The server's answer is the same whether or not there is such a document. */
  onSent?: () => void;
}

/** Requests a role from a document's owners. */
export function AskDialog({ opened, onClose, document, wish: first, onSent }: Props) {
  const [role, setRole] = useState(first);
  const [message, setMessage] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await sharing.ask(document, role, message.trim());
      toast('Asked. Whoever owns the document decides.');
      onSent?.();
      onClose();
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(false);
  };
  return (
    <Dialog opened={opened} onClose={onClose} title="Ask for access" testId="ask">
      <div className={classes.row}>
        <p className={classes.who}>What you would like to be</p>
        <GivenRoleMenu of="yours" role={role} onChange={setRole} />
      </div>
      <Textarea
        label="A few words, if you like"
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <DialogButtons>
        <Button loading={busy} onClick={() => void send()}>
          Ask
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
