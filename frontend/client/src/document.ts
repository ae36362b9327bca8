import { About } from './about.ts';
import type { Calls } from './calls.ts';
import { CatchUp } from './catch-up.ts';
import type { Receiver } from './connection.ts';
import { Delta } from './delta.ts';
import { editOf, reachOf } from './edits.ts';
import { QuireError } from './error.ts';
import type { FormatsTable } from './format-rules.ts';
import { clean } from './formats.ts';
import { insertionOf, reasonOf } from './parked.ts';
import { isPending, shownOver, total } from './pending.ts';
import { Presence } from './presence.ts';
import { type Incoming, type OpFrame, opsOf, type Reply, type Snapshot } from './protocol.ts';
import { type Page, Queue } from './queue.ts';
import { ServerText } from './server-text.ts';
import { sameSnapshot, stateOf } from './state.ts';
import { DocumentText } from './text.ts';
import type {
  Caret,
  ChangeSource,
  DocumentEvents,
  DocumentSnapshot,
  DocumentState,
  Gone,
  Kept,
  Parked,
  ParkedReason,
  PlainText,
  QuireDocument,
  Range,
} from './types.ts';
import { type Telling, Untold } from './untold.ts';
import { Listeners, Watched } from './watch.ts';

/** What a document needs of its client. */
export interface Surroundings extends Page {
  readonly calls: Calls;
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

  readonly #around: Surroundings;
  readonly #presence: Presence;
  readonly #catchUp: CatchUp;
  readonly #about = new About();
  readonly #text = new ServerText();
  readonly #listeners: Listeners<DocumentEvents>;
  readonly #watched: Watched<DocumentSnapshot>;
  /** Null until the text is here. */
  #queue: Queue | null = null;
  /** Units that the editor shows. */
  #length = 0;
  #contents: Delta | null = null;
  #plain: DocumentText | null = null;
  readonly #untold = new Untold();
  #caretsDue = false;
  /** Subscribed on this connection, and everything that was missed is in. */
  #caughtUp = false;
  #uses = 0;
  #closed = false;
  #replaced = false;
  #changedAt: number | null = null;
  #lostAt: number | null = null;
  #calm: unknown = null;
  #loading: { resolve(): void; reject(error: QuireError): void }[] = [];
  /** See Facts. */
  #unstored = false;

