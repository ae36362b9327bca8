import { CatchUp } from './catch-up.ts';
import { Delta } from './delta.ts';
import type { DocumentCore } from './document-core.ts';
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
  /** No op is missing any more. */
  upToDate(): void;
  /** An op was received or confirmed. */
  changed(): void;
  /** The text was replaced by the server's, which changes it by `delta`; the editor does not know that yet. */
  corrected(delta: Delta): void;
  /** The list of members or links changed. */
  members(): void;
  /** The server no longer serves the document to this user. */
  gone(gone: Gone): void;
}

/** Brings an open document to the server's revision and keeps it there: loads it, resumes after a reconnect, fetches missing ops,
 * and reloads it when this page's text does not belong to the server's log. */
export class Subscription {
  readonly #document: DocumentCore;
  readonly #text: WorkingText;
  readonly #status: Status;
  readonly #parking: Parking;
  readonly #presence: Presence;
  readonly #events: SubscriptionEvents;
  readonly #catchUp: CatchUp;

  constructor(document: DocumentCore, parts: Parts, events: SubscriptionEvents) {
    this.#document = document;
    this.#text = parts.text;
    this.#status = parts.status;
    this.#parking = parts.parking;
    this.#presence = parts.presence;
    this.#events = events;
    this.#catchUp = new CatchUp(
      document.context.connection,
      document.id,
      () => document.revision,
      (reply) => reply.error && this.#reload(),
    );
  }

  /** There is a new connection: fetches the document, or the ops since the revision this page has. */
  online(): void {
    const { id, queue } = this.#document;
    const { connection } = this.#document.context;
    this.#catchUp.reset();
    if (!queue) connection.request('s', id, null, (reply) => this.#loaded(reply));
    else if (queue.epoch !== connection.epoch) this.#reload();
    else connection.request('s', id, queue.pending.revision, (reply) => this.#resumed(reply));
  }

  /** Takes in a frame of the document, in the server's order. */
  frame(frame: Incoming): void {
    const { metadata, queue, context } = this.#document;
    switch (frame.a) {
      case 'op':
        return this.#op(frame);
      case 'doc': {
        const gone = metadata.apply(frame);
        if (queue) queue.title = metadata.title;
        return gone ? this.#events.gone(gone) : this.#status.changed();
      }
      case 'p':
        return this.#presence.receive(frame);
      case 'pr':
        return this.#presence.requested();
      case 'members':
        return context.callbacks.queue(() => this.#events.members());
    }
  }

  #op(frame: OpFrame): void {
    const { queue } = this.#document;
    if (!queue) return;
    const isEdit = frame.error || frame.op || (!frame.create && !frame.del);
    if (isEdit) return queue.receive(frame);
    if (frame.v < queue.pending.revision) return;
    if (frame.v > queue.pending.revision) return this.#catchUp.ask(frame.v + 1);
    if (frame.del) return this.#events.gone({ reason: 'deleted', by: null, at: null });
    this.#reload(); // the document was deleted and created again
  }

  #loaded(reply: Reply): void {
    if (!reply.data || reply.data.type === null) return this.#events.gone({ reason: 'not-found', by: null, at: null });
    const queue = this.#makeQueue();
    this.#document.queue = queue;
    this.#load(queue, reply.data);
    this.#status.textChanged();
    this.#upToDate(queue);
    this.#status.setLoaded();
    this.#text.tellLoaded();
  }

  #makeQueue(): Queue {
    const { context, id, metadata } = this.#document;
    const queue = new Queue(context, context.user(), id, context.connection.epoch, {
      remote: (committed, show, frame) => this.#remote(committed, show, frame),
      confirmed: (committed, frame) => this.#confirmed(committed, frame),
      refused: (error) => this.#parking.parkAll(reasonOf(error), error.message ?? String(error.code ?? '')),
      gap: (upTo) => this.#catchUp.ask(upTo),
      lost: () => this.#reload(),
    });
    queue.title = metadata.title;
    return queue;
  }

  #remote(committed: Delta, show: Delta, frame: OpFrame): void {
    this.#text.received(committed, show);
    this.#status.textChanged();
    this.#presence.committed(frame, committed, show);
    if (show.ops.length > 0) this.#text.tell(show, 'remote');
    this.#events.changed();
  }

  #confirmed(committed: Delta, frame: OpFrame): void {
    this.#status.editStored();
    this.#text.confirmed(committed);
    this.#status.textChanged();
    this.#presence.committed(frame, committed, null);
    if (this.#document.edits === 0) this.#presence.nothingPending();
    this.#events.changed();
  }

  #resumed(reply: Reply): void {
    const { queue } = this.#document;
    if (reply.error) this.#reload();
    else if (queue) this.#upToDate(queue);
  }

  /** Fetches the whole text, parks what this page has and the server lacks, and shows the server's text. */
  #reload(): void {
    const { connection } = this.#document.context;
    this.#status.setBehind();
    this.#document.queue?.pause();
    connection.request('s', this.#document.id, null, (reply) => {
      const { queue } = this.#document;
      if (!queue) return this.#loaded(reply);
      if (!reply.data || reply.data.type === null) return this.#events.gone({ reason: 'removed', by: null, at: null });
      const before = this.#text.whole();
      const server = new Delta(opsOf(reply.data.data));
      const otherLog = queue.epoch !== connection.epoch || reply.data.v < queue.pending.revision;
      this.#parking.parkMissing(queue, server, otherLog);
      this.#load(queue, reply.data);
      this.#events.corrected(before.diff(server));
      this.#upToDate(queue);
    });
  }

  #load(queue: Queue, snapshot: Snapshot): void {
    this.#text.load(new Delta(opsOf(snapshot.data)));
    queue.start(snapshot.v, this.#document.context.connection.epoch);
  }

  #upToDate(queue: Queue): void {
    this.#status.setCaughtUp();
    queue.resume();
    this.#events.upToDate();
  }
}
