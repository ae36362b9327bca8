import type { DocumentSnapshot } from '@quire/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type DocumentInfo } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { toast } from '../ui/toasts';

export interface Title {
  value: string;
  /** The user is editing the title. */
  editing: boolean;
  edit: () => void;
  /** Null: as it was. */
  finish: (next: string | null) => void;
}

/** Returns the title as the socket says it, live for everybody; before that, as the list knew it. */
export function useTitle(snapshot: DocumentSnapshot, info: DocumentInfo | null): Title {
  const [editing, setEditing] = useState(() => history.state?.fresh === true);
  // The title just typed, until the server confirms or refuses it.
  const [typed, setTyped] = useState<string | null>(null);
  const queries = useQueryClient();
  const known = snapshot.loaded ? snapshot.title : snapshot.title || (info?.title ?? '');

  useEffect(() => {
    if (typed !== null && known === typed) setTyped(null);
  }, [typed, known]);

  const finish = (next: string | null) => {
    setEditing(false);
    if (history.state?.fresh) history.replaceState({ ...history.state, fresh: false }, '');
    if (next === null || next === known) return;
    setTyped(next);
    api.renameDocument(snapshot.id, next).then(
      () => {
        setTyped(null);
        void queries.invalidateQueries({ queryKey: ['document', snapshot.id] });
        void queries.invalidateQueries({ queryKey: ['documents'] });
      },
      (problem: unknown) => {
        setTyped(null);
        toast(`The title was not changed. ${whatFailed(problem)}`);
      },
    );
  };
  return { value: typed ?? known, editing, edit: () => setEditing(true), finish };
}
