import type { Delta } from './delta.ts';
import type { QuireError } from './error.ts';

/** What a person may do with a document, from least to most. `none` means access is gone. */
export type Role = 'none' | 'viewer' | 'commenter' | 'editor' | 'owner';

/** Somebody, as others see them. `color` is a number from the server; the app maps it to its palette. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  /** They came by a link, with only a name. */
  readonly guest: boolean;
  /** The path of their picture on the server, if they have one. It changes with the picture. */
  readonly picture?: string;
}

/** A selection in UTF-16 code units, as Quill counts. */
export interface Range {
  readonly index: number;
  readonly length: number;
}

/** Somebody else's caret in what this editor shows. `id` is one open editor: a person with two tabs has two carets. */
export interface Caret {
  readonly id: string;
  readonly person: Person;
  /** Null: the person is here but has no selection. */
  readonly range: Range | null;
}

/** Where unsent text is: on this `device` (IndexedDB), or in this `tab` only because the browser keeps nothing. */
export type Kept = 'device' | 'tab';

/** Why nothing can be stored. */
export type ErrorReason =
  /** The server could not store the oldest of these edits, and has not stored it since; the client keeps trying. */
  | 'unavailable'
  /** This browser keeps nothing and the line is down: closing the tab loses the edits. */
  | 'not-kept'
  /** The sign-in ended, or another user signed in; edits stay on the device under their author. */
  | 'signed-out'
  /** The document is closed to this user or gone: see `gone`. */
  | 'gone'
  /** The server, or who gives the token, does not let this user in: `connection.error` of the client says why. */
  | 'refused'
  /** The server answers over http, but no WebSocket reaches it: a proxy in between that does not pass the Upgrade header on, most
   * likely. The client keeps trying. */
  | 'no-upgrade'
  /** This page does not speak the server's protocol (an old build, most likely): reload. */
  | 'protocol'
  /** Another page took over this page's edits while it slept; the page has to reload. */
  | 'replaced';

/** The one state that drives all that is shown. `edits` counts edits the server has not confirmed. True at once, without
 * the delays of what is shown; see {@link ShownState} for those. */
export type DocumentState =
  /** The text is not here yet. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly edits: number }
  | {
      readonly kind: 'offline';
      readonly edits: number;
      readonly kept: Kept;
      /** `restarting`: the server said so and will be back in seconds. */
      readonly reason: 'restarting' | 'unreachable';
      /** When the connection went, ms since 1970. */
      readonly since: number;
      /** When the first of these edits was made, ms since 1970; null without edits. */
      readonly editsSince: number | null;
    }
  | { readonly kind: 'read-only'; readonly role: Role; readonly edits: number }
  | { readonly kind: 'error'; readonly reason: ErrorReason; readonly edits: number; readonly kept: Kept };

/** Why a document is no longer there, and who did it where the server says so. */
export interface Gone {
  /** `not-found`: no such document, or not shared with this user (the two cannot be told apart). */
  readonly reason: 'not-found' | 'removed' | 'trashed' | 'deleted';
  readonly by: { readonly id: string; readonly name: string } | null;
  /** ms since 1970, null when unknown. */
  readonly at: number | null;
}

/** The last change of one's role while the document was open. */
export interface RoleChange {
  readonly from: Role;
  readonly to: Role;
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly at: number | null;
}

/** Text that could not be added to its document: kept here for its author until they delete it (P7). */
export interface Parked {
  readonly id: string;
  readonly document: string;
  readonly title: string;
  /** What was to be done, as one Delta against `baseRevision`. */
  readonly delta: Delta;
  /** The inserted text alone, for reading and copying; embeds are left out. */
  readonly text: string;
  readonly baseRevision: number;
  /** How many edits it holds. */
  readonly edits: number;
  /** ms since 1970 */
  readonly at: number;
  /** A code for the app's words: `refused`, `role`, `removed`, `trashed`, `deleted`, `restored`, `replaced`, `too-large`. */
  readonly reason: ParkedReason;
  /** The server's own words, for those who look closer. */
  readonly detail: string;
}

export type ParkedReason =
  /** The server would not take the edit. */
  | 'refused'
  /** The role no longer allowed it. */
  | 'role'
  | 'removed'
  | 'trashed'
  | 'deleted'
  /** The server was restored from a backup: it lost what is kept here. */
  | 'restored'
  /** Another page took over, and this text had not been stored yet. */
  | 'replaced'
  /** The document or the edit passed a limit. */
  | 'too-large';

