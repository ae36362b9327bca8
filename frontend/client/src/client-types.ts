import type { Environment } from './environment.ts';
import type { QuireError } from './error.ts';
import type { Kept, Parked, Person, QuireDocument } from './types.ts';

/** A document with edits of this user that are not in it. `unsent` and `parked` count edits. */
export interface Leftover {
  readonly document: string;
  readonly unsent: number;
  readonly parked: number;
}

/** The state of the connection, one for all documents of the page. */
export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | {
      readonly kind: 'offline';
      readonly reason: 'restarting' | 'unreachable' | 'unavailable' | 'no-upgrade';
      /** When the connection was lost, ms since 1970. */
      readonly since: number;
      /** When the next attempt is due, ms since 1970. */
      readonly retryAt: number;
      /** Why the last attempt failed, if the server or the function that returns the token said so. */
      readonly error: QuireError | null;
    }
  /** Given up until `connect()`. */
  | {
      readonly kind: 'stopped';
      readonly reason:
        | 'signed-out'
        | 'other-user'
        | 'forbidden'
        | 'deleted'
        | 'protocol'
        | 'unsupported'
        | 'replaced'
        | 'closed'
        | 'refused';
      /** Why, in the server's words if it sent any. */
      readonly error: QuireError;
    };

/** What the server accepts at most. */
export interface ServerLimits {
  /** Bytes of one message. */
  readonly frame: number;
  /** Components of one op. */
  readonly components: number;
  /** UTF-16 code units of one document. */
  readonly document: number;
}

/** Everything about a client that is worth a re-render. It is a new object exactly when something changed. */
export interface ClientSnapshot {
  readonly connection: ConnectionState;
  /** Who is signed in, as the server says; null before the first connection. */
  readonly user: Person | null;
  /** The server's build. If it is not the page's, offer to reload. */
  readonly build: string | null;
  readonly limits: ServerLimits | null;
  readonly kept: Kept;
  /** How many edits of this page, and of earlier pages that this one is sending for them, the server has not confirmed. */
  readonly unsentCount: number;
  /** The documents with unsent or parked text, from every page of this user on this device. */
  readonly leftovers: readonly Leftover[];
}

/** How the page authenticates. */
export type Auth =
  /** The cookie of Quire's own origin. */
  | { readonly kind: 'cookie' }
  /** An application token, sent to REST as Bearer and exchanged for a ticket on each connection. The function is called once for each
   * attempt to connect. If it throws an error with `status` 401, 403 or 404, no further attempt follows; after any other, one does. */
  | { readonly kind: 'token'; readonly token: () => string | Promise<string> }
  /** Tickets that the embedding page's own server fetches (`POST /api/v1/socket-tickets`). The page has no access to REST. */
  | { readonly kind: 'ticket'; readonly ticket: () => string | Promise<string> };

/** The options of `createClient`. */
export interface ClientOptions {
  /** The server's address with its scheme, such as `https://docs.example.org`; the page's own origin if absent. */
  readonly url?: string;
  /** The cookie if absent. */
  readonly auth?: Auth;
  /** Who is signed in (`id` of GET /me), if the page knows. Parked text is then listed before there is a connection, and even a first
   * connection under another user's sign-in is refused. */
  readonly user?: string;
  /** `any` for a server that runs with FORMATS=any. With `table`, the default, edits are cleaned of formats outside the table. */
  readonly formats?: 'table' | 'any';
  /** Called when another page took over this page's edits, or signed the user out. The client has stopped, and all text is kept or was
   * asked about: reload the page. */
  readonly onReplaced?: () => void;
  /** For tests and unusual hosts. */
  readonly environment?: Partial<Environment>;
}

/** What signing out would lose: a number of unsent edits and a number of parked texts. */
export interface Loss {
  readonly unsent: number;
  readonly parked: number;
}

/** One client per page, for all its documents. */
export interface QuireClient {
  /** Opens a document, and connects if need be. Each call needs its own `close` of the document. Throws a QuireError: `closed`, or
   * `no-websocket`. */
  open(documentId: string): QuireDocument;
  /** Connects again after `stopped`, or at once instead of at `retryAt`. Throws a QuireError: `closed` after `close()`, or
   * `no-websocket`. */
  connect(): void;
  /** For useSyncExternalStore: both are bound, and the snapshot is the same object until something changes. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => ClientSnapshot;
  /** As in the snapshot. */
  readonly unsentCount: number;
  /** Returns all parked text of this user on this device, newest first. */
  parked(): readonly Parked[];
  removeParked(parkedId: string): Promise<void>;
  /** Sends what is unsent (for at most `patience` ms, 5,000 by default), calls `confirm` if text would be lost, ends the sign-in and
   * removes this user's text from the device. Resolves to false, with nothing changed, if `confirm` says no. Rejects if the server
   * cannot be reached. */
  signOut(options: { confirm: (loss: Loss) => boolean | Promise<boolean>; patience?: number }): Promise<boolean>;
  /** Closes the client for good. Unsent edits stay on the device. */
  close(): void;
}
