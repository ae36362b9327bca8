import { CatchUp } from './catch-up.ts';
import { Delta } from './delta.ts';
import type { Opened } from './opened.ts';
import { reasonOf } from './parked.ts';
import type { Parking } from './parking.ts';
import type { Presence } from './presence.ts';
import { type Incoming, type OpFrame, opsOf, type Reply, type Snapshot } from './protocol.ts';
import { Queue } from './queue.ts';
import type { Status } from './status.ts';
import type { Gone } from './types.ts';
import type { WorkingText } from './working-text.ts';

/** The parts of an open document that a subscription works on. */
export interface Parts {
  readonly text: WorkingText;
  readonly status: Status;
  readonly parking: Parking;
  readonly presence: Presence;
}

/** What a subscription tells its document. */
export interface SubscriptionEvents {
  /** Everything that was missed is in. */
  upToDate(): void;
  /** An op is in. */
  changed(): void;
  /** The text here became the server's by `delta`, which the editor does not know. */
  corrected(delta: Delta): void;
  /** Who has a role on the document changed. */
  members(): void;
  /** The document will not be served any more. */
  gone(gone: Gone): void;
}

/** Brings an open document to the server's revision, and keeps it there: loads it, goes on after the connection was gone, asks
 * for what is missing, begins anew when what is here does not continue what the server has. */
export class Subscription {
  readonly #document: Opened;
  readonly #text: WorkingText;
  readonly #status: Status;
  readonly #parking: Parking;
  readonly #presence: Presence;
  readonly #events: SubscriptionEvents;
  readonly #catchUp: CatchUp;

  constructor(document: Opened, parts: Parts, events: SubscriptionEvents) {
    this.#document = document;
    this.#text = parts.text;
    this.#status = parts.status;
    this.#parking = parts.parking;
    this.#presence = parts.presence;
    this.#events = events;
    this.#catchUp = new CatchUp(
      document.around.connection,
      document.id,
      () => document.revision,
      (reply) => reply.error && this.#anew(),
    );
  }

  /** There is a connection: asks for the document, or for what was missed of it. */
  online(): void {
    const { id, queue } = this.#document;
    const { connection } = this.#document.around;
    this.#catchUp.reset();
    if (!queue) connection.request('s', id, null, (reply) => this.#opened(reply));
    else if (queue.epoch !== connection.epoch) this.#anew();
    else connection.request('s', id, queue.pending.revision, (reply) => this.#resumed(reply));
  }

  /** A frame of the document, in the server's order. */
  frame(frame: Incoming): void {
    const { about, queue, around } = this.#document;
    switch (frame.a) {
      case 'op':
        return this.#op(frame);
      case 'doc': {
        const gone = about.take(frame);
        if (queue) queue.title = about.title;
        return gone ? this.#events.gone(gone) : this.#status.changed();
      }
      case 'p':
        return this.#presence.receive(frame);
      case 'pr':
        return this.#presence.asked();
      case 'members':
        return around.calls.later(() => this.#events.members());
    }
  }

  #op(frame: OpFrame): void {
    const { queue } = this.#document;
    if (!queue) return;
    const edit = frame.error || frame.op || (!frame.create && !frame.del);
    if (edit) return queue.receive(frame);
    if (frame.v < queue.pending.revision) return;
    if (frame.v > queue.pending.revision) return this.#catchUp.ask(frame.v + 1);
    if (frame.del) return this.#events.gone({ reason: 'deleted', by: null, at: null });
    this.#anew(); // created anew over what is here
  }

  #opened(reply: Reply): void {
    if (!reply.data || reply.data.type === null) return this.#events.gone({ reason: 'not-found', by: null, at: null });
    const queue = this.#makeQueue();
    this.#document.queue = queue;
    this.#show(queue, reply.data);
    this.#status.touched();
    this.#upToDate(queue);
    this.#status.loaded();
    this.#text.tellLoaded();
  }

  #makeQueue(): Queue {
    const { around, id, about } = this.#document;
    const queue = new Queue(around, around.user(), id, around.connection.epoch, {
      remote: (committed, show, frame) => this.#remote(committed, show, frame),
      confirmed: (committed, frame) => this.#confirmed(committed, frame),
      refused: (error) => this.#parking.all(reasonOf(error), error.message ?? String(error.code ?? '')),
      gap: (upTo) => this.#catchUp.ask(upTo),
      lost: () => this.#anew(),
    });
    queue.title = about.title;
    return queue;
  }

  #remote(committed: Delta, show: Delta, frame: OpFrame): void {
    this.#text.received(committed, show);
    this.#status.touched();
    this.#presence.committed(frame, committed, show);
    if (show.ops.length > 0) this.#text.tell(show, 'remote');
    this.#events.changed();
  }

  #confirmed(committed: Delta, frame: OpFrame): void {
    this.#status.stored();
    this.#text.confirmed(committed);
    this.#status.touched();
    this.#presence.committed(frame, committed, null);
    if (this.#document.edits === 0) this.#presence.settled();
    this.#events.changed();
  }

  #resumed(reply: Reply): void {
    const { queue } = this.#document;
    if (reply.error) this.#anew();
    else if (queue) this.#upToDate(queue);
  }

  /** What is here does not continue what the server has: fetches the text, parks what is not in it, shows it. */
  #anew(): void {
    const { connection } = this.#document.around;
    this.#status.behind();
    this.#document.queue?.pause();
    connection.request('s', this.#document.id, null, (reply) => {
      const { queue } = this.#document;
      if (!queue) return this.#opened(reply);
      if (!reply.data || reply.data.type === null) return this.#events.gone({ reason: 'removed', by: null, at: null });
      const before = this.#text.whole();
      const server = new Delta(opsOf(reply.data.data));
      const otherLog = queue.epoch !== connection.epoch || reply.data.v < queue.pending.revision;
      this.#parking.missing(queue, server, otherLog);
      this.#show(queue, reply.data);
      this.#events.corrected(before.diff(server));
      this.#upToDate(queue);
    });
  }

  #show(queue: Queue, snapshot: Snapshot): void {
    this.#text.load(new Delta(opsOf(snapshot.data)));
    queue.start(snapshot.v, this.#document.around.connection.epoch);
  }

  #upToDate(queue: Queue): void {
    this.#status.here();
    queue.resume();
    this.#events.upToDate();
  }
}
