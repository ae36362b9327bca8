import { Delta } from './delta.ts';
import type { Written } from './keeper.ts';
import type { Page } from './page.ts';
import { isPending, type Pending, shownOver, total } from './pending.ts';
import type { ParkedRecord, QueueRecord } from './store.ts';

/** What is to be written down, at the moment at which it is asked for. */
export interface Writable {
  pending(): Pending;
  record(): QueueRecord;
}

/** At most this often what waits is written, ms. */
const writeEvery = 100;

/** The pending edits of one document as the store has them: one write at a time, each of everything there is. */
export class Durable {
  readonly #page: Page;
  readonly #key: string;
  /** Whether another page began it, so that its end leaves a mark for that page. */
  readonly #inherited: boolean;
  readonly #queue: Writable;

  #chain: Promise<unknown> = Promise.resolve();
  #next: Promise<Written> | null = null;
  #stored: boolean;
  #failing = false;
  #stopped = false;
  #timer: unknown = null;
  #lastWrite = Number.NEGATIVE_INFINITY;
  /** What the store holds, and what a write under way will make it hold, brought to the present revision. */
  #kept: Pending;
  #candidate: Pending | null = null;

  /** `inherited`: the store has it already, of another page. */
  constructor(page: Page, key: string, inherited: boolean, queue: Writable) {
    this.#page = page;
    this.#key = key;
    this.#inherited = this.#stored = inherited;
    this.#queue = queue;
    this.#kept = queue.pending();
  }

  /** Writes a little later what is pending then. */
  soon(): void {
    if (this.#stopped || this.#timer !== null) return;
    const { env } = this.#page;
    const wait = Math.max(0, this.#lastWrite + writeEvery - env.now());
    this.#timer = env.setTimeout(() => {
      this.#timer = null;
      this.write();
    }, wait);
  }

  /** Writes everything pending until now. */
  write(): Promise<Written> {
    this.#next ??= this.#enqueue(() => {
      this.#next = null;
      return this.#writeNow();
    });
    return this.#next;
  }

  /** Empties what is stored into a parked text (null: into nothing). Both happen in one transaction. */
  park(record: ParkedRecord | null): void {
    const from = { key: this.#key, owner: this.#page.id, mark: this.#inherited };
    this.#enqueue(async () => {
      const { keeper } = this.#page;
      const written = await (record ? this.#page.park(record, from) : keeper.drop(from.key, from.owner, from.mark));
      if (written === 'replaced') this.#page.replaced();
      this.#stored = false;
    });
  }

  /** Nothing is pending any more, whatever a write under way says. */
  emptied(): void {
    this.#kept = this.#queue.pending();
    this.#candidate = null;
  }

  /** A committed op brought what was pending from `was` to `next`; `over` brings over it what the store has. */
  moved(was: Pending, next: Pending, over: (p: Pending) => Pending): void {
    const move = (p: Pending) => (p === was ? next : over(p));
    this.#kept = move(this.#kept);
    if (this.#candidate) this.#candidate = move(this.#candidate);
  }

  /** What the editor shows over the server's `text` and the store does not have. */
  unstored(text: Delta): Delta {
    const pending = this.#queue.pending();
    if (this.#kept === pending) return new Delta();
    if (this.#failing) return total(pending) ?? new Delta();
    return shownOver(text, this.#kept).diff(shownOver(text, pending));
  }

  /** All writes that were begun are done. */
  settled(): Promise<unknown> {
    return this.#chain;
  }

  /** Nothing is written from now on, but what is parked. */
  stop(): void {
    this.#stopped = true;
    this.#clearTimer();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#chain.then(work);
    this.#chain = run.catch(() => {});
    return run;
  }

  async #writeNow(): Promise<Written> {
    if (this.#stopped) return 'failed';
    this.#clearTimer();
    this.#lastWrite = this.#page.env.now();
    const pending = this.#queue.pending();
    const full = isPending(pending);
    if (!full && !this.#stored) return 'kept';
    this.#candidate = pending;
    const { keeper, id } = this.#page;
    const written = await (full ? keeper.put(this.#queue.record()) : keeper.drop(this.#key, id, this.#inherited));
    this.#failing = written === 'failed';
    if (written === 'kept') {
      if (this.#candidate) this.#kept = this.#candidate; // none: the queue was emptied meanwhile
      this.#stored = full;
    }
    this.#candidate = null;
    if (written === 'replaced') this.#page.replaced();
    return written;
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#page.env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
