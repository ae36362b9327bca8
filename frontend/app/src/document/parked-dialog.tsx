import { Button } from '@mantine/core';
import type { Parked } from '@quire/client';
import { Copy, CornerDownLeft, Download } from 'lucide-react';
import { useState } from 'react';
import { connection } from '../session';
import { copyText, downloadText } from '../ui/copy';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { clock, untitled, when } from '../words';
import classes from './parked-dialog.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  parked: readonly Parked[];
  /** Puts a text back at the caret; absent if the reader may not write. */
  onPutBack?: ((parked: Parked) => void) | undefined;
}

/** Lists parked text, which its author can read, copy, save, put back and delete (P7). */
export function ParkedDialog({ opened, onClose, parked, onPutBack }: Props) {
  const [deleting, setDeleting] = useState(false);
  const all = parked.map(textOf).join('\n\n');
  const close = () => {
    setDeleting(false);
    onClose();
  };
  return (
    <Dialog opened={opened} onClose={close} title="Text that couldn’t be added" width={600} testId="parked">
      <p className={classes.why}>
        {why(parked[0])} It isn’t in the document. It stays on this device until you delete it.
      </p>
      {parked.map((one) => (
        <section key={one.id} className={classes.piece} aria-label={`Text of ${clock(new Date(one.at))}`}>
          <p className={classes.when}>
            {one.title || untitled} · {when(new Date(one.at), new Date()).replace(/^(at|on) /, '')}
          </p>
          <blockquote className={classes.text}>{textOf(one)}</blockquote>
          {onPutBack && (
            <Button
              variant="subtle"
              size="sm"
              leftSection={<CornerDownLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => onPutBack(one)}
            >
              Put it in at the caret
            </Button>
          )}
        </section>
      ))}
      {deleting ? (
        <DialogButtons>
          <span>Delete this text for good?</span>
          <Button
            color="rubric"
            size="sm"
            onClick={() => {
              for (const one of parked) void connection.get().removeParked(one.id);
              close();
            }}
          >
            Delete
          </Button>
          <Button variant="default" size="sm" data-autofocus onClick={() => setDeleting(false)}>
            Keep
          </Button>
        </DialogButtons>
      ) : (
        <DialogButtons>
          <Button
            data-autofocus
            leftSection={<Copy size={16} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() =>
              void copyText(all).then((done) => toast(done ? 'Text copied' : 'This browser did not allow copying'))
            }
          >
            Copy text
          </Button>
          <Button
            variant="default"
            leftSection={<Download size={16} strokeWidth={1.75} aria-hidden="true" />}
            onClick={() => downloadText(`${parked[0]?.title || untitled}, kept text`, all)}
          >
            Download
          </Button>
          <Button variant="subtle" color="rubric" className={classes.delete ?? ''} onClick={() => setDeleting(true)}>
            Delete…
          </Button>
        </DialogButtons>
      )}
    </Dialog>
  );
}

function textOf(parked: Parked): string {
  return parked.text.trim() === '' ? '(a change of formats or a deletion, no text)' : parked.text;
}

function why(parked: Parked | undefined): string {
  switch (parked?.reason) {
    case 'role':
      return 'You wrote this while your role changed.';
    case 'removed':
      return 'You wrote this while your access ended.';
    case 'trashed':
      return 'You wrote this while the document was moved to the trash.';
    case 'deleted':
      return 'You wrote this while the document was deleted.';
    case 'restored':
      return 'The server was restored from a backup that did not have this yet.';
    case 'too-large':
      return 'The document has reached its limit, and this did not fit.';
    case 'replaced':
      return 'You wrote this while another tab took over.';
    default:
      return 'The server would not take this.';
  }
}