/** Where a change came from.
 * - `remote`: somebody else's op
 * - `restored`: parked text put back, to be shown like a remote change
 * - `correction`: what the editor shows was put right: a refused edit taken back, a format outside the table dropped, or
 *   the server's text after a restore */
export type ChangeSource = 'remote' | 'restored' | 'correction';

export interface Change {
  /** Applies to what the editor showed after its last `edit()` and the last change. */
  readonly delta: Delta;
  readonly source: ChangeSource;
  /** Who wrote it is not in the stream; null. Kept for later. */
  readonly revision: number;
}

/** Everything about an open document that is worth re-rendering for. A new object exactly when something changed. */
export interface DocumentSnapshot {
  readonly id: string;
  /** False until the text is here for the first time. */
  readonly loaded: boolean;
  readonly title: string;
  readonly role: Role;
  readonly roleChange: RoleChange | null;
  readonly trashed: boolean;
  readonly gone: Gone | null;
  readonly state: DocumentState;
  /** The newest revision this page has; the server has stored at least this. */
  readonly revision: number;
  /** ms since 1970 of the last change confirmed or received while open; null before the first. */
  readonly changedAt: number | null;
  /** Others who have the document open, each once. */
  readonly people: readonly Person[];
  readonly parked: readonly Parked[];
}

/** What a listener throws is reported (see Environment) and stops nothing. */
export interface DocumentEvents {
  /** A change the editor must show. In order, never during `edit()`, and before any subscriber is told. */
  change: (change: Change) => void;
  /** The text is here, or was replaced as a whole: show `contents()`. */
  load: (contents: Delta) => void;
  /** Somebody's caret moved, came or went. Fires often; draw, do not render. */
  carets: (carets: readonly Caret[]) => void;
  /** Members or links changed: fetch them again over REST. */
  members: () => void;
}

/** One place where a text changed: `text` stands where `from` to `to` stood. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A change of the plain text that its editor did not make. */
export interface TextChange {
  /** The text after it. */
  readonly value: string;
  /** Where it changed, from the beginning to the end, none over another. All count in the text before: apply them together, as
   * CodeMirror does, or from the last to the first. */
  readonly splices: readonly Splice[];
  /** `load`: the text is here, or was replaced as a whole. */
  readonly source: ChangeSource | 'load';
  /** Brings a position of the text before to the text after. Where something was inserted it stays in front of that, or with
   * `after` behind it. */
  position(at: number, after?: boolean): number;
}

/** A document for what shows text without formats: a text area, a code editor. Positions are those of the document, in UTF-16 code
 * units. An embed, such as an image, is one U+FFFC, and can be deleted but not written; a carriage return is shown as a space. */
export interface PlainText {
  /** The text without the newline that ends every document; empty until it is here. */
  readonly value: string;
  /** Takes a change that the editor has made: `text`, without formats, stands where `from` to `to` stood. Line ends become `\n`.
   * Throws a QuireError outside of `value`. */
  replace(from: number, to: number, text: string): void;
  /** Takes what the editor shows now, and replaces what differs from `value`. `caret` is where writing goes on; it tells which of
   * several equal letters was typed. */
  update(value: string, caret?: number): void;
  on(event: 'change', listener: (change: TextChange) => void): () => void;
}

/** One open document. All methods are for the page's own thread; none blocks. */
export interface QuireDocument {
  readonly id: string;

  /** What the editor shows: the server's text with all edits of this page in it. Throws a QuireError before `loaded`. */
  contents(): Delta;
  /** Takes a change the editor has already made to what it shows. Kept on the device within 100 ms, sent, and merged. An
   * edit is never refused here: without the right to edit, the server's refusal parks it. Throws a QuireError: `not-loaded`, or
   * `out-of-range` when the delta does not fit `contents()`, which means that the editor has drifted and must show it anew. */
  edit(delta: Delta | { ops: Delta['ops'] }): void;
  /** The document as text without formats, each time the same object. Use either this or `edit` and the `change` event. */
  asText(): PlainText;

  /** This editor's selection, sent to others at most every 50 ms. Null: no selection (still listed as here). */
  setSelection(range: Range | null): void;
  carets(): readonly Caret[];

