import Delta from 'quill-delta';
import type { Receiver } from './connection.ts';
import { clean, type FormatsTable } from './formats.ts';
import { insertionOf, reasonOf } from './parked.ts';
import { copyOf, isPending, shownOver, total } from './pending.ts';
import { Presence } from './presence.ts';
import {
  type DocFrame,
  type FrameError,
  type Incoming,
  type OpFrame,
  opsOf,
  type Reply,
  type Snapshot,
} from './protocol.ts';
import { type Page, Queue } from './queue.ts';
import { ServerText } from './server-text.ts';
import { sameSnapshot, stateOf } from './state.ts';
import type {
  ChangeSource,
  DocumentEvents,
  DocumentSnapshot,
  DocumentState,
  Gone,
  Kept,
  Parked,
  ParkedReason,
  QuireDocument,
  Range,
  Role,
  RoleChange,
} from './types.ts';

/** What a document needs of its client. */
export interface Surroundings extends Page {
  /** The user of the connection that is up. */
  user(): string;
  formats(): FormatsTable | null;
  kept(): Kept;
  parkedOf(document: string): readonly Parked[];
  unpark(id: string): Promise<void>;
  /** The last user of the document let go of it, or its last edit was sent after that. */
  released(document: OpenDocument): void;
}

/** How often a new revision alone makes a new snapshot, ms. */
const calmly = 250;

/** One open document: the server's text, the queue of edits over it, and who else is there. */
export class OpenDocument implements QuireDocument, Receiver {
  readonly id: string;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentSnapshot;

  #around: Surroundings;
  #queue: Queue | null = null;
  #presence: Presence;
  #text = new ServerText();
  /** Units that the editor shows. */
  #length = 0;
  #contents: Delta | null = null;
  #caughtUp = false;
  #asking = false;
  #uses = 0;
  #closed = false;
  #replaced = false;

  #title = '';
  #role: Role = 'viewer';
  #roleChange: RoleChange | null = null;
  #trashed = false;
  #gone: Gone | null = null;
  #changedAt: number | null = null;
  #lostAt: number | null = null;
  #snapshot: DocumentSnapshot;
  #calm: unknown = null;

