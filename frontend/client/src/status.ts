import type { DocumentCore } from './document-core.ts';
import type { QuireError } from './error.ts';
import type { Presence } from './presence.ts';
import { sameSnapshot, stateOf } from './state.ts';
import type { DocumentSnapshot } from './types.ts';
import { Watched } from './watch.ts';

/** How long a new revision alone may take to appear in the snapshot, ms. */
const revisionInterval = 250;

/** What an open document shows beside its text, and the promises of those who wait for it. */
export class Status {
  /** Another page has taken over this page's edits. */
  replaced = false;
  readonly watched: Watched<DocumentSnapshot>;

  readonly #document: DocumentCore;
  readonly #presence: Presence;
  #caughtUp = false;
  #changedAt: number | null = null;
  #lostAt: number | null = null;
  /** See `Facts`. */
  #unstored = false;
  #revisionTimer: unknown = null;
  #loadWaiters: { resolve(): void; reject(error: QuireError): void }[] = [];

  constructor(document: DocumentCore, presence: Presence) {
    this.#document = document;
    this.#presence = presence;
    this.watched = new Watched(this.#makeSnapshot(), document.context.callbacks);
  }

  /** Whether the document is subscribed on this connection and no op is missing. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  setCaughtUp(): void {
    this.#caughtUp = true;
    this.#lostAt = null;
  }

  /** The document is not subscribed, or ops are missing. */
  setBehind(): void {
    this.#caughtUp = false;
  }

  /** The connection was lost. */
  setOffline(): void {
    this.#caughtUp = false;
    this.#lostAt ??= this.#document.context.env.now();
  }

  /** An op was received or confirmed. */
  textChanged(): void {
    this.#changedAt = this.#document.context.env.now();
  }

  /** The server has stored an edit of this page. */
  editStored(): void {
    this.#unstored = false;
  }

  /** Something that is shown may have changed. A new revision alone makes a new snapshot only a little later. */
  changed(): void {
    this.#checkFailure();
    const snapshot = this.#makeSnapshot();
    const before = this.watched.value;
    if (!sameSnapshot(snapshot, before)) return this.watched.set(snapshot);
    if (snapshot.revision === before.revision || this.#revisionTimer !== null) return;
    this.#revisionTimer = this.#document.context.env.setTimeout(() => {
      this.#revisionTimer = null;
      this.watched.set(this.#makeSnapshot());
    }, revisionInterval);
  }

  /** Resolves when `setLoaded` is called; rejects with the reason if that will not happen. */
  whenLoaded(): Promise<void> {
    if (this.#document.queue && !this.#document.metadata.gone) return Promise.resolve();
    const failure = this.#document.failure();
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => this.#loadWaiters.push({ resolve, reject }));
  }

  /** Resolves when every edit made so far is confirmed; rejects with the reason if that will not happen. */
  whenSaved(): Promise<void> {
    const failure = this.#document.edits > 0 && this.#document.failure();
    if (failure) return Promise.reject(failure);
    return this.#document.queue?.whenSaved() ?? Promise.resolve();
  }

  setLoaded(): void {
    for (const { resolve } of this.#loadWaiters.splice(0)) resolve();
  }

  stop(): void {
    if (this.#revisionTimer !== null) this.#document.context.env.clearTimeout(this.#revisionTimer);
    this.#revisionTimer = null;
  }

  /** Notes whether the server can store, and rejects those who wait for what will not happen. */
  #checkFailure(): void {
    const { state } = this.#document.context.connection;
    const refuses = state.kind === 'offline' && state.reason === 'unavailable';
    if (this.#document.edits === 0) this.#unstored = false;
    else if (refuses) this.#unstored = true;
    const failure = this.#document.failure();
    if (!failure) return;
    for (const { reject } of this.#loadWaiters.splice(0)) reject(failure);
    this.#document.queue?.fail(failure);
  }

  #makeSnapshot(): DocumentSnapshot {
    const { id, context, queue, edits, revision } = this.#document;
    const { title, role, roleChange, trashed, gone } = this.#document.metadata;
    const loaded = queue !== null;
    const state = stateOf({
      connection: context.connection.state,
      caughtUp: this.#caughtUp,
      loaded,
      gone: gone !== null,
      replaced: this.replaced,
      role,
      edits,
      editsSince: queue?.unsentSince ?? null,
      lostAt: this.#lostAt,
      kept: context.kept(),
      unstored: this.#unstored,
    });
    const { people } = this.#presence;
    const parked = context.parkedOf(id);
    const changedAt = this.#changedAt;
    return { id, loaded, title, role, roleChange, trashed, gone, state, revision, changedAt, people, parked };
  }
}
