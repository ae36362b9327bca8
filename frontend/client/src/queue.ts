import type { Connection } from './connection.ts';
import { Delta } from './delta.ts';
import type { Environment } from './environment.ts';
import { QuireError } from './error.ts';
import type { Keeper, Written } from './keeper.ts';
import {
  acknowledged,
  edited,
  isPending,
  nothingPending,
  type Pending,
  received,
  shownOver,
  taken,
  total,
} from './pending.ts';
import { type FrameError, newerThanHead, type OpFrame, opFrame } from './protocol.ts';
import type { SplitLimits } from './split.ts';
import type { ParkedRecord, QueueRecord } from './store.ts';
import type { ParkedReason } from './types.ts';

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

/** What a queue tells the one it works for. Called synchronously, while a frame is being handled. */
export interface QueueEvents {
  /** Somebody else's op: the server's text moves by `committed`, what the editor shows by `show`. */
  remote(committed: Delta, show: Delta, frame: OpFrame): void;
  /** Our op is in the log, as `committed`. */
  confirmed(committed: Delta, frame: OpFrame): void;
  /** The server will not have the op in flight. The queue still holds everything: park it. */
  refused(error: FrameError): void;
  /** Something is missing between `pending.revision` and `upTo`, which exists. */
  gap(upTo: number): void;
  /** The server has less than this queue has seen. */
  lost(): void;
}

interface Frame {
  readonly text: string;
  readonly src: string;
  readonly seq: number;
}

interface Waiter {
  readonly upTo: number;
  resolve(): void;
  reject(error: Error): void;
}

/** At most this often what waits is written. */
const writeEvery = 100;
/** How long a write may hold up a frame. */
const storePatience = 3_000;
/** After this long without an answer the same frame is sent again; doubled each time. */
const resendAfter = 4_000;

/** The pending edits of one document, alive: takes edits, writes them down, sends one op at a time and meets its answer.
 *
 * Safety: a frame leaves only after one transaction found the queue to be this page's and wrote that very frame. A frame is
 * never changed once made; it is sent again byte for byte. What waits is never sent before the op in flight is confirmed.
 * Liveness: while connected and caught up, either nothing is pending, or a write is under way, or a frame is out with a
 * timer running. */
export class Queue {
  pending: Pending;
  epoch: string;
  title = '';
  /** Since when something is unsent, ms since 1970. */
  since: number | null = null;

  readonly #page: Page;
  readonly #events: QueueEvents;
  readonly #document: string;
  readonly #user: string;
  readonly #key: string;
  /** Whether another page began it, so that its end leaves a mark for that page. */
  readonly #inherited: boolean;

  #frame: Frame | null = null;
  #sent = false;
  #ready = false;
  #leaving = false;
  #stopped = false;
  #resends = 0;
  #answerTimer: unknown = null;

  /** Edits made, confirmed, and up to which one the op in flight reaches. */
  #made = 0;
  #confirmed = 0;
  #through = 0;
  #waiters: Waiter[] = [];

  #chain: Promise<unknown> = Promise.resolve();
  #next: Promise<Written> | null = null;
  #stored = false;
  #failing = false;
  #writeTimer: unknown = null;
  #lastWrite = Number.NEGATIVE_INFINITY;
  /** What the store holds, and what a write under way will make it hold, brought to the present revision. */
  #kept: Pending;
  #candidate: Pending | null = null;

  constructor(page: Page, user: string, document: string, epoch: string, events: QueueEvents, from?: QueueRecord) {
    this.#page = page;
    this.#events = events;
    this.#document = document;
    this.#user = user;
    this.#key = from?.key ?? `${page.id}/${document}`;
    this.#inherited = from !== undefined;
    this.epoch = from?.epoch ?? epoch;
    this.pending = nothingPending(from?.revision ?? 0);
    if (from) this.#inherit(from);
    this.#kept = this.pending;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return isPending(this.pending) ? Math.max(1, this.#made - this.#confirmed) : 0;
  }

  /** Begins at a revision with nothing pending. */
  start(revision: number, epoch: string): void {
    this.pending = this.#kept = nothingPending(revision);
    this.#candidate = null;
    this.epoch = epoch;
  }

  edit(delta: Delta): void {
    const was = this.pending;
    this.pending = edited(was, delta);
    if (this.pending === was) return;
    if (this.since === null) this.since = this.#page.env.now();
    this.#made++;
    this.#dirty();
    this.#pump();
  }

  /** Connected and caught up: sends what is in flight again, if its answer was not among what was missed. */
  resume(): void {
    this.#ready = true;
    this.#sent = false;
    this.#pump();
  }

  pause(): void {
    this.#ready = this.#sent = false;
    this.#stopAnswerTimer();
  }

