import type { Receiver } from './connection.ts';
import type { Delta } from './delta.ts';
import { DocumentCore } from './document-core.ts';
import { parseEdit } from './edits.ts';
import type { ClientContext } from './page.ts';
import { Parking } from './parking.ts';
import { Presence } from './presence.ts';
import type { Incoming } from './protocol.ts';
import { Status } from './status.ts';
import { Subscription } from './subscription.ts';
import type {
  Caret,
  DocumentEvents,
  DocumentSnapshot,
  DocumentState,
  Gone,
  PlainText,
  QuireDocument,
  Range,
} from './types.ts';
import { Listeners } from './watch.ts';
import { WorkingText } from './working-text.ts';

/** One open document, made of parts: `WorkingText` holds its text, `Subscription` keeps it at the server's revision, `Parking`
 * parks what cannot be stored, `Status` is what is shown beside the text. */
export class OpenDocument implements QuireDocument, Receiver {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => DocumentSnapshot;

  readonly #shared: DocumentCore;
  readonly #released: (document: OpenDocument) => void;
  readonly #listeners: Listeners<DocumentEvents>;
  readonly #presence: Presence;
  readonly #status: Status;
  readonly #text: WorkingText;
  readonly #parking: Parking;
  readonly #subscription: Subscription;
  #caretsDue = false;
  #uses = 0;
  #closed = false;