  #subscribers = new Set<() => void>();
  #listeners: { [E in keyof DocumentEvents]: Set<DocumentEvents[E]> } = {
    change: new Set(),
    load: new Set(),
    carets: new Set(),
    members: new Set(),
  };
  #loading: (() => void)[] = [];

  constructor(around: Surroundings, id: string) {
    this.id = id;
    this.#around = around;
    this.#presence = new Presence({
      document: id,
      env: around.env,
      connection: around.connection,
      revision: () => this.#queue?.pending.revision ?? 0,
      pending: () =>
        [this.#queue?.pending.inFlight, this.#queue?.pending.waiting].filter((one) => one instanceof Delta),
      moved: () => this.#presenceMoved(),
    });
    this.#snapshot = this.#makeSnapshot();
    this.getSnapshot = () => this.#snapshot;
    this.subscribe = (listener) => {
      this.#subscribers.add(listener);
      return () => this.#subscribers.delete(listener);
    };
  }

  get state(): DocumentState {
    return this.#snapshot.state;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return this.#queue?.edits ?? 0;
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** One more user of the document; `close` is its counterpart. */
  use(): this {
    this.#uses++;
    if (this.#closed) {
      this.#closed = false;
      if (this.#caughtUp) this.#presence.online();
    }
    return this;
  }

  close(): void {
    if (this.#uses > 0) this.#uses--;
    // Later, because React mounts twice: what is opened again at once was never closed.
    this.#around.env.setTimeout(() => {
      if (this.#uses > 0 || this.#closed) return;
      this.#closed = true;
      this.#presence.leave();
      if (this.edits === 0) this.#around.released(this);
    }, 0);
  }

  contents(): Delta {
    if (!this.#queue) throw new Error(`the document ${this.id} is not loaded yet`);
    this.#contents ??= shownOver(this.#text.whole(), this.#queue.pending);
    return this.#contents;
  }

  edit(given: Delta | { ops: Delta['ops'] }): void {
    const queue = this.#queue;
    if (!queue) throw new Error(`the document ${this.id} is not loaded yet`);
    const original = copyOf(given).chop();
    const reach = reachOf(original);
    if (reach > this.#length) {
      throw new RangeError(`an edit reaches to ${reach} in a document of ${this.#length} units`);
    }
    const delta = clean(original, this.#around.formats());
    const correction = delta === original ? null : original.invert(this.contents()).compose(delta);
    if (delta.ops.length > 0) this.#edited(queue, delta);
    if (correction && correction.ops.length > 0)
      this.#emit('change', { delta: correction, source: 'correction', revision: queue.pending.revision });
  }

  setSelection(range: Range | null): void {
    this.#presence.setRange(range);
  }

  carets() {
    return this.#presence.carets;
  }

  on<E extends keyof DocumentEvents>(event: E, listener: DocumentEvents[E]): () => void {
    this.#listeners[event].add(listener);
    return () => this.#listeners[event].delete(listener);
  }

  whenLoaded(): Promise<void> {
    if (this.#queue || this.#gone) return Promise.resolve();
    return new Promise((resolve) => this.#loading.push(resolve));
  }

  whenSaved(): Promise<void> {
    return this.#queue?.whenSaved() ?? Promise.resolve();
  }

  async whenKept(): Promise<void> {
    await this.#queue?.write();
  }

  async putBack(parkedId: string, index: number): Promise<void> {
    const parked = this.#snapshot.parked.find((one) => one.id === parkedId);
    if (!parked || !this.#queue) return;
    const delta = new Delta().retain(Math.min(index, Math.max(0, this.#length - 1))).concat(insertionOf(parked));
    const cleaned = clean(delta.chop(), this.#around.formats());
    this.#edited(this.#queue, cleaned);
    this.#emit('change', { delta: cleaned, source: 'restored', revision: this.#queue.pending.revision });
    const written = await this.#queue.write(); // only when it is safe again may the parked copy go
    if (written !== 'replaced') await this.#around.unpark(parkedId);
  }

  removeParked(parkedId: string): Promise<void> {
    return this.#around.unpark(parkedId);
  }

  // What the connection tells.

  online(): void {
    if (this.#gone) return;
    const { connection } = this.#around;
    this.#asking = false;
    if (!this.#queue) connection.request('s', this.id, null, (reply) => this.#opened(reply));
    else if (this.#queue.epoch !== connection.epoch) this.#anew();
    else connection.request('s', this.id, this.#queue.pending.revision, (reply) => this.#resumed(reply));
    this.changed();
  }

  offline(): void {
    this.#caughtUp = false;
    this.#lostAt ??= this.#around.env.now();
    this.#queue?.pause();
    this.#presence.offline();
    this.changed();
  }

  frame(frame: Incoming): void {
    if (this.#gone || this.#replaced) return;
    switch (frame.a) {
      case 'op':
        return this.#op(frame);
      case 'doc':
        return this.#notice(frame);
      case 'p':
        return this.#presence.receive(frame);
      case 'pr':
        return this.#presence.asked();
      case 'members':
        return this.#emit('members');
    }
  }

  // What the client tells.

  /** Something outside changed that the state shows. Makes a new snapshot if it is worth one. */
  changed(): void {
    const snapshot = this.#makeSnapshot();
    if (sameSnapshot(snapshot, this.#snapshot)) {
      if (snapshot.revision === this.#snapshot.revision || this.#calm !== null) return;
      this.#calm = this.#around.env.setTimeout(() => {
        this.#calm = null;
        this.#publish(this.#makeSnapshot());
      }, calmly);
      return;
    }
    this.#publish(snapshot);
  }

  /** Writes at once what waits: the page may not come back. */
  flush(): Promise<unknown> {
    return this.#queue?.write() ?? Promise.resolve();
  }

  /** Another page has this page's edits now. What it does not have is parked. */
  async replacedByOther(): Promise<void> {
    if (this.#replaced) return;
    this.#replaced = true;
    const queue = this.#queue;
    if (!queue) return;
    queue.pause();
    await queue.settled(); // a write under way decides what the other page has
    const unstored = queue.unstored(this.#text.whole());
    queue.stop();
    if (unstored.ops.length > 0) await this.#around.park(queue.parkedRecord(unstored, 'replaced', ''), null);
  }

  /** The connection will not serve this document any more. */
  becameGone(gone: Gone): void {
    if (this.#gone) return;
    this.#gone = gone;
    this.#role = 'none';
    this.#caughtUp = false;
    this.#presence.offline();
    this.#queue?.pause();
    if (this.#queue && isPending(this.#queue.pending))
      this.#parkAll(gone.reason === 'not-found' ? 'removed' : gone.reason, '');
    this.#loaded();
    this.changed();
  }

  /** Lets go of everything, without a word to anyone. */
  stop(): void {
    this.#queue?.stop();
    this.#presence.offline();
    if (this.#calm !== null) this.#around.env.clearTimeout(this.#calm);
    this.#calm = null;
  }

  #edited(queue: Queue, delta: Delta): void {
    this.#length += delta.changeLength();
    this.#contents = null;
    queue.edit(delta);
    this.#presence.edited(delta);
    if (this.#gone) this.#parkAll(this.#gone.reason === 'not-found' ? 'removed' : this.#gone.reason, '');
    else if (this.#replaced) this.#around.park(queue.parkedRecord(delta, 'replaced', ''), null);
    this.changed();
  }

  #op(frame: OpFrame): void {
    const queue = this.#queue;
    if (!queue) return;
    if (frame.error || frame.op || (!frame.create && !frame.del)) return queue.receive(frame);
    if (frame.v < queue.pending.revision) return;
    if (frame.v > queue.pending.revision) return this.#gap();
    if (frame.del) return this.becameGone({ reason: 'deleted', by: null, at: null });
    this.#anew(); // created anew over what is here
  }

  #gap(): void {
    if (this.#asking || !this.#queue) return;
    this.#asking = true;
    this.#around.connection.request('f', this.id, this.#queue.pending.revision, (reply) => {
      this.#asking = false;
      if (reply.error) this.#anew();
    });
  }

  #opened(reply: Reply): void {
    if (!reply.data || reply.data.type === null) return this.becameGone({ reason: 'not-found', by: null, at: null });
    const { env, connection } = this.#around;
    this.#queue = new Queue(this.#around, this.#around.user(), this.id, connection.epoch, {
      remote: (committed, show, frame) => this.#remote(committed, show, frame),
      confirmed: (committed, frame) => this.#confirmed(committed, frame),
      refused: (error) => this.#refused(error),
      gap: () => this.#gap(),
      lost: () => this.#anew(),
    });
    this.#queue.title = this.#title;
    this.#show(this.#queue, reply.data);
    this.#changedAt = env.now();
    this.#upToDate(this.#queue);
    this.#loaded();
    this.#emit('load', this.contents());
  }

  #resumed(reply: Reply): void {
    if (reply.error) this.#anew();
    else if (this.#queue) this.#upToDate(this.#queue);
  }

  /** What is here does not continue what the server has: fetches the text, parks what is not in it, shows it. */
  #anew(): void {
    this.#caughtUp = false;
    this.#queue?.pause();
    this.#around.connection.request('s', this.id, null, (reply) => {
      const queue = this.#queue;
      if (!queue) return this.#opened(reply);
      if (!reply.data || reply.data.type === null) return this.becameGone({ reason: 'not-found', by: null, at: null });
      const before = this.contents();
      const server = new Delta(opsOf(reply.data.data));
      const otherLog = queue.epoch !== this.#around.connection.epoch || reply.data.v < queue.pending.revision;
      // Of another log, all that was here and is not there was lost; of the same one, only what is pending.
      const lost = otherLog ? server.diff(before) : total(queue.pending);
      if (lost?.ops.some((op) => op.insert !== undefined)) queue.park(otherLog ? 'restored' : 'refused', '', lost);
      else queue.park('restored', '', new Delta());
      this.#show(queue, reply.data);
      this.#correct(before.diff(server));
      this.#upToDate(queue);
    });
  }

  #show(queue: Queue, snapshot: Snapshot): void {
    const text = new Delta(opsOf(snapshot.data));
    this.#text.load(text);
    this.#length = text.length();
    this.#contents = text;
    queue.start(snapshot.v, this.#around.connection.epoch);
  }

  #upToDate(queue: Queue): void {
    this.#caughtUp = true;
    this.#lostAt = null;
    queue.resume();
    if (!this.#closed) this.#presence.online();
    this.changed();
  }

  #remote(committed: Delta, show: Delta, frame: OpFrame): void {
    this.#text.apply(committed);
    this.#contents = null;
    this.#length += show.changeLength();
    this.#changedAt = this.#around.env.now();
    this.#presence.committed(frame, committed, show);
    if (show.ops.length > 0) this.#emit('change', { delta: show, source: 'remote', revision: frame.v + 1 });
    this.changed();
  }

  #confirmed(committed: Delta, frame: OpFrame): void {
    this.#text.apply(committed);
    this.#changedAt = this.#around.env.now();
    this.#presence.committed(frame, committed, null);
    if (this.edits === 0) this.#presence.settled();
    if (this.edits === 0 && this.#closed) this.#around.released(this);
    this.changed();
  }

  #refused(error: FrameError): void {
    this.#parkAll(reasonOf(error), error.message ?? String(error.code ?? ''));
  }

  /** Parks everything pending and takes it back from the editor. */
  #parkAll(reason: ParkedReason, detail: string): void {
    const queue = this.#queue;
    const mine = queue?.park(reason, detail);
    if (!mine) return;
    const undo = mine.invert(this.#text.whole());
    this.#contents = null;
    this.#length += undo.changeLength();
    this.#correct(undo);
    if (this.#closed) this.#around.released(this);
  }

  #correct(delta: Delta): void {
    if (delta.ops.length > 0) {
      this.#presence.corrected(delta);
      this.#emitChange(delta, 'correction');
    }
    this.changed();
  }

  #emitChange(delta: Delta, source: ChangeSource): void {
    this.#emit('change', { delta, source, revision: this.#queue?.pending.revision ?? 0 });
  }

  #notice(frame: DocFrame): void {
    const by = frame.by ?? null;
    const at = frame.at ?? null;
    if (frame.title !== undefined) {
      this.#title = frame.title;
      if (this.#queue) this.#queue.title = frame.title;
    }
    if (frame.trashed !== undefined) this.#trashed = frame.trashed;
    const reason = frame.reason;
    if (reason === 'trashed' || reason === 'deleted') return this.becameGone({ reason, by, at });
    if (frame.role === 'none') return this.becameGone({ reason: 'removed', by, at });
    if (frame.role !== undefined && frame.role !== this.#role) {
      if (reason !== undefined) this.#roleChange = { from: this.#role, to: frame.role, by, at };
      this.#role = frame.role;
    }
    this.changed();
  }

  #presenceMoved(): void {
    this.#emit('carets', this.#presence.carets);
    if (this.#presence.people !== this.#snapshot.people) this.changed();
  }

  #loaded(): void {
    const waiting = this.#loading;
    this.#loading = [];
    for (const resolve of waiting) resolve();
  }

  #makeSnapshot(): DocumentSnapshot {
    const { connection } = this.#around;
    return {
      id: this.id,
      loaded: this.#queue !== null,
      title: this.#title,
      role: this.#role,
      roleChange: this.#roleChange,
      trashed: this.#trashed,
      gone: this.#gone,
      state: stateOf({
        connection: connection.state,
        caughtUp: this.#caughtUp,
        loaded: this.#queue !== null,
        gone: this.#gone !== null,
        replaced: this.#replaced,
        role: this.#role,
        edits: this.edits,
        editsSince: this.#queue?.since ?? null,
        lostAt: this.#lostAt,
        kept: this.#around.kept(),
      }),
      revision: this.#queue?.pending.revision ?? 0,
      changedAt: this.#changedAt,
      people: this.#presence.people,
      parked: this.#around.parkedOf(this.id),
    };
  }

  #publish(snapshot: DocumentSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of [...this.#subscribers]) listener();
  }

  #emit<E extends keyof DocumentEvents>(event: E, ...args: Parameters<DocumentEvents[E]>): void {
    for (const listener of [...this.#listeners[event]]) (listener as (...all: unknown[]) => void)(...args);
  }
}

/** How far into the document a delta reaches: what it retains and deletes. */
function reachOf(delta: Delta): number {
  return delta.ops.reduce(
    (sum, op) => sum + (typeof op.retain === 'number' ? op.retain : (op.delete ?? (op.retain ? 1 : 0))),
    0,
  );
}
