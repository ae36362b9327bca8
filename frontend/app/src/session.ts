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

/** Returns who is signed in, from REST. If the sign-in ends while a document is open, the document's own state says so, not this: the text
 * must stay on the screen. */
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

/** Returns null if nobody is signed in. That is an answer, not an error: a query that only has an error loses it when it is repeated, and
 * the form in which the user was typing would go with it. If somebody was signed in before, it is an error all the same: the text must
 * stay on the screen. */
async function whoIs(client: QueryClient): Promise<Me | null> {
  try {
    return await api.me();
  } catch (problem) {
    if (isProblem(problem, 'signed-out') && !client.getQueryData(['me'])) return null;
    throw problem;
  }
}

/** Call it after signing in: everything cached belonged to nobody or to somebody else. */
export function useSignedIn(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    connection.reset();
    await queries.resetQueries({ queryKey: ['me'] });
    await queries.invalidateQueries();
  };
}

/** The page's one client. It is made when first needed, and closed when the person changes, because a socket belongs to one sign-in. */
function createConnection() {
  let client: QuireClient | null = null;
  let user: string | null = null;
  return {
    /** Sets whose client the next one is: text that this person left here is listed even without a connection. */
    belongsTo(id: string): void {
      user = id;
    },
    get(): QuireClient {
      // Another page took over this page's edits while it slept. What was not stored is parked by now, and only a reloaded page can
      // send again.
      client ??= createClient({ onReplaced: reloadPage, ...(user === null ? {} : { user }) });
      return client;
    },
    /** How many edits of this person on this device the server has not confirmed; 0 before a document was opened. */
    unsent: () => client?.unsentCount ?? 0,
    reset() {
      client?.close();
      client = null;
      user = null;
      noteList(''); // the search was the previous person's
    },
  };
}

export const connection = createConnection();