  /** `released` is called once the document is closed by its last user and all its edits are confirmed. */
  constructor(context: ClientContext, id: string, released: (document: OpenDocument) => void) {
    const shared = new DocumentCore(context, id);
    this.#shared = shared;
    this.#released = released;
    this.#listeners = new Listeners(context.callbacks);
    this.#presence = new Presence({
      document: id,
      env: context.env,
      connection: context.connection,
      revision: () => shared.revision,
      pending: () => [shared.queue?.pending.inFlight, shared.queue?.pending.waiting].filter((one) => !!one),
      moved: () => this.#presenceMoved(),
    });
    this.#status = new Status(shared, this.#presence);
    this.#text = new WorkingText(shared, this.#listeners);
    this.#parking = new Parking(shared, this.#text, (undo) => this.#withdrawn(undo));
    const parts = { text: this.#text, status: this.#status, parking: this.#parking, presence: this.#presence };
    this.#subscription = new Subscription(shared, parts, {
      upToDate: () => this.#upToDate(),
      changed: () => this.#settled(),
      corrected: (delta) => this.#correct(delta),
      members: () => this.#listeners.tell('members'),
      gone: (gone) => this.#becameGone(gone),
    });
    this.subscribe = this.#status.watched.subscribe;
    this.getSnapshot = this.#status.watched.getSnapshot;
  }

  get id(): string {
    return this.#shared.id;
  }

  get state(): DocumentState {
    return this.#status.watched.value.state;
  }

  /** Edits that the server has not confirmed. */
  get edits(): number {
    return this.#shared.edits;
  }

  get isGone(): boolean {
    return this.#shared.metadata.gone !== null;
  }

  /** Counts one more user of the document; `close` counts one less. */
  use(): this {
    this.#uses++;
    if (this.#closed && this.#status.caughtUp) this.#presence.online();
    this.#closed = false;
    return this;
  }

  close(): void {
    if (this.#uses > 0) this.#uses--;
    // Deferred, because React's StrictMode mounts twice: a document that is opened again at once was never closed.
    this.#shared.context.env.setTimeout(() => {
      if (this.#uses > 0 || this.#closed) return;
      this.#closed = true;
      this.#presence.leave();
      this.#releaseIfDone();
    }, 0);
  }

  contents(): Delta {
    return this.#text.shown();
  }

  edit(given: Delta | { ops: Delta['ops'] }): void {
    this.#shared.loadedQueue();
    this.#text.edit(parseEdit(given), (delta) => this.#edited(delta));
  }

  asText(): PlainText {
    return this.#text.plain((delta) => this.edit(delta));
  }

  setSelection(range: Range | null): void {
    if (!range) return this.#presence.setRange(null);
    const index = this.#text.position(range.index);
    this.#presence.setRange({ index, length: this.#text.position(range.index + range.length) - index });
  }

  carets(): readonly Caret[] {
    return this.#presence.carets;
  }

  on<E extends keyof DocumentEvents>(event: E, listener: DocumentEvents[E]): () => void {
    return this.#listeners.on(event, listener);
  }

  whenLoaded(): Promise<void> {
    return this.#status.whenLoaded();
  }

  whenSaved(): Promise<void> {
    return this.#status.whenSaved();
  }

  async whenKept(): Promise<void> {
    await this.#shared.queue?.write();
  }

  async putBack(parkedId: string, index: number): Promise<void> {
    this.#shared.loadedQueue();
    const parked = this.getSnapshot().parked.find((one) => one.id === parkedId);
    if (parked) await this.#parking.putBack(parked, index, (delta) => this.#edited(delta));
  }

  removeParked(parkedId: string): Promise<void> {
    return this.#shared.context.unpark(parkedId);
  }

  // Called by the connection.

  online(): void {
    if (this.isGone) return;
    this.#subscription.online();
    this.changed();
  }

  offline(): void {
    this.#status.setOffline();
    this.#shared.queue?.pause();
    this.#presence.offline();
    this.changed();
  }

  frame(frame: Incoming): void {
    if (!this.isGone && !this.#status.replaced) this.#subscription.frame(frame);
  }

  // Called by the client.

  /** Something that the snapshot shows may have changed. */
  changed(): void {
    this.#status.changed();
  }

  /** Writes the pending edits to the store at once: the page may not come back. */
  flush(): Promise<unknown> {
    return this.#shared.queue?.write() ?? Promise.resolve();
  }

  /** Another page has taken over this page's stored edits. Parks those it could not find in the store. */
  async replacedByOther(): Promise<void> {
    const { queue } = this.#shared;
    if (this.#status.replaced || !queue) return;
    this.#status.replaced = true;
    await this.#parking.parkUnwritten(queue);
  }

  /** Stops at once, without telling the server or other pages. */
  stop(): void {
    this.#shared.queue?.stop();
    this.#presence.offline();
    this.#status.stop();
  }

  // Called by its parts.

  #edited(delta: Delta): void {
    const queue = this.#shared.loadedQueue();
    const { gone } = this.#shared.metadata;
    this.#text.moved(delta);
    queue.edit(delta);
    this.#presence.edited(delta);
    // The editor has not noticed yet that the document is gone or replaced: park its text, so that it is not lost.
    if (gone) this.#parking.parkGone(gone);
    else if (this.#status.replaced) this.#parking.parkLate(queue, delta);
    this.changed();
  }

  #upToDate(): void {
    if (!this.#closed) this.#presence.online();
    this.changed();
  }

  #becameGone(gone: Gone): void {
    const { metadata, queue } = this.#shared;
    metadata.gone = gone;
    metadata.role = 'none';
    this.#status.setBehind();
    this.#presence.offline();
    queue?.pause();
    this.#parking.parkGone(gone);
    this.#settled();
  }

  #withdrawn(undo: Delta): void {
    this.#correct(undo);
    this.#releaseIfDone();
  }

  #correct(delta: Delta): void {
    if (delta.ops.length > 0) {
      this.#presence.corrected(delta);
      this.#text.tell(delta, 'correction');
    }
    this.changed();
  }

  #settled(): void {
    this.#releaseIfDone();
    this.changed();
  }

  #releaseIfDone(): void {
    if (this.#closed && this.edits === 0) this.#released(this);
  }

  #presenceMoved(): void {
    this.#caretsMoved();
    if (this.#presence.people !== this.getSnapshot().people) this.changed();
  }

  #caretsMoved(): void {
    if (this.#caretsDue) return;
    this.#caretsDue = true;
    this.#shared.context.callbacks.queue(() => {
      this.#caretsDue = false;
      this.#listeners.tell('carets', this.#presence.carets);
    });
  }
}
