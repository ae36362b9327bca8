import type { Delta } from './delta.ts';

/** What a person may do with a document, from least to most. `none` means access is gone. */
export type Role = 'none' | 'viewer' | 'commenter' | 'editor' | 'owner';

/** A person, as others see them. `color` is a number from the server; the application maps it to a palette of its own. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  /** They came through a link and have no account, only a name. */
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

/** Where unsent edits are kept: on this `device` (IndexedDB), or only in this `tab`, because the browser keeps nothing. */
export type Kept = 'device' | 'tab';

/** Why no edit can be stored. */
export type ErrorReason =
  /** The server said that it cannot store, and has not confirmed an edit since. The client keeps trying. */
  | 'unavailable'
  /** This browser keeps nothing and there is no connection: closing the tab loses the edits. */
  | 'not-kept'
  /** The sign-in ended, or another user signed in. The edits stay on the device for their author. */
  | 'signed-out'
  /** The document is gone, or this user no longer has access: see `gone`. */
  | 'gone'
  /** The server, or the function that returns the token, refused this user. The client's `connection.error` says why. */
  | 'refused'
  /** The server answers over http, but no WebSocket reaches it, most likely because a proxy in between drops the Upgrade header. The
   * client keeps trying. */
  | 'no-upgrade'
  /** This page does not speak the server's protocol, most likely because its build is old: reload it. */
  | 'protocol'
  /** Another page took over this page's edits while this one slept: reload it. */
  | 'replaced';

/** The one state that drives all that is shown. `edits` counts the edits that the server has not confirmed. It changes at once; see
 * {@link ShownState} for a state that does not flicker. */
export type DocumentState =
  /** The text is not here yet. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly edits: number }
  | {
      readonly kind: 'offline';
      readonly edits: number;
      readonly kept: Kept;
      /** `restarting`: the server announced it and will be back in seconds. */
      readonly reason: 'restarting' | 'unreachable';
      /** When the connection was lost, ms since 1970. */
      readonly since: number;
      /** When the oldest of these edits was made, ms since 1970; null without edits. */
      readonly editsSince: number | null;
    }
  | { readonly kind: 'read-only'; readonly role: Role; readonly edits: number }
  | { readonly kind: 'error'; readonly reason: ErrorReason; readonly edits: number; readonly kept: Kept };

/** Why a document is no longer there and, if the server says so, who did it. */
export interface Gone {
  /** `not-found`: no such document, or not shared with this user (the two cannot be told apart). */
  readonly reason: 'not-found' | 'removed' | 'trashed' | 'deleted';
  readonly by: { readonly id: string; readonly name: string } | null;
  /** ms since 1970, null when unknown. */
  readonly at: number | null;
}

/** The last change of this user's role while the document was open. */
export interface RoleChange {
  readonly from: Role;
  readonly to: Role;
  readonly by: { readonly id: string; readonly name: string } | null;
  /** ms since 1970, null when unknown. */
  readonly at: number | null;
}

/** Text that could not be added to its document: kept here for its author until they delete it (P7). */
export interface Parked {
  readonly id: string;
  readonly document: string;
  readonly title: string;
  /** The edits, as one Delta against `baseRevision`. */
  readonly delta: Delta;
  /** The inserted text alone, for reading and copying; embeds are left out. */
  readonly text: string;
  readonly baseRevision: number;
  /** How many edits it holds. */
  readonly edits: number;
  /** ms since 1970 */
  readonly at: number;
  /** Why it was parked, as a code for the application to put into words. */
  readonly reason: ParkedReason;
  /** The server's message, if there is one, for people who want to know more. */
  readonly detail: string;
}

/** Why text was parked. */
export type ParkedReason =
  /** The server refused the edit. */
  | 'refused'
  /** The role does not allow the edit. */
  | 'role'
  /** Access to the document was taken away. */
  | 'removed'
  | 'trashed'
  | 'deleted'
  /** The server was restored from a backup and lost what is kept here. */
  | 'restored'
  /** Another page took over this page's edits, and these had not been written to the device yet. */
  | 'replaced'
  /** The document or the edit is over a limit. */
  | 'too-large';

/** Where a change came from.
 * - `remote`: somebody else's op
 * - `restored`: parked text put back, to be shown like a remote change
 * - `correction`: takes back what the document does not hold: a refused edit, a format outside the table, or what the server lost
 *   in a restore */
export type ChangeSource = 'remote' | 'restored' | 'correction';

/** A change that the editor must show. */
export interface Change {
  /** Applies to what the editor showed after its last `edit()` and the last change. */
  readonly delta: Delta;
  readonly source: ChangeSource;
  /** The revision this page has at the time of the change. */
  readonly revision: number;
}

