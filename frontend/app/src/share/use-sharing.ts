import type { QuireDocument } from '@quire/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { whatFailed } from '../documents/use-new-document';
import { toast } from '../ui/toasts';
import { sharing } from './calls';

/** What the share dialog shows; each part is read anew whenever somebody changed something. */
const parts = ['members', 'links', 'invitations', 'groups', 'reach', 'requests', 'transfer'] as const;
export type Part = (typeof parts)[number];

export const sharingKey = (document: string, part: Part) => ['sharing', document, part];

/** The parts that only owners may read are not asked for otherwise. */
export function useSharing(document: QuireDocument, owner: boolean) {
  const { id } = document;
  const queries = useQueryClient();
  useEffect(
    () => document.on('members', () => void queries.invalidateQueries({ queryKey: ['sharing', id] })),
    [document, id, queries],
  );
  const always = { refetchOnMount: 'always' } as const;
  return {
    members: useQuery({ queryKey: sharingKey(id, 'members'), queryFn: () => sharing.members(id), ...always }),
    groups: useQuery({ queryKey: sharingKey(id, 'groups'), queryFn: () => sharing.groups(id), ...always }),
    reach: useQuery({ queryKey: sharingKey(id, 'reach'), queryFn: () => sharing.reach(id), ...always }),
    links: useQuery({ queryKey: sharingKey(id, 'links'), queryFn: () => sharing.links(id), enabled: owner, ...always }),
    invitations: useQuery({
      queryKey: sharingKey(id, 'invitations'),
      queryFn: () => sharing.invitations(id),
      enabled: owner,
      ...always,
    }),
    transfer: useQuery({
      queryKey: sharingKey(id, 'transfer'),
      queryFn: () => sharing.pendingTransfer(id),
      enabled: owner,
      ...always,
    }),
    requests: useQuery({
      queryKey: sharingKey(id, 'requests'),
      queryFn: () => sharing.requests(id),
      enabled: owner,
      ...always,
    }),
  };
}

/** Every change acts at once: `act` makes it, says what came of it, and has the lists read anew. */
export function useAct(document: string) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const act = useCallback(
    async (what: string, change: () => Promise<string | null>): Promise<boolean> => {
      setBusy(what);
      try {
        const done = await change();
        if (done) toast(done);
        return true;
      } catch (problem) {
        toast(whatFailed(problem));
        return false;
      } finally {
        await queries.invalidateQueries({ queryKey: ['sharing', document] });
        setBusy(null);
      }
    },
    [document, queries],
  );
  return { act, busy };
}
