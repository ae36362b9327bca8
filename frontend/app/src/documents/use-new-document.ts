import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api';
import { isProblem, Problem } from '../problem';
import { toast } from '../ui/toasts';

/** Returns a function that makes a document and opens it with the focus in its title. */
export function useNewDocument(): { create: () => void; busy: boolean } {
  const [busy, setBusy] = useState(false);
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const create = async () => {
    if (busy) return;
    setBusy(true);
    try {
      const made = await api.createDocument('');
      queries.setQueryData(['document', made.id], made);
      void queries.invalidateQueries({ queryKey: ['documents'] });
      navigate(`/d/${made.id}`, { state: { fresh: true } });
    } catch (problem) {
      const offline = isProblem(problem, 'unreachable');
      toast(offline ? 'You’re offline. A document can be started when the connection is back.' : whatFailed(problem));
    } finally {
      setBusy(false);
    }
  };
  return { create: () => void create(), busy };
}

/** Returns why something failed, in a sentence: the server's, if it is written for people. */
export function whatFailed(problem: unknown): string {
  if (isProblem(problem, 'unreachable')) return 'You’re offline. Try again when the connection is back.';
  if (problem instanceof Problem && problem.kind !== 'internal' && problem.detail) return problem.detail;
  return 'Something broke on our side. Try again in a moment.';
}