  on<E extends keyof DocumentEvents>(event: E, listener: DocumentEvents[E]): () => void;
  /** For useSyncExternalStore: both are bound, and the snapshot is the same object until something changed. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentSnapshot;
  readonly state: DocumentState;

  /** Resolves when the text is here. Rejects with a QuireError when there is no such document for this user, and when the
   * connection is given up. */
  whenLoaded(): Promise<void>;
  /** Resolves when every edit made so far is confirmed by the server. Rejects with a QuireError when one of them was parked instead
   * (`parked`), and when the connection is given up: they stay kept. */
  whenSaved(): Promise<void>;
  /** Resolves when every edit made so far is kept on the device (at once when the browser keeps nothing). */
  whenKept(): Promise<void>;

  /** Inserts parked text at `index` (sent to listeners as a `restored` change), keeps it, and only then deletes it from the parked. */
  putBack(parkedId: string, index: number): Promise<void>;
  removeParked(parkedId: string): Promise<void>;

  /** Lets go of the document. Unsent edits go on being sent. `open` and `close` are counted, so double mounting is harmless. */
  close(): void;
}

/** A document with text of this user that is not in it. `unsent` and `parked` count edits. */
export interface Leftover {
  readonly document: string;
  readonly unsent: number;
  readonly parked: number;
}

/** The connection, one for all documents of the page. */
export type ConnectionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  | {
      readonly kind: 'offline';
      readonly reason: 'restarting' | 'unreachable' | 'unavailable' | 'no-upgrade';
      readonly since: number;
      readonly retryAt: number;
      /** Why the last attempt failed, where somebody said so: the server, or the function that gives the token. */
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
      /** Why, in the server's own words where it said something. */
      readonly error: QuireError;
    };

export interface ServerLimits {
  /** Bytes of one message. */
  readonly frame: number;
  /** Components of one op. */
  readonly components: number;
  /** UTF-16 code units of one document. */
  readonly document: number;
}

export interface ClientSnapshot {
  readonly connection: ConnectionState;
  /** Who the server says this is; null before the first connection. */
  readonly user: Person | null;
  /** The server's build: when it differs from the page's, offer a reload. */
  readonly build: string | null;
  readonly limits: ServerLimits | null;
  readonly kept: Kept;
  /** Edits of this page and left over from others that the server has not confirmed. */
  readonly unsentCount: number;
  /** Documents with unsent or parked text, from every page of this user on this device. */
  readonly leftovers: readonly Leftover[];
}

/** How the page proves who it is. */
export type Auth =
  /** The cookie of Quire's own origin. */
  | { readonly kind: 'cookie' }
  /** An application token, for REST as Bearer and to get a ticket for each connection. Called once for each attempt to connect. An
   * error with `status` 401, 403 or 404 ends the attempts; anything else it throws is tried again. */
  | { readonly kind: 'token'; readonly token: () => string | Promise<string> }
  /** Tickets fetched by the embedding page's own server (`POST /api/v1/socket-tickets`); no REST from the page. */
  | { readonly kind: 'ticket'; readonly ticket: () => string | Promise<string> };

export interface ClientOptions {
  /** Where Quire is, such as `https://docs.example.org`, with its scheme; the page's own origin when absent. */
  readonly url?: string;
  readonly auth?: Auth;
  /** Who is signed in (`id` of GET /me), when the page knows: parked text is listed before there is a connection, and a
   * connection under another sign-in is refused from the first one on. */
  readonly user?: string;
  /** `any` for a server that runs with FORMATS=any; otherwise edits are cleaned by the table. */
  readonly formats?: 'table' | 'any';
  /** Called when another page took over this page's edits: everything is stopped and kept; reload the page. */
  readonly onReplaced?: () => void;
  /** For tests and unusual hosts. */
  readonly environment?: Partial<import('./environment.ts').Environment>;
}

/** What signing out would lose, for the question. */
export interface Loss {
  readonly unsent: number;
  readonly parked: number;
}

export interface QuireClient {
  open(documentId: string): QuireDocument;
  /** Connects again after `stopped`, or at once instead of at `retryAt`. Throws after `close()`, which is for good. */
  connect(): void;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => ClientSnapshot;
  readonly unsentCount: number;
  /** All parked text of this user on this device, newest first. */
  parked(): readonly Parked[];
  removeParked(parkedId: string): Promise<void>;
  /** Sends what is unsent (at most `patience` ms, 5,000 unless told), asks where text would be lost, clears this user's
   * text from the device and ends the sign-in. False: the answer was no, and nothing changed. */
  signOut(options: { confirm: (loss: Loss) => boolean | Promise<boolean>; patience?: number }): Promise<boolean>;
  /** Ends the connection for good. Unsent edits stay on the device. */
  close(): void;
}
