import type { Callbacks } from './callbacks.ts';
import type { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import type { FallbackStore, WriteResult } from './fallback-store.ts';
import type { FormatsTable } from './format-rules.ts';
import type { SplitLimits } from './split.ts';
import type { ParkedRecord, QueueRef } from './store.ts';
import type { Kept, Parked } from './types.ts';

/** What all queues of one page load share. */
export interface Page {
  readonly id: string;
  readonly env: Environment;
  readonly connection: Connection;
  readonly store: FallbackStore;
  readonly limits: () => SplitLimits;
  /** Parks text; `from` is the queue that it leaves, or null. */
  park(record: ParkedRecord, from: QueueRef | null): Promise<WriteResult>;
  /** Another page has taken over a queue of this page: everything has to stop. */
  replaced(): void;
  /** The number of unsent edits changed. */
  countsChanged(): void;
}

/** What an open document needs from its client. */
export interface ClientContext extends Page {
  readonly callbacks: Callbacks;
  /** The id of the signed-in user, as the server said; empty before the first connection. */
  user(): string;
  /** The table by which edits are cleaned; null: every format is allowed. */
  formats(): FormatsTable | null;
  kept(): Kept;
  parkedOf(document: string): readonly Parked[];
  unpark(id: string): Promise<void>;
}
