import { Button, TextInput } from '@mantine/core';
import { copyText } from '../ui/copy';
import { DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';

/** Shows an address that works once, to be sent to somebody. It is not shown again. */
export function OneTimeAddress({ url, onDone }: { url: string; onDone: () => void }) {
  return (
    <>
      <TextInput
        aria-label="Address to set a password"
        readOnly
        value={url}
        onFocus={(event) => event.currentTarget.select()}
      />
      <DialogButtons>
        <Button
          data-autofocus
          onClick={() =>
            void copyText(url).then((done) => toast(done ? 'Address copied' : 'This browser did not allow copying'))
          }
        >
          Copy
        </Button>
        <Button variant="default" onClick={onDone}>
          Done
        </Button>
      </DialogButtons>
    </>
  );
}