  /** Nothing is sent or written by this queue from now on. */
  stop(): void {
    this.pause();
    this.#stopped = true;
    if (this.#writeTimer !== null) this.#page.env.clearTimeout(this.#writeTimer);
    this.fail(new QuireError('closed', 'the document was closed'));
  }

  /** An op of the document, in the server's order. */
  receive(frame: OpFrame): void {
    if (this.#stopped) return;
    const own = this.#frame !== null && frame.src === this.#frame.src && frame.seq === this.#frame.seq;
    if (frame.error) {
      if (own) this.#refused(frame.error);
      return;
    }
    // Confirmed where we have been without meeting it: what we believe is not this log.
    if (frame.v < this.pending.revision) return own ? this.#events.lost() : undefined;
    if (frame.v > this.pending.revision) return this.#events.gap(frame.v + 1);
    if (own) return this.#confirm(frame);
    // The acknowledgement of another queue on this connection: what it did comes with the ops we ask for.
    if (!frame.op) return this.#events.gap(frame.v + 1);
    const committed = new Delta(frame.op);
    const had = isPending(this.pending);
    const [next, show] = received(this.pending, committed);
    this.#step(next, (p) => received(p, committed)[0]);
    if (had && !isPending(this.pending)) this.#nothingLeft(); // others had already done what waited, such as a deletion
    this.#events.remote(committed, show, frame);
  }

  /** Resolves when every edit made so far is confirmed; rejects when they are parked. */
  whenSaved(): Promise<void> {
    if (!isPending(this.pending)) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiters.push({ upTo: this.#made, resolve, reject }));
  }

  /** Nobody can wait any longer for what is pending. It stays pending. */
  fail(error: QuireError): void {
    this.#settle(0, error);
  }

  /** Writes everything typed until now. */
  write(): Promise<Written> {
    this.#next ??= this.#enqueue(() => {
      this.#next = null;
      return this.#writeNow();
    });
    return this.#next;
  }

  /** Empties the queue into a parked text: what was pending, or `instead`. Both happen in one transaction. */
  park(reason: ParkedReason, detail: string, instead?: Delta): void {
    const text = instead ?? total(this.pending);
    const record = text && text.ops.length > 0 ? this.parkedRecord(text, reason, detail) : null;
    this.#clear(new QuireError('parked', detail || `the edit was parked: ${reason}`));
    const from = { key: this.#key, owner: this.#page.id, mark: this.#inherited };
    this.#enqueue(async () => {
      const { keeper } = this.#page;
      const written = await (record ? this.#page.park(record, from) : keeper.drop(from.key, from.owner, from.mark));
      if (written === 'replaced') this.#page.replaced();
      this.#stored = false;
    });
  }

  /** A parked text of this queue's document and author. */
  parkedRecord(delta: Delta, reason: ParkedReason, detail: string): ParkedRecord {
    return {
      id: this.#page.env.randomId(),
      user: this.#user,
      document: this.#document,
      title: this.title,
      ops: delta.ops,
      baseRevision: this.pending.revision,
      edits: Math.max(1, this.edits),
      at: this.#page.env.now(),
      reason,
      detail,
    };
  }

  /** What the editor shows and the store does not: to be parked when another page took the stored part over. */
  unstored(text: Delta): Delta {
    if (this.#kept === this.pending) return new Delta();
    if (this.#failing) return total(this.pending) ?? new Delta();
    return shownOver(text, this.#kept).diff(shownOver(text, this.pending));
  }

  /** All writes that were begun are done. */
  settled(): Promise<unknown> {
    return this.#chain;
  }

  #inherit(from: QueueRecord): void {
    const { frame, inFlight, waiting, revision } = from;
    this.pending = { revision, inFlight: inFlight && new Delta(inFlight), waiting: waiting && new Delta(waiting) };
    this.#frame = frame;
    this.#made = from.edits;
    this.#through = waiting ? 0 : from.edits;
    this.#stored = true;
    this.since = from.since;
    this.title = from.title;
  }

  #pump(): void {
    if (this.#stopped || !this.#ready || this.#leaving) return;
    if (this.pending.inFlight) {
      if (!this.#sent) this.#leave();
      return;
    }
    if (this.pending.waiting) {
      this.#take();
      this.#leave();
    }
  }

  /** Makes the next frame. From here on it is immutable. */
  #take(): void {
    this.pending = taken(this.pending, this.#page.limits());
    this.#through = this.pending.waiting ? this.#confirmed : this.#made;
    const { connection } = this.#page;
    const src = connection.id as string; // there has been a connection, or we would not be ready
    const seq = connection.nextSeq();
    const ops = (this.pending.inFlight as Delta).ops;
    this.#frame = { text: opFrame(this.#document, this.pending.revision, src, seq, ops), src, seq };
    this.#resends = 0;
  }

  /** Writes the frame down, then sends it. */
  async #leave(): Promise<void> {
    this.#leaving = true;
    const frame = this.#frame as Frame;
    const { connection } = this.#page;
    const generation = connection.generation;
    const written = await this.#inTime(this.write());
    this.#leaving = false;
    if (this.#stopped || written === 'replaced') return;
    if (this.#frame !== frame || !this.#ready || generation !== connection.generation) return this.#pump();
    connection.send(frame.text);
    this.#sent = true;
    this.#awaitAnswer();
  }

  /** A store that does not answer must not keep the text from the server: sending is safer than waiting. */
  #inTime(write: Promise<Written>): Promise<Written> {
    const { env, keeper } = this.#page;
    const patience = keeper.kept === 'tab' ? 0 : storePatience;
    return new Promise((resolve) => {
      const timer = env.setTimeout(() => resolve('failed'), patience);
      write.then((written) => {
        env.clearTimeout(timer);
        resolve(written);
      });
    });
  }

  #awaitAnswer(): void {
    this.#stopAnswerTimer();
    const patience = resendAfter * 2 ** Math.min(this.#resends++, 3);
    this.#answerTimer = this.#page.env.setTimeout(() => {
      this.#answerTimer = null;
      this.#page.connection.check(); // perhaps the line is dead
      this.#sent = false;
      this.#pump();
    }, patience);
  }

  #stopAnswerTimer(): void {
    if (this.#answerTimer !== null) this.#page.env.clearTimeout(this.#answerTimer);
    this.#answerTimer = null;
  }

  #confirm(frame: OpFrame): void {
    const mine = this.pending.inFlight as Delta;
    this.#step(acknowledged(this.pending), acknowledged);
    this.#frame = null;
    this.#sent = false;
    this.#stopAnswerTimer();
    this.#confirmed = this.#through;
    if (isPending(this.pending)) this.#settle(this.#confirmed, null);
    else this.#nothingLeft();
    this.#dirty();
    this.#events.confirmed(mine, frame);
    this.#pump();
  }

  #nothingLeft(): void {
    this.#confirmed = this.#through = this.#made;
    this.since = null;
    this.#settle(this.#made, null);
    this.#dirty();
  }

  #refused(error: FrameError): void {
    if (error.code === newerThanHead) this.#events.lost();
    else this.#events.refused(error);
  }

