import { Button } from '@mantine/core';
import { Dialog, DialogButtons } from '../ui/dialog';
import { count } from '../words';
import classes from './account-dialog.module.css';
import type { ApiToken, MadeWithToken } from './calls';
import { madeWords } from './token-words';

interface Props {
  /** Null: nothing is asked. */
  asking: { token: ApiToken; made: MadeWithToken[] } | null;
  onClose: () => void;
  onEnd: (token: ApiToken, made: 'keep' | 'withdraw') => Promise<void>;
}

/** What becomes of what a token made, when it ends. */
export function EndToken({ asking, onClose, onEnd }: Props) {
  return (
    <Dialog opened={asking !== null} onClose={onClose} title={`End “${asking?.token.name ?? ''}”?`} testId="end-token">
      {asking && (
        <>
          <p>{count(asking.made.length, 'thing')} it made would go on letting people in:</p>
          <ul className={classes.scrolls}>
            {asking.made.map((one) => (
              <li key={one.id}>{madeWords(one)}</li>
            ))}
          </ul>
          <DialogButtons>
            <Button color="rubric" onClick={() => void onEnd(asking.token, 'withdraw')}>
              End it and withdraw these
            </Button>
            <Button variant="default" onClick={() => void onEnd(asking.token, 'keep')}>
              End it only
            </Button>
            <Button variant="default" data-autofocus onClick={onClose}>
              Keep
            </Button>
          </DialogButtons>
        </>
      )}
    </Dialog>
  );
}
