import { Delta } from './delta.ts';
import { Durable } from './durable.ts';
import { QuireError } from './error.ts';
import { Flight } from './flight.ts';
import type { Written } from './keeper.ts';
import type { Page } from './page.ts';
import { acknowledged, edited, isPending, nothingPending, type Pending, received, taken, total } from './pending.ts';
import { type FrameError, newerThanHead, type OpFrame } from './protocol.ts';
import type { ParkedRecord, QueueRecord } from './store.ts';
import { Tally } from './tally.ts';
import type { ParkedReason } from './types.ts';

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

/** The pending edits of one document, alive: takes edits and meets the server's ops. `Durable` writes them down, `Flight`
 * sends them one op at a time, `Tally` counts them. */
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
  readonly #tally = new Tally();
  readonly #durable: Durable;
  readonly #flight: Flight;
  #stopped = false;

  /** `from`: what an earlier page left in the store, which this page has taken over. */
  constructor(page: Page, user: string, document: string, epoch: string, events: QueueEvents, from?: QueueRecord) {
    this.#page = page;
    this.#events = events;
    this.#document = document;
    this.#user = user;
    this.#key = from?.key ?? `${page.id}/${document}`;
    this.epoch = from?.epoch ?? epoch;
    this.pending = nothingPending(from?.revision ?? 0);
    if (from) this.#inherit(from);
    const view = {
      pending: () => this.pending,
      record: () => this.#record(),
      take: () => this.#take(),
      write: () => this.write(),
    };
    this.#durable = new Durable(page, this.#key, from !== undefined, view);
    this.#flight = new Flight(page, document, view, from?.frame ?? null);
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return isPending(this.pending) ? Math.max(1, this.#tally.open) : 0;
  }

  /** Begins at a revision with nothing pending. */
  start(revision: number, epoch: string): void {
    this.pending = nothingPending(revision);
    this.#durable.emptied();
    this.epoch = epoch;
  }

  edit(delta: Delta): void {
    const was = this.pending;
    this.pending = edited(was, delta);
    if (this.pending === was) return;
    if (this.since === null) this.since = this.#page.env.now();
    this.#tally.edited();
    this.#dirty();
    this.#flight.pump();
  }

  /** Connected and caught up: sends what is in flight again, if its answer was not among what was missed. */
  resume(): void {
    this.#flight.resume();
  }

  pause(): void {
    this.#flight.pause();
  }

  /** Nothing is sent or written by this queue from now on. */
  stop(): void {
    this.#stopped = true;
    this.#flight.stop();
    this.#durable.stop();
    this.fail(new QuireError('closed', 'the document was closed'));
  }

  /** An op of the document, in the server's order. */
  receive(frame: OpFrame): void {
    if (this.#stopped) return;
    const own = this.#flight.isAnswer(frame);
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
    return isPending(this.pending) ? this.#tally.wait() : Promise.resolve();
  }

  /** Nobody can wait any longer for what is pending. It stays pending. */
  fail(error: QuireError): void {
    this.#tally.fail(error);
  }

  /** Writes everything typed until now. */
  write(): Promise<Written> {
    return this.#durable.write();
  }

  /** Empties the queue into a parked text: what was pending, or `instead`. Both happen in one transaction. */
  park(reason: ParkedReason, detail: string, instead?: Delta): void {
    const text = instead ?? total(this.pending);
    const record = text && text.ops.length > 0 ? this.parkedRecord(text, reason, detail) : null;
    this.start(this.pending.revision, this.epoch);
    this.#flight.end();
    this.since = null;
    this.#tally.dropped(new QuireError('parked', detail || `the edit was parked: ${reason}`));
    this.#page.counted();
    this.#durable.park(record);
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
    return this.#durable.unstored(text);
  }

  /** All writes that were begun are done. */
  settled(): Promise<unknown> {
    return this.#durable.settled();
  }

  #inherit({ inFlight, waiting, revision, edits, since, title }: QueueRecord): void {
    this.pending = { revision, inFlight: inFlight && new Delta(inFlight), waiting: waiting && new Delta(waiting) };
    this.#tally.inherit(edits, !waiting);
    this.since = since;
    this.title = title;
  }

  #take(): void {
    this.pending = taken(this.pending, this.#page.limits());
    this.#tally.taken(!this.pending.waiting);
  }

  #confirm(frame: OpFrame): void {
    const mine = this.pending.inFlight as Delta;
    this.#step(acknowledged(this.pending), acknowledged);
    this.#flight.end();
    this.#tally.landed();
    if (!isPending(this.pending)) this.#nothingLeft();
    this.#dirty();
    this.#events.confirmed(mine, frame);
    this.#flight.pump();
  }

  #nothingLeft(): void {
    this.since = null;
    this.#tally.done();
    this.#dirty();
  }

  #refused(error: FrameError): void {
    if (error.code === newerThanHead) this.#events.lost();
    else this.#events.refused(error);
  }

  /** Brings the queue, and what the store has of it, over one committed op. */
  #step(next: Pending, over: (p: Pending) => Pending): void {
    const was = this.pending;
    this.pending = next;
    this.#durable.moved(was, next, over);
  }

  #dirty(): void {
    this.#page.counted();
    this.#durable.soon();
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
      frame: this.#flight.frame,
      inFlight: inFlight?.ops ?? null,
      waiting: waiting?.ops ?? null,
      edits: this.edits,
      since: this.since ?? now,
      at: now,
    };
  }
}
