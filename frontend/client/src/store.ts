import type { Op } from './delta.ts';
import type { Kept, ParkedReason } from './types.ts';

/** One pending queue as it lies in the store: what one page has typed into one document and the server has not confirmed. */
export interface QueueRecord {
  readonly key: string;
  /** The page that may send it. */
  readonly owner: string;
  /** Whose text it is: never sent under another sign-in. */
  readonly user: string;
  readonly document: string;
  readonly title: string;
  readonly epoch: string;
  /** The revision the editor showed, beneath inFlight and waiting. */
  readonly revision: number;
  /** The frame in flight exactly as it was or will be sent, and its identity; null when nothing is in flight. */
  readonly frame: { readonly text: string; readonly src: string; readonly seq: number } | null;
  /** The same op brought to `revision`. */
  readonly inFlight: Op[] | null;
  readonly waiting: Op[] | null;
  readonly edits: number;
  /** ms since 1970 */
  readonly since: number;
  readonly at: number;
  /** Another page took it over and finished it. It stays a while, so that the first owner learns of it when it wakes up. */
  readonly done?: true;
}

/** Parked text as it lies in the store. */
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

/** `replaced`: the queue belongs to another page now, and nothing was written. */
export type Outcome = 'kept' | 'replaced';

/** What a browser keeps for its users over page loads. Every method is one transaction: all of it happens, or none. They
 * reject only when the store itself fails; what then is true is what was true before. */
export interface Store {
  readonly kept: Kept;
  /** Writes a queue if it is still its owner's. An entry that is gone altogether was cleared by the browser, not taken over
   * (that leaves a mark), and is written again. */
  put(record: QueueRecord): Promise<Outcome>;
  /** Removes a queue that is empty now. A queue taken over from another page leaves its mark. */
  drop(key: string, owner: string, mark: boolean): Promise<Outcome>;
  /** Makes `by` the owner if `from` still is; null if not. */
  take(key: string, from: string, by: string): Promise<QueueRecord | null>;
  /** All queues with something in them, oldest first. */
  queues(user: string): Promise<QueueRecord[]>;
  /** Whether any user has something here to be sent. */
  any(): Promise<boolean>;
  /** Parks text and, in the same transaction, removes the queue it came from (if given, and only if `owner` still has it). */
  park(record: ParkedRecord, from: { key: string; owner: string; mark: boolean } | null): Promise<Outcome>;
  parked(user: string): Promise<ParkedRecord[]>;
  unpark(id: string): Promise<void>;
  /** Removes everything of a user. */
  clear(user: string): Promise<void>;
  close(): void;
}

/** How long the mark of a queue that was taken over stays: longer than a frozen page lives. */
export const markLifetime = 60 * 24 * 3600 * 1000;

/** What `put`, `drop` and `park` have to find so that the queue is still its owner's. */
export function isReplaced(found: QueueRecord | undefined, owner: string): boolean {
  return found !== undefined && found.owner !== owner;
}
