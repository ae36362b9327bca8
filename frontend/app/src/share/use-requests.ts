import type { QuireDocument } from '@quire/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { sharing } from './calls';
import { sharingKey } from './use-sharing';

/** Returns how many people request access, for the dot on Share. */
export function useRequests(document: QuireDocument, owner: boolean): number {
  const queries = useQueryClient();
  const { id } = document;
  const key = sharingKey(id, 'requests');
  const requests = useQuery({ queryKey: key, queryFn: () => sharing.requests(id), enabled: owner });
  useEffect(
    () => document.on('members', () => void queries.invalidateQueries({ queryKey: sharingKey(id, 'requests') })),
    [document, id, queries],
  );
  return requests.data?.items.length ?? 0;
}