  #clear(error: Error): void {
    this.start(this.pending.revision, this.epoch);
    this.#frame = null;
    this.#sent = false;
    this.#stopAnswerTimer();
    this.#confirmed = this.#through = this.#made;
    this.since = null;
    this.#settle(0, error);
    this.#page.counted();
  }

  #settle(upTo: number, error: Error | null): void {
    const ready = this.#waiters.filter((w) => error || w.upTo <= upTo);
    this.#waiters = this.#waiters.filter((w) => !ready.includes(w));
    for (const waiter of ready) error ? waiter.reject(error) : waiter.resolve();
  }

  /** Brings the queue, and what the store has of it, over one committed op. */
  #step(next: Pending, over: (p: Pending) => Pending): void {
    const was = this.pending;
    this.pending = next;
    const move = (p: Pending) => (p === was ? next : over(p));
    this.#kept = move(this.#kept);
    if (this.#candidate) this.#candidate = move(this.#candidate);
  }

  #dirty(): void {
    this.#page.counted();
    if (this.#stopped || this.#writeTimer !== null) return;
    const { env } = this.#page;
    const wait = Math.max(0, this.#lastWrite + writeEvery - env.now());
    this.#writeTimer = env.setTimeout(() => {
      this.#writeTimer = null;
      this.write();
    }, wait);
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#chain.then(work);
    this.#chain = run.catch(() => {});
    return run;
  }

  async #writeNow(): Promise<Written> {
    if (this.#stopped) return 'failed';
    if (this.#writeTimer !== null) this.#page.env.clearTimeout(this.#writeTimer);
    this.#writeTimer = null;
    this.#lastWrite = this.#page.env.now();
    const full = isPending(this.pending);
    if (!full && !this.#stored) return 'kept';
    this.#candidate = this.pending;
    const { keeper } = this.#page;
    const written = await (full ? keeper.put(this.#record()) : keeper.drop(this.#key, this.#page.id, this.#inherited));
    this.#failing = written === 'failed';
    if (written === 'kept') {
      if (this.#candidate) this.#kept = this.#candidate; // none: the queue was emptied meanwhile
      this.#stored = full;
    }
    this.#candidate = null;
    if (written === 'replaced') this.#page.replaced();
    return written;
  }

  #record(): QueueRecord {
    const { revision, inFlight, waiting } = this.pending;
    const now = this.#page.env.now();
    return {
      key: this.#key,
      owner: this.#page.id,
      user: this.#user,
      document: this.#document,
      title: this.title,
      epoch: this.epoch,
      revision,
      frame: this.#frame,
      inFlight: inFlight?.ops ?? null,
      waiting: waiting?.ops ?? null,
      edits: this.edits,
      since: this.since ?? now,
      at: now,
    };
  }
}
