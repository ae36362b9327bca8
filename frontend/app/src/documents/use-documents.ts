import { useNetwork } from '@mantine/hooks';
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type DocumentInfo, type DocumentPage, type Scope } from '../api';
import { isProblem } from '../problem';
import { toast } from '../ui/toasts';
import { untitled } from '../words';
import { whatFailed } from './use-new-document';

/** How often the list asks who is present, while it is visible, ms. */
const refresh = 20_000;

/** How often it asks while it gets no answer, ms. */
const again = 3_000;

/** Reports whether the list cannot be fetched: the browser is offline, or the server could not be reached since its last answer. */
export function useAway({ failureReason, isSuccess, isFetching }: ReturnType<typeof useDocuments>): boolean {
  const { online } = useNetwork();
  const [away, setAway] = useState(false);
  const unreachable = isProblem(failureReason, 'unreachable');
  useEffect(() => {
    if (unreachable) setAway(true);
    else if (isSuccess && !isFetching) setAway(false);
  }, [unreachable, isSuccess, isFetching]);
  return away || !online;
}

export function useDocuments(scope: Scope, title: string) {
  return useInfiniteQuery({
    queryKey: ['documents', scope, title],
    queryFn: ({ pageParam }) => api.documents(scope, title, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (underWay > 0 ? false : state.status === 'error' ? again : refresh),
    refetchOnReconnect: true,
    refetchOnMount: 'always',
  });
}

type Cached = InfiniteData<DocumentPage>;

/** Changes that the server has not answered yet, and that its list therefore may not include. */
let underWay = 0;

/** Changes a document from the list. The change is shown at once, and corrected by the server's answer. */
export function useDocumentActions() {
  const queries = useQueryClient();
  const patch = (id: string, change: (document: DocumentInfo) => DocumentInfo | null) =>
    queries.setQueriesData<Cached>(
      { queryKey: ['documents'] },
      (cached) =>
        cached && {
          ...cached,
          pages: cached.pages.map((page) => ({ ...page, items: mapped(page.items, id, change) })),
        },
    );
  const run = async (action: () => Promise<unknown>): Promise<boolean> => {
    underWay++;
    try {
      // A list that is still on its way was made before the change, and would undo it.
      await queries.cancelQueries({ queryKey: ['documents'] });
      await action();
      return true;
    } catch (problem) {
      toast(whatFailed(problem));
      return false;
    } finally {
      if (--underWay === 0) void queries.invalidateQueries({ queryKey: ['documents'] });
    }
  };
  const restore = async (id: string, told = true) => {
    patch(id, () => null);
    if ((await run(() => api.restoreDocument(id))) && told) toast('Restored');
  };
  return {
    rename(document: DocumentInfo, title: string) {
      if (title === document.title) return;
      patch(document.id, (old) => ({ ...old, title }));
      void run(() => api.renameDocument(document.id, title));
    },
    async trash(document: Pick<DocumentInfo, 'id'>) {
      patch(document.id, () => null);
      const done = await run(() => api.trashDocument(document.id));
      if (done) toast('Moved to trash', { action: { label: 'Undo', run: () => void restore(document.id, false) } });
    },
    restore: (document: DocumentInfo) => void restore(document.id),
    async deleteForGood(document: DocumentInfo) {
      patch(document.id, () => null);
      if (await run(() => api.deleteDocument(document.id))) toast(`“${document.title || untitled}” is deleted`);
    },
  };
}

function mapped(items: DocumentInfo[], id: string, change: (document: DocumentInfo) => DocumentInfo | null) {
  return items.flatMap((item) => (item.id === id ? (change(item) ?? []) : [item]));
}