  constructor(around: Surroundings, id: string) {
    this.id = id;
    this.#around = around;
    this.#listeners = new Listeners(around.calls);
    this.#presence = new Presence({
      document: id,
      env: around.env,
      connection: around.connection,
      revision: () => this.#queue?.pending.revision ?? 0,
      pending: () => [this.#queue?.pending.inFlight, this.#queue?.pending.waiting].filter((one) => !!one),
      moved: () => this.#presenceMoved(),
    });
    this.#catchUp = new CatchUp(
      around.connection,
      id,
      () => this.#queue?.pending.revision ?? 0,
      (reply) => reply.error && this.#anew(),
    );
    this.#watched = new Watched(this.#makeSnapshot(), around.calls);
    this.subscribe = this.#watched.subscribe;
    this.getSnapshot = this.#watched.getSnapshot;
  }

  get state(): DocumentState {
    return this.#watched.value.state;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return this.#queue?.edits ?? 0;
  }

  get isGone(): boolean {
    return this.#about.gone !== null;
  }

  /** One more user of the document; `close` is its counterpart. */
  use(): this {
    this.#uses++;
    if (this.#closed && this.#caughtUp) this.#presence.online();
    this.#closed = false;
    return this;
  }

  close(): void {
    if (this.#uses > 0) this.#uses--;
    // Later, because React mounts twice: what is opened again at once was never closed.
    this.#around.env.setTimeout(() => {
      if (this.#uses > 0 || this.#closed) return;
      this.#closed = true;
      this.#presence.leave();
      this.#releaseIfDone();
    }, 0);
  }

  contents(): Delta {
    const whole = this.#whole();
    return this.#untold.shown() ?? whole;
  }

  edit(given: Delta | { ops: Delta['ops'] }): void {
    const queue = this.#open();
    const own = editOf(given);
    const reach = reachOf(own);
    const length = this.#length - this.#untold.growth;
    if (reach > length)
      throw new QuireError('out-of-range', `an edit reaches to ${reach} in a document of ${length} units`);
    const before = this.#moment(queue);
    this.#plain?.edited(own);
    this.#untold.during(
      () => before().compose(own),
      () => {
        const original = this.#untold.over(own);
        const delta = clean(original, this.#around.formats());
        const correction = delta === original ? null : original.invert(this.#whole()).compose(delta);
        if (delta.ops.length > 0) this.#edited(queue, delta);
        if (correction && correction.ops.length > 0) this.#emitChange(correction, 'correction');
      },
    );
  }

  asText(): PlainText {
    this.#plain ??= new DocumentText(this.#around.calls, {
      edit: (delta) => this.edit(delta),
      contents: () => (this.#queue ? this.contents() : null),
    });
    return this.#plain;
  }

  setSelection(range: Range | null): void {
    const [index, end] = range ? [range.index, range.index + range.length].map((at) => this.#untold.position(at)) : [];
    this.#presence.setRange(index === undefined || end === undefined ? null : { index, length: end - index });
  }

  carets(): readonly Caret[] {
    return this.#presence.carets;
  }

  on<E extends keyof DocumentEvents>(event: E, listener: DocumentEvents[E]): () => void {
    return this.#listeners.on(event, listener);
  }

  whenLoaded(): Promise<void> {
    if (this.#queue && !this.#about.gone) return Promise.resolve();
    const failure = this.#failure();
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => this.#loading.push({ resolve, reject }));
  }

  whenSaved(): Promise<void> {
    const failure = this.edits > 0 && this.#failure();
    if (failure) return Promise.reject(failure);
    return this.#queue?.whenSaved() ?? Promise.resolve();
  }

  async whenKept(): Promise<void> {
    await this.#queue?.write();
  }

  async putBack(parkedId: string, index: number): Promise<void> {
    const queue = this.#open();
    const parked = this.#watched.value.parked.find((one) => one.id === parkedId);
    if (!parked) return;
    const at = Math.max(0, Math.min(this.#untold.position(index), this.#length - 1)); // before the last newline
    const delta = clean(new Delta().retain(at).concat(insertionOf(parked)).chop(), this.#around.formats());
    this.#untold.during(this.#moment(queue), () => {
      this.#edited(queue, delta);
      this.#emitChange(delta, 'restored');
    });
    const written = await queue.write(); // only when the text is safe again may its parked copy go
    if (written !== 'replaced') await this.#around.unpark(parkedId);
  }

  removeParked(parkedId: string): Promise<void> {
    return this.#around.unpark(parkedId);
  }

  // What the connection tells.

  online(): void {
    if (this.#about.gone) return;
    const { connection } = this.#around;
    this.#catchUp.reset();
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
    if (this.#about.gone || this.#replaced) return;
    switch (frame.a) {
      case 'op':
        return this.#op(frame);
      case 'doc': {
        const gone = this.#about.take(frame);
        if (this.#queue) this.#queue.title = this.#about.title;
        return gone ? this.#becameGone(gone) : this.changed();
      }
      case 'p':
        return this.#presence.receive(frame);
      case 'pr':
        return this.#presence.asked();
      case 'members':
        return this.#around.calls.later(() => this.#listeners.tell('members'));
    }
  }

  // What the client tells.

  /** Something that the state shows may have changed. A new revision alone makes a new snapshot only now and then. */
  changed(): void {
    this.#judge();
    const snapshot = this.#makeSnapshot();
    const before = this.#watched.value;
    if (!sameSnapshot(snapshot, before)) return this.#watched.set(snapshot);
    if (snapshot.revision === before.revision || this.#calm !== null) return;
    this.#calm = this.#around.env.setTimeout(() => {
      this.#calm = null;
      this.#watched.set(this.#makeSnapshot());
    }, calmly);
  }

  /** Writes at once what waits: the page may not come back. */
  flush(): Promise<unknown> {
    return this.#queue?.write() ?? Promise.resolve();
  }

  /** Another page has this page's edits now. What it does not have is parked. */
  async replacedByOther(): Promise<void> {
    const queue = this.#queue;
    if (this.#replaced || !queue) return;
    this.#replaced = true;
    queue.pause();
    await queue.settled(); // a write under way decides what the other page has
    const unstored = queue.unstored(this.#text.whole());
    queue.stop();
    if (unstored.ops.length > 0) await this.#around.park(queue.parkedRecord(unstored, 'replaced', ''), null);
  }

  /** Lets go of everything, without a word to anyone. */
  stop(): void {
    this.#queue?.stop();
    this.#presence.offline();
    if (this.#calm !== null) this.#around.env.clearTimeout(this.#calm);
    this.#calm = null;
  }

  /** The server's text with all edits of this page in it. */
  #whole(): Delta {
    const queue = this.#open();
    this.#contents ??= shownOver(this.#text.whole(), queue.pending);
    return this.#contents;
  }

  /** What the editor shows at this moment, to be worked out only if it is needed. */
  #moment(queue: Queue): () => Delta {
    const shown = this.#untold.shown() ?? this.#contents;
    if (shown) return () => shown;
    const text = this.#text.moment();
    const { pending } = queue;
    return () => shownOver(text(), pending);
  }

  /** Whether the server could store, and whether anybody still has something to wait for. */
  #judge(): void {
    const { state } = this.#around.connection;
    const refuses = state.kind === 'offline' && state.reason === 'unavailable';
    if (this.edits === 0) this.#unstored = false;
    else if (refuses) this.#unstored = true;
    const failure = this.#failure();
    if (!failure) return;
    for (const { reject } of this.#loading.splice(0)) reject(failure);
    this.#queue?.fail(failure);
  }

  /** Why there is nothing to wait for, if that is so. */
  #failure(): QuireError | null {
    const { gone } = this.#about;
    if (gone) return new QuireError(gone.reason, goneWords[gone.reason]);
    const { state } = this.#around.connection;
    return state.kind === 'stopped' ? state.error : null;
  }

  #open(): Queue {
    if (!this.#queue)
      throw this.#failure() ?? new QuireError('not-loaded', `the document ${this.id} is not loaded yet`);
    return this.#queue;
  }

  #edited(queue: Queue, delta: Delta): void {
    this.#length += delta.changeLength();
    this.#contents = null;
    queue.edit(delta);
    this.#presence.edited(delta);
    // An editor that has not noticed yet: its text has nowhere to go, and is not lost.
    if (this.#about.gone) this.#parkAll(reasonOfGone(this.#about.gone), '');
    else if (this.#replaced) this.#around.park(queue.parkedRecord(delta, 'replaced', ''), null);
    this.changed();
  }

  #op(frame: OpFrame): void {
    const queue = this.#queue;
    if (!queue) return;
    const edit = frame.error || frame.op || (!frame.create && !frame.del);
    if (edit) return queue.receive(frame);
    if (frame.v < queue.pending.revision) return;
    if (frame.v > queue.pending.revision) return this.#catchUp.ask(frame.v + 1);
    if (frame.del) return this.#becameGone({ reason: 'deleted', by: null, at: null });
    this.#anew(); // created anew over what is here
  }

  #opened(reply: Reply): void {
    if (!reply.data || reply.data.type === null) return this.#becameGone({ reason: 'not-found', by: null, at: null });
    const queue = new Queue(this.#around, this.#around.user(), this.id, this.#around.connection.epoch, {
      remote: (committed, show, frame) => this.#remote(committed, show, frame),
      confirmed: (committed, frame) => this.#confirmed(committed, frame),
      refused: (error) => this.#parkAll(reasonOf(error), error.message ?? String(error.code ?? '')),
      gap: (upTo) => this.#catchUp.ask(upTo),
      lost: () => this.#anew(),
    });
    queue.title = this.#about.title;
    this.#queue = queue;
    this.#show(queue, reply.data);
    this.#changedAt = this.#around.env.now();
    this.#upToDate(queue);
    this.#loaded();
    this.#around.calls.change(() => {
      this.#plain?.loaded(this.contents());
      this.#listeners.tell('load', this.contents());
    });
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
      if (!reply.data || reply.data.type === null) return this.#becameGone({ reason: 'removed', by: null, at: null });
      const before = this.#whole();
      const server = new Delta(opsOf(reply.data.data));
      const otherLog = queue.epoch !== this.#around.connection.epoch || reply.data.v < queue.pending.revision;
      // Of another log, all that was here and is not there was lost; of the same one, only what is pending.
      const lost = otherLog ? server.diff(before) : total(queue.pending);
      const text = lost?.ops.some((op) => op.insert !== undefined) ? lost : new Delta();
      queue.park(otherLog ? 'restored' : 'refused', '', text);
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
    if (show.ops.length > 0) this.#emitChange(show, 'remote');
    this.#releaseIfDone();
    this.changed();
  }

  #confirmed(committed: Delta, frame: OpFrame): void {
    this.#unstored = false;
    this.#text.apply(committed);
    this.#changedAt = this.#around.env.now();
    this.#presence.committed(frame, committed, null);
    if (this.edits === 0) this.#presence.settled();
    this.#releaseIfDone();
    this.changed();
  }

  /** The document will not be served any more. */
  #becameGone(gone: Gone): void {
    this.#about.gone = gone;
    this.#about.role = 'none';
    this.#caughtUp = false;
    this.#presence.offline();
    this.#queue?.pause();
    this.#parkAll(reasonOfGone(gone), '');
    this.#releaseIfDone();
    this.changed();
  }

  /** Parks everything pending and takes it back from the editor, which goes on with the server's text. */
  #parkAll(reason: ParkedReason, detail: string): void {
    const queue = this.#queue;
    if (!queue || !isPending(queue.pending)) return;
    const undo = total(queue.pending)?.invert(this.#text.whole()) ?? new Delta();
    queue.park(reason, detail);
    this.#contents = null;
    this.#length += undo.changeLength();
    this.#correct(undo);
    this.#releaseIfDone();
  }

  #correct(delta: Delta): void {
    if (delta.ops.length > 0) {
      this.#presence.corrected(delta);
      this.#emitChange(delta, 'correction');
    }
    this.changed();
  }

  #releaseIfDone(): void {
    if (this.#closed && this.edits === 0) this.#around.released(this);
  }

  #presenceMoved(): void {
    this.#caretsMoved();
    if (this.#presence.people !== this.#watched.value.people) this.changed();
  }

  #loaded(): void {
    for (const { resolve } of this.#loading.splice(0)) resolve();
  }

  #caretsMoved(): void {
    if (this.#caretsDue) return;
    this.#caretsDue = true;
    this.#around.calls.later(() => {
      this.#caretsDue = false;
      this.#listeners.tell('carets', this.#presence.carets);
    });
  }

  #emitChange(delta: Delta, source: ChangeSource): void {
    const change: Telling = { delta, source };
    this.#untold.add(change);
    this.#around.calls.change(() => {
      this.#untold.told();
      if (change.delta.ops.length === 0) return;
      this.#plain?.changed(change.delta, source);
      this.#listeners.tell('change', { delta: change.delta, source, revision: this.#queue?.pending.revision ?? 0 });
    });
  }

  #makeSnapshot(): DocumentSnapshot {
    const { title, role, roleChange, trashed, gone } = this.#about;
    const loaded = this.#queue !== null;
    const state = stateOf({
      connection: this.#around.connection.state,
      caughtUp: this.#caughtUp,
      loaded,
      gone: gone !== null,
      replaced: this.#replaced,
      role,
      edits: this.edits,
      editsSince: this.#queue?.since ?? null,
      lostAt: this.#lostAt,
      kept: this.#around.kept(),
      unstored: this.#unstored,
    });
    const { people } = this.#presence;
    const revision = this.#queue?.pending.revision ?? 0;
    const parked = this.#around.parkedOf(this.id);
    const changedAt = this.#changedAt;
    return { id: this.id, loaded, title, role, roleChange, trashed, gone, state, revision, changedAt, people, parked };
  }
}

const goneWords: Record<Gone['reason'], string> = {
  'not-found': 'there is no such document, or it is not shared with this user',
  removed: 'access to the document was taken away',
  trashed: 'the document is in the trash',
  deleted: 'the document was deleted',
};

function reasonOfGone(gone: Gone): ParkedReason {
  return gone.reason === 'not-found' ? 'removed' : gone.reason;
}
