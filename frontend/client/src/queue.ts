import { Delta } from './delta.ts';
import { QuireError } from './error.ts';
import type { WriteResult } from './fallback-store.ts';
import type { Page } from './page.ts';
import { acknowledged, edited, isPending, nothingPending, type Pending, received, taken, total } from './pending.ts';
import { type FrameError, newerThanHead, type OpFrame } from './protocol.ts';
import { QueueSender } from './queue-sender.ts';
import { QueueWriter } from './queue-writer.ts';
import type { ParkedRecord, QueueRecord } from './store.ts';
import { Tally } from './tally.ts';
import type { ParkedReason } from './types.ts';

/** What a queue tells its owner. Called synchronously, while a frame is being handled. */
export interface QueueEvents {
  /** Somebody else's op: `committed` applies to the server's text, `show` to what the editor shows. */
  remote(committed: Delta, show: Delta, frame: OpFrame): void;
  /** Our op in flight was committed, as `committed`. */
  confirmed(committed: Delta, frame: OpFrame): void;
  /** The server refused the op in flight. The queue still holds everything; the owner has to park it. */
  refused(error: FrameError): void;
  /** Ops are missing between `pending.revision` and `upTo`, a revision that exists. */
  gap(upTo: number): void;
  /** The server's log is not the one this queue has followed: it was restored from a backup. */
  lost(): void;
}

/** The pending edits of one document: takes in the editor's edits and the server's ops. `QueueWriter` writes them to the store,
 * `QueueSender` sends them one op at a time, `Tally` counts them. */
export class Queue {
  pending: Pending;
  epoch: string;
  title = '';
  /** When the oldest unconfirmed edit was made, ms since 1970; null when nothing is pending. */
  unsentSince: number | null = null;

  readonly #page: Page;
  readonly #events: QueueEvents;
  readonly #document: string;
  readonly #user: string;
  readonly #key: string;
  readonly #tally = new Tally();
  readonly #writer: QueueWriter;
  readonly #sender: QueueSender;
  #stopped = false;

  /** `from`: the record of an earlier page that this page has taken over. */
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
      takeNext: () => this.#takeNext(),
      write: () => this.write(),
    };
    this.#writer = new QueueWriter(page, this.#key, from !== undefined, view);
    this.#sender = new QueueSender(page, document, view, from?.frame ?? null);
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return isPending(this.pending) ? Math.max(1, this.#tally.unconfirmed) : 0;
  }

  /** Starts at a revision with nothing pending. */
  start(revision: number, epoch: string): void {
    this.pending = nothingPending(revision);
    this.#writer.reset();
    this.epoch = epoch;
  }

  edit(delta: Delta): void {
    const was = this.pending;
    this.pending = edited(was, delta);
    if (this.pending === was) return;
    if (this.unsentSince === null) this.unsentSince = this.#page.env.now();
    this.#tally.edited();
    this.#changed();
    this.#sender.pump();
  }

  /** The document is caught up on a new connection: sends what is pending. */
  resume(): void {
    this.#sender.resume();
  }

  /** Not connected, or not caught up any more: sends nothing until `resume`. */
  pause(): void {
    this.#sender.pause();
  }

  /** Stops sending and writing for good. Whoever waits for the edits to be confirmed is told that the document was closed. */
  stop(): void {
    this.#stopped = true;
    this.#sender.stop();
    this.#writer.stop();
    this.fail(new QuireError('closed', 'the document was closed'));
  }

  /** Takes in an op frame of the document, in the server's order. */
  receive(frame: OpFrame): void {
    if (this.#stopped) return;
    const own = this.#sender.isAnswer(frame);
    if (frame.error) {
      if (own) this.#refused(frame.error);
      return;
    }
    // Our op was committed at a revision we have already passed without seeing it: this is not the log we followed.
    if (frame.v < this.pending.revision) return own ? this.#events.lost() : undefined;
    if (frame.v > this.pending.revision) return this.#events.gap(frame.v + 1);
    if (own) return this.#confirm(frame);
    // An op without a body acknowledges another queue of this connection. Fetching returns it with its body.
    if (!frame.op) return this.#events.gap(frame.v + 1);
    const committed = new Delta(frame.op);
    const had = isPending(this.pending);
    const [next, show] = received(this.pending, committed);
    this.#advance(next, (p) => received(p, committed)[0]);
    if (had && !isPending(this.pending)) this.#allConfirmed(); // others had already made the same change, such as a deletion
    this.#events.remote(committed, show, frame);
  }

  /** Resolves when every edit made so far is confirmed; rejects when they are parked. */
  whenSaved(): Promise<void> {
    return isPending(this.pending) ? this.#tally.whenConfirmed() : Promise.resolve();
  }

  /** Rejects every `whenSaved`. What is pending stays pending. */
  fail(error: QuireError): void {
    this.#tally.fail(error);
  }

  /** Writes everything typed so far to the store. */
  write(): Promise<WriteResult> {
    return this.#writer.write();
  }

  /** Empties the queue and parks what was pending, or `instead`, in one transaction. `detail` is for people who want to know more. */
  park(reason: ParkedReason, detail: string, instead?: Delta): void {
    const text = instead ?? total(this.pending);
    const record = text && text.ops.length > 0 ? this.parkedRecord(text, reason, detail) : null;
    this.start(this.pending.revision, this.epoch);
    this.#sender.clear();
    this.unsentSince = null;
    this.#tally.allDropped(new QuireError('parked', detail || `the edit was parked: ${reason}`));
    this.#page.countsChanged();
    this.#writer.park(record);
  }

  /** Returns a record that parks a text of this queue's document and author. */
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

  /** Returns what was typed and is not in the store yet, which another page that takes the queue over cannot find. */
  unwritten(text: Delta): Delta {
    return this.#writer.unwritten(text);
  }

  /** Resolves when all writes requested so far are done. */
  whenWritten(): Promise<unknown> {
    return this.#writer.whenWritten();
  }

  #inherit({ inFlight, waiting, revision, edits, since, title }: QueueRecord): void {
    this.pending = { revision, inFlight: inFlight && new Delta(inFlight), waiting: waiting && new Delta(waiting) };
    this.#tally.inherit(edits, !waiting);
    this.unsentSince = since;
    this.title = title;
  }

  #takeNext(): void {
    this.pending = taken(this.pending, this.#page.limits());
    this.#tally.sent(!this.pending.waiting);
  }

  #confirm(frame: OpFrame): void {
    const mine = this.pending.inFlight as Delta;
    this.#advance(acknowledged(this.pending), acknowledged);
    this.#sender.clear();
    this.#tally.inFlightConfirmed();
    if (!isPending(this.pending)) this.#allConfirmed();
    this.#changed();
    this.#events.confirmed(mine, frame);
    this.#sender.pump();
  }

  #allConfirmed(): void {
    this.unsentSince = null;
    this.#tally.allConfirmed();
    this.#changed();
  }

  #refused(error: FrameError): void {
    if (error.code === newerThanHead) this.#events.lost();
    else this.#events.refused(error);
  }

  /** Moves the queue, and the writer's notion of the store, over one committed op. */
  #advance(next: Pending, over: (p: Pending) => Pending): void {
    const was = this.pending;
    this.pending = next;
    this.#writer.rebase(was, next, over);
  }

  #changed(): void {
    this.#page.countsChanged();
    this.#writer.soon();
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
      frame: this.#sender.frame,
      inFlight: inFlight?.ops ?? null,
      waiting: waiting?.ops ?? null,
      edits: this.edits,
      since: this.unsentSince ?? now,
      at: now,
    };
  }
}
