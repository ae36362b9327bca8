import type { Calls } from './calls.ts';
import type { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import type { FormatsTable } from './format-rules.ts';
import type { Keeper, Written } from './keeper.ts';
import type { SplitLimits } from './split.ts';
import type { ParkedRecord } from './store.ts';
import type { Kept, Parked } from './types.ts';

/** What every queue of the page has in common. */
export interface Page {
  readonly id: string;
  readonly env: Environment;
  readonly connection: Connection;
  readonly keeper: Keeper;
  readonly limits: () => SplitLimits;
  /** Puts text aside where its author sees it; `from` is the queue it was in. */
  park(record: ParkedRecord, from: { key: string; owner: string; mark: boolean } | null): Promise<Written>;
  /** A queue of this page was found to be another page's: stop everything. */
  replaced(): void;
  /** Counts of unsent edits changed. */
  counted(): void;
}

/** What a document needs of its client. */
export interface Surroundings extends Page {
  readonly calls: Calls;
  /** The user of the connection that is up. */
  user(): string;
  formats(): FormatsTable | null;
  kept(): Kept;
  parkedOf(document: string): readonly Parked[];
  unpark(id: string): Promise<void>;
}
