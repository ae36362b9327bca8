import { Button } from '@mantine/core';
import type { Loss } from '@quire/client';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { whatFailed } from '../documents/use-new-document';
import { connection } from '../session';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { count } from '../words';

interface Question {
  loss: Loss;
  answer: (yes: boolean) => void;
}

/** Signing out sends what is unsent first, then asks where text would be lost. */
export function useSignOut() {
  const [question, setQuestion] = useState<Question | null>(null);
  const [busy, setBusy] = useState(false);
  const [, navigate] = useLocation();
  const queries = useQueryClient();

  const begin = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const confirm = (loss: Loss) => new Promise<boolean>((answer) => setQuestion({ loss, answer }));
      if (!(await connection.get().signOut({ confirm }))) return;
      connection.reset();
      navigate('/signin');
      queries.clear();
      await queries.resetQueries();
    } catch (problem) {
      toast(whatFailed(problem));
    } finally {
      setBusy(false);
      setQuestion(null);
    }
  };
  return { begin: () => void begin(), busy, question };
}

export function SignOutDialog({ question }: { question: Question | null }) {
  const stay = () => question?.answer(false);
  return (
    <Dialog opened={question !== null} onClose={stay} title="Sign out and lose text?" testId="sign-out">
      {question && <p>{whatIsLost(question.loss)}</p>}
      <DialogButtons>
        <Button color="rubric" onClick={() => question?.answer(true)}>
          Sign out and lose it
        </Button>
        <Button variant="default" data-autofocus onClick={stay}>
          Stay signed in
        </Button>
      </DialogButtons>
    </Dialog>
  );
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
