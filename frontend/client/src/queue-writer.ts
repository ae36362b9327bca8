import { Delta } from './delta.ts';
import type { WriteResult } from './fallback-store.ts';
import type { Page } from './page.ts';
import { isPending, type Pending, total, withPending } from './pending.ts';
import type { ParkedRecord, QueueRecord } from './store.ts';

/** What the writer reads from its queue at the time of a write. */
export interface WriterSource {
  pending(): Pending;
  record(): QueueRecord;
}

/** The shortest time between two unforced writes, ms. */
const writeInterval = 100;

/** Writes the pending edits of one document to the store: one write at a time, each of everything pending, and knows what the
 * store holds of them. */
export class QueueWriter {
  readonly #page: Page;
  readonly #key: string;
  /** Whether another page began this queue: removing it then leaves a tombstone for that page. */
  readonly #inherited: boolean;
  readonly #queue: WriterSource;

  #chain: Promise<unknown> = Promise.resolve();
  /** A write that has not started yet; callers of `write` share it. */
  #queuedWrite: Promise<WriteResult> | null = null;
  /** Whether the store has a record of this queue. */
  #hasRecord: boolean;
  #lastWriteFailed = false;
  #stopped = false;
  #timer: unknown = null;
  #lastWrite = Number.NEGATIVE_INFINITY;
  /** What the store holds, moved to the present revision. */
  #stored: Pending;
  /** The same for the write under way; null when there is none, or when its result no longer counts. */
  #beingStored: Pending | null = null;

  /** `inherited`: the queue was taken over from another page, so the store has it already. */
  constructor(page: Page, key: string, inherited: boolean, queue: WriterSource) {
    this.#page = page;
    this.#key = key;
    this.#inherited = this.#hasRecord = inherited;
    this.#queue = queue;
    this.#stored = queue.pending();
  }

  /** Schedules a write of whatever will be pending then, within 100 ms. */
  soon(): void {
    if (this.#stopped || this.#timer !== null) return;
    const { env } = this.#page;
    const wait = Math.max(0, this.#lastWrite + writeInterval - env.now());
    this.#timer = env.setTimeout(() => {
      this.#timer = null;
      this.write();
    }, wait);
  }

  /** Writes everything that is pending now. */
  write(): Promise<WriteResult> {
    this.#queuedWrite ??= this.#enqueue(() => {
      this.#queuedWrite = null;
      return this.#writeNow();
    });
    return this.#queuedWrite;
  }

  /** Removes the queue from the store and adds the parked text, if there is one, in one transaction. */
  park(record: ParkedRecord | null): void {
    const from = { key: this.#key, owner: this.#page.id, tombstone: this.#inherited };
    this.#enqueue(async () => {
      const { store } = this.#page;
      const written = await (record ? this.#page.park(record, from) : store.drop(from.key, from.owner, from.tombstone));
      if (written === 'replaced') this.#page.replaced();
      this.#hasRecord = false;
    });
  }

  /** Nothing is pending any more, whatever becomes of a write under way. */
  reset(): void {
    this.#stored = this.#queue.pending();
    this.#beingStored = null;
  }

  /** A committed op moved the pending edits from `was` to `next`. `over` moves any other state of them over the same op. */
  rebase(was: Pending, next: Pending, over: (p: Pending) => Pending): void {
    const move = (p: Pending) => (p === was ? next : over(p));
    this.#stored = move(this.#stored);
    if (this.#beingStored) this.#beingStored = move(this.#beingStored);
  }

  /** Returns what was typed and is not in the store, as a change of the text that the store knows; `text` is the server's. */
  unwritten(text: Delta): Delta {
    const pending = this.#queue.pending();
    if (this.#stored === pending) return new Delta();
    if (this.#lastWriteFailed) return total(pending) ?? new Delta();
    return withPending(text, this.#stored).diff(withPending(text, pending));
  }

  /** Resolves when all writes requested so far are done. */
  whenWritten(): Promise<unknown> {
    return this.#chain;
  }

  /** Stops all writes except those of parked texts. */
  stop(): void {
    this.#stopped = true;
    this.#clearTimer();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#chain.then(work);
    this.#chain = run.catch(() => {});
    return run;
  }

  async #writeNow(): Promise<WriteResult> {
    if (this.#stopped) return 'failed';
    this.#clearTimer();
    this.#lastWrite = this.#page.env.now();
    const pending = this.#queue.pending();
    const any = isPending(pending);
    if (!any && !this.#hasRecord) return 'kept';
    this.#beingStored = pending;
    const { store, id } = this.#page;
    const written = await (any ? store.put(this.#queue.record()) : store.drop(this.#key, id, this.#inherited));
    this.#lastWriteFailed = written === 'failed';
    if (written === 'kept') {
      if (this.#beingStored) this.#stored = this.#beingStored; // null if the queue was emptied during the write
      this.#hasRecord = any;
    }
    this.#beingStored = null;
    if (written === 'replaced') this.#page.replaced();
    return written;
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#page.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
