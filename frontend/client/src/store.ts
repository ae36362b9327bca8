import type { Op } from './delta.ts';
import type { Kept, ParkedReason } from './types.ts';

/** One queue in the store: what one page has typed into one document and the server has not confirmed. The field names are the
 * format of what browsers already hold. */
export interface QueueRecord {
  readonly key: string;
  /** The page that may send it. */
  readonly owner: string;
  /** The author. Their edits are never sent under another user's sign-in. */
  readonly user: string;
  readonly document: string;
  readonly title: string;
  readonly epoch: string;
  /** The revision of the server's text beneath inFlight and waiting. */
  readonly revision: number;
  /** The frame in flight exactly as it was or will be sent, with its identity; null when nothing is in flight. */
  readonly frame: { readonly text: string; readonly src: string; readonly seq: number } | null;
  /** The op of that frame, transformed to `revision`. */
  readonly inFlight: Op[] | null;
  readonly waiting: Op[] | null;
  readonly edits: number;
  /** When the oldest of the edits was made, ms since 1970. */
  readonly since: number;
  /** When this record was written, ms since 1970. */
  readonly at: number;
  /** Set on a tombstone: another page took the queue over and finished it. The first owner finds the tombstone when it wakes up. */
  readonly done?: true;
}

/** One parked text in the store. */
export interface ParkedRecord {
  readonly id: string;
  readonly user: string;
  readonly document: string;
  readonly title: string;
  readonly ops: Op[];
  readonly baseRevision: number;
  readonly edits: number;
  readonly at: number;
  readonly reason: ParkedReason;
  readonly detail: string;
}

/** `replaced`: another page owns the queue now, and nothing was written. */
export type StoreResult = 'kept' | 'replaced';

/** Names a queue on behalf of the page that believes to own it. `tombstone`: leave one when the queue is removed. */
export interface QueueRef {
  readonly key: string;
  readonly owner: string;
  readonly tombstone: boolean;
}

/** What a browser keeps for its users across page loads. Every method is one transaction, all or nothing. Methods reject only when
 * the store itself fails, and then nothing has changed. */
export interface Store {
  readonly kept: Kept;
  /** Writes a queue if its owner still owns it. A record that is missing was cleared by the browser, not taken over (that leaves
   * a tombstone), and is written again. */
  put(record: QueueRecord): Promise<StoreResult>;
  /** Removes a queue that has become empty, if `owner` still owns it. */
  drop(key: string, owner: string, tombstone: boolean): Promise<StoreResult>;
  /** Makes `by` the owner and returns the queue, or returns null if `from` no longer owns it. */
  take(key: string, from: string, by: string): Promise<QueueRecord | null>;
  /** Returns the user's queues without tombstones, oldest first. */
  queues(user: string): Promise<QueueRecord[]>;
  /** Reports whether there are unsent edits of any user. */
  anyUnsent(): Promise<boolean>;
  /** Parks text and, in the same transaction, removes the queue it came from. If that has another owner, nothing happens. */
  park(record: ParkedRecord, from: QueueRef | null): Promise<StoreResult>;
  /** Returns the user's parked texts, newest first. */
  parked(user: string): Promise<ParkedRecord[]>;
  unpark(id: string): Promise<void>;
  /** Removes everything of a user. */
  clear(user: string): Promise<void>;
  close(): void;
}

/** How long a tombstone stays, ms: longer than a frozen page lives. */
export const tombstoneLifetime = 60 * 24 * 3600 * 1000;

/** Reports whether the record found in place of an owner's queue belongs to another page by now. */
export function isReplaced(found: QueueRecord | undefined, owner: string): boolean {
  return found !== undefined && found.owner !== owner;
}
