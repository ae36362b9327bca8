import { Button } from '@mantine/core';
import type { Loss } from '@quire/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { whatFailed } from '../documents/use-new-document';
import { forgetPlaces } from '../editor/place';
import { connection } from '../session';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { count } from '../words';

/** The steps of signing out that the user sees. */
type Leaving = { kind: 'sending' } | { kind: 'asking'; loss: Loss; unsent: number; answer: (yes: boolean) => void };

/** Signs out: first sends what is unsent, and says so, then asks if text would be lost. */
export function useSignOut() {
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const busy = useRef(false);
  const [, navigate] = useLocation();
  const queries = useQueryClient();

  const begin = async () => {
    if (busy.current) return;
    busy.current = true;
    const client = connection.get();
    if (client.unsentCount > 0) setLeaving({ kind: 'sending' });
    try {
      const confirm = (loss: Loss) =>
        new Promise<boolean>((answer) => setLeaving({ kind: 'asking', loss, unsent: client.unsentCount, answer }));
      if (!(await client.signOut({ confirm }))) return;
      connection.reset();
      forgetPlaces();
      navigate('/signin');
      queries.clear();
      await queries.resetQueries();
    } catch (problem) {
      toast(whatFailed(problem));
    } finally {
      busy.current = false;
      setLeaving(null);
    }
  };
  return { begin: () => void begin(), leaving };
}

export function SignOutDialog({ leaving }: { leaving: Leaving | null }) {
  if (leaving === null) return null;
  return leaving.kind === 'sending' ? <Sending /> : <Asking {...leaving} />;
}

function Sending() {
  const unsent = useUnsent();
  return (
    <Dialog opened title="Sending your last edits" testId="sign-out">
      <p role="status">
        {unsent > 0 ? `${count(unsent, 'edit')} to go.` : 'All of them arrived.'} You are signed out when they are
        saved.
      </p>
    </Dialog>
  );
}

/** Asks whether to sign out although text would be lost. The numbers fall while edits are still being sent; at zero it closes. */
function Asking({ loss, unsent, answer }: Extract<Leaving, { kind: 'asking' }>) {
  const sent = unsent - useUnsent();
  const left = { ...loss, unsent: Math.max(0, loss.unsent - sent) };
  const nothing = left.unsent === 0 && left.parked === 0;
  useEffect(() => {
    if (nothing) answer(true);
  }, [nothing, answer]);
  const stay = () => answer(false);
  return (
    <Dialog opened onClose={stay} title="Sign out and lose text?" testId="sign-out">
      <p aria-live="polite">{nothing ? 'Everything arrived. Signing you out.' : whatIsLost(left)}</p>
      <DialogButtons>
        <Button color="rubric" onClick={() => answer(true)}>
          Sign out and lose it
        </Button>
        <Button variant="default" data-autofocus onClick={stay}>
          Stay signed in
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function useUnsent(): number {
  const client = connection.get();
  return useSyncExternalStore(client.subscribe, () => client.unsentCount);
}

function whatIsLost({ unsent, parked }: Loss): string {
  const parts = [
    unsent > 0 ? `${count(unsent, 'edit')} could not be sent yet` : '',
    parked > 0
      ? `${count(parked, 'edit')} that couldn’t be added ${parked === 1 ? 'is' : 'are'} kept here for you`
      : '',
  ].filter(Boolean);
  return `${parts.join(', and ')}. Signing out deletes your text from this device, so that nobody else who uses it can read it.`;
}