/** Everything about an open document that is worth a re-render. It is a new object exactly when something changed. */
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

/** An exception from a listener is reported (see Environment) and stops nothing. */
export interface DocumentEvents {
  /** A change that the editor must show. Called in order, never during `edit()`, and before any subscriber. */
  change: (change: Change) => void;
  /** The text is here, or was replaced as a whole: show `contents()`. */
  load: (contents: Delta) => void;
  /** Somebody's caret moved, came or went. Called often: draw the carets, do not re-render for them. */
  carets: (carets: readonly Caret[]) => void;
  /** Members or links changed: fetch them again over REST. */
  members: () => void;
}

/** One place where a text changed: `text` replaced what was between `from` and `to`. Positions are in UTF-16 code units. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A change of the plain text that its own editor did not make. */
export interface TextChange {
  /** The text after the change. */
  readonly value: string;
  /** Where it changed, from start to end, without overlaps. All positions are those of the text before: apply the splices together,
   * as CodeMirror does, or from the last to the first. */
  readonly splices: readonly Splice[];
  /** `load`: the text is here, or was replaced as a whole. */
  readonly source: ChangeSource | 'load';
  /** Moves a position in the text before to the text after. If text was inserted right there, the position ends up before it, or
   * with `after` behind it. */
  position(at: number, after?: boolean): number;
}

/** A document for an editor of plain text, such as a text area or a code editor. Positions are those of the document, in UTF-16 code
 * units. An embed, such as an image, is one U+FFFC; it can be deleted but not written. A carriage return is shown as a space. */
export interface PlainText {
  /** The text without the newline that ends every document; empty until the document is loaded. */
  readonly value: string;
  /** Takes in a change that the editor has made: `text`, without formats, replaced what was between `from` and `to`. Line ends become
   * `\n`. Throws a QuireError: `out-of-range` for positions outside `value`. */
  replace(from: number, to: number, text: string): void;
  /** Takes in what the editor shows now, and replaces what differs from `value`. `caret` is the position after what was typed; it tells
   * which of several equal letters that was. */
  update(value: string, caret?: number): void;
  /** Adds a listener, and returns the function that removes it. */
  on(event: 'change', listener: (change: TextChange) => void): () => void;
}

/** One open document. */
export interface QuireDocument {
  readonly id: string;

  /** Returns what the editor shows: the server's text with all edits of this page in it. Throws a QuireError before the document is
   * loaded. */
  contents(): Delta;
  /** Takes in a change that the editor has already made to what it shows. It is written to the device within 100 ms, sent, and merged.
   * The role is not checked here: if it does not allow the edit, the server refuses it and it is parked. Throws a QuireError:
   * `not-loaded`, `bad-edit`, or `out-of-range` if the delta does not fit `contents()`, in which case the editor has drifted and must
   * show `contents()` again. */
  edit(delta: Delta | { ops: Delta['ops'] }): void;
  /** Returns the document as text without formats, always the same object. Use either this, or `edit` and the `change` event. */
  asText(): PlainText;

  /** Sets this editor's selection, which is sent to others at most every 50 ms. Null: no selection; the user is still shown as here. */
  setSelection(range: Range | null): void;
  /** Returns everybody else's carets. */
  carets(): readonly Caret[];

  /** Adds a listener, and returns the function that removes it. */
  on<E extends keyof DocumentEvents>(event: E, listener: DocumentEvents[E]): () => void;
  /** For useSyncExternalStore: both are bound, and the snapshot is the same object until something changes. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentSnapshot;
  readonly state: DocumentState;

  /** Resolves when the text is here. Rejects with a QuireError when there is no such document for this user, and when the
   * connection is given up. */
  whenLoaded(): Promise<void>;
  /** Resolves when the server has confirmed every edit made so far. Rejects with a QuireError when one of them was parked instead
   * (`parked`), and when the connection is given up; the edits are kept then. */
  whenSaved(): Promise<void>;
  /** Resolves when every edit made so far is written to the device, or when that failed because the browser keeps nothing. */
  whenKept(): Promise<void>;

  /** Inserts parked text at `index`, which listeners see as a `restored` change, and removes it from the parked texts once the edit is
   * written to the device. Rejects with a QuireError before the document is loaded. */
  putBack(parkedId: string, index: number): Promise<void>;
  removeParked(parkedId: string): Promise<void>;

  /** Closes the document once it was closed as often as opened, so that mounting twice is harmless. Unsent edits are still sent. */
  close(): void;
}
