import { createClient, type QuireClient } from '@quire/client';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Me } from './api';
import { noteList } from './documents/list-address';
import { reloadPage } from './leaving';
import { isProblem, Problem } from './problem';

export type Session =
  | { kind: 'loading' }
  | { kind: 'signed-out' }
  | { kind: 'unreachable'; problem: Problem; retry: () => void }
  | { kind: 'signed-in'; me: Me };

/** Who is signed in, from REST. A sign-in that ended while a document is open is told by the document's own state, not by
 * this: the text must stay on the screen. */
export function useSession(): Session {
  const { data, error, refetch } = useQuery({
    queryKey: ['me'],
    queryFn: ({ client }) => whoIs(client),
    staleTime: ({ state }) => (state.data ? 60_000 : 0), // somebody may have signed in, in another tab
  });
  if (data) {
    connection.belongsTo(data.id);
    return { kind: 'signed-in', me: data };
  }
  if (data === null) return { kind: 'signed-out' };
  if (error) {
    const problem = error instanceof Problem ? error : new Problem('internal', { detail: String(error) });
    return { kind: 'unreachable', problem, retry: () => void refetch() };
  }
  return { kind: 'loading' };
}

/** Null: nobody is signed in. That is an answer and no error, because a query that has nothing but an error forgets it when it
 * asks again, and the form in which somebody was typing would go with it. Of one who was here it stays an error: the text must
 * stay on the screen. */
async function whoIs(client: QueryClient): Promise<Me | null> {
  try {
    return await api.me();
  } catch (problem) {
    if (isProblem(problem, 'signed-out') && !client.getQueryData(['me'])) return null;
    throw problem;
  }
}

/** After signing in: everything cached belonged to nobody or to somebody else. */
export function useSignedIn(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    connection.reset();
    await queries.resetQueries({ queryKey: ['me'] });
    await queries.invalidateQueries();
  };
}

/** The page's one client. Made when first needed, let go when the person changes: the socket belongs to one sign-in. */
function createConnection() {
  let client: QuireClient | null = null;
  let user: string | null = null;
  return {
    /** Whose client the next one is: what this person left here is listed before, and without, a connection. */
    belongsTo(id: string): void {
      user = id;
    },
    get(): QuireClient {
      // Another page took over this page's edits while it slept: what was not stored is parked by now, and only a fresh
      // page has a queue of its own.
      client ??= createClient({ onReplaced: reloadPage, ...(user === null ? {} : { user }) });
      return client;
    },
    /** Edits of this person on this device that the server has not confirmed; 0 while nothing was opened. */
    unsent: () => client?.unsentCount ?? 0,
    reset() {
      client?.close();
      client = null;
      user = null;
      noteList(''); // what was searched for is of who was here
    },
  };
}

export const connection = createConnection();
