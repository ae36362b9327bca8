import { Button } from '@mantine/core';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { people } from '../words';
import { type Member, type ShareLink, sharing } from './calls';
import { named } from './came';
import type { useAct } from './use-sharing';

type Withdraw = (then: 'keep' | 'remove', brought: Member[]) => void;

/** Withdraws a link, with or without the people who got access by it; the toast can undo that. */
export function useWithdraw(document: string, link: ShareLink, act: ReturnType<typeof useAct>['act']): Withdraw {
  const undo = () =>
    void act(link.id, async () => {
      await sharing.restoreLink(document, link.id);
      return 'The link opens the document again';
    });
  return (then, brought) =>
    void act(link.id, async () => {
      await sharing.withdrawLink(document, link.id, then);
      const removed = then === 'remove' && brought.length > 0;
      toast(
        removed
          ? `Link withdrawn, and ${people(brought.length)} removed.`
          : 'Link withdrawn. Nobody new gets in by it.',
        { action: { label: 'Undo', run: undo } },
      );
      return null;
    });
}

interface Props {
  opened: boolean;
  onClose: () => void;
  /** At least one. */
  brought: Member[];
  onWithdraw: Withdraw;
}

/** Asks what to do with the people who got access by a link that is withdrawn. */
export function WithdrawDialog({ opened, onClose, brought, onWithdraw }: Props) {
  const withdraw = (then: 'keep' | 'remove') => {
    onClose();
    onWithdraw(then, brought);
  };
  const one = brought.length === 1;
  return (
    <Dialog opened={opened} onClose={onClose} title="Withdraw the link?" width={520} testId="withdraw-link">
      <p>
        Nobody new gets in by it. {named(brought)} came by it and {one ? 'stays' : 'stay'}, unless you remove{' '}
        {one ? 'them' : 'all of them'} too. What they wrote stays.
      </p>
      <DialogButtons>
        <Button color="rubric" onClick={() => withdraw('remove')}>
          Withdraw and remove {people(brought.length)}
        </Button>
        <Button variant="default" onClick={() => withdraw('keep')}>
          Withdraw the link only
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          Cancel
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
