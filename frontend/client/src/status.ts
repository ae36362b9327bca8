import type { QuireError } from './error.ts';
import type { Opened } from './opened.ts';
import type { Presence } from './presence.ts';
import { sameSnapshot, stateOf } from './state.ts';
import type { DocumentSnapshot } from './types.ts';
import { Watched } from './watch.ts';

/** How often a new revision alone makes a new snapshot, ms. */
const calmly = 250;

/** What an open document shows of itself beside its text, and who waits for it. */
export class Status {
  /** Another page has this page's edits now. */
  replaced = false;
  readonly watched: Watched<DocumentSnapshot>;

  readonly #document: Opened;
  readonly #presence: Presence;
  #caughtUp = false;
  #changedAt: number | null = null;
  #lostAt: number | null = null;
  /** See Facts. */
  #unstored = false;
  #calm: unknown = null;
  #loading: { resolve(): void; reject(error: QuireError): void }[] = [];

  constructor(document: Opened, presence: Presence) {
    this.#document = document;
    this.#presence = presence;
    this.watched = new Watched(this.#makeSnapshot(), document.around.calls);
  }

  /** Subscribed on this connection, and everything that was missed is in. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  here(): void {
    this.#caughtUp = true;
    this.#lostAt = null;
  }

  /** Not subscribed, or something is missing. */
  behind(): void {
    this.#caughtUp = false;
  }

  /** The connection went. */
  lost(): void {
    this.#caughtUp = false;
    this.#lostAt ??= this.#document.around.env.now();
  }

  /** The text is another than before. */
  touched(): void {
    this.#changedAt = this.#document.around.env.now();
  }

  /** The server has stored an edit of ours. */
  stored(): void {
    this.#unstored = false;
  }

  /** Something that is shown may have changed. A new revision alone makes a new snapshot only now and then. */
  changed(): void {
    this.#judge();
    const snapshot = this.#makeSnapshot();
    const before = this.watched.value;
    if (!sameSnapshot(snapshot, before)) return this.watched.set(snapshot);
    if (snapshot.revision === before.revision || this.#calm !== null) return;
    this.#calm = this.#document.around.env.setTimeout(() => {
      this.#calm = null;
      this.watched.set(this.#makeSnapshot());
    }, calmly);
  }

  /** Resolves when `loaded` is called; rejects with why that will not be. */
  whenLoaded(): Promise<void> {
    if (this.#document.queue && !this.#document.about.gone) return Promise.resolve();
    const failure = this.#document.failure();
    if (failure) return Promise.reject(failure);
    return new Promise((resolve, reject) => this.#loading.push({ resolve, reject }));
  }

  /** Resolves when every edit made so far is confirmed; rejects with why that will not be. */
  whenSaved(): Promise<void> {
    const failure = this.#document.edits > 0 && this.#document.failure();
    if (failure) return Promise.reject(failure);
    return this.#document.queue?.whenSaved() ?? Promise.resolve();
  }

  loaded(): void {
    for (const { resolve } of this.#loading.splice(0)) resolve();
  }

  stop(): void {
    if (this.#calm !== null) this.#document.around.env.clearTimeout(this.#calm);
    this.#calm = null;
  }

  /** Whether the server could store, and whether anybody still has something to wait for. */
  #judge(): void {
    const { state } = this.#document.around.connection;
    const refuses = state.kind === 'offline' && state.reason === 'unavailable';
    if (this.#document.edits === 0) this.#unstored = false;
    else if (refuses) this.#unstored = true;
    const failure = this.#document.failure();
    if (!failure) return;
    for (const { reject } of this.#loading.splice(0)) reject(failure);
    this.#document.queue?.fail(failure);
  }

  #makeSnapshot(): DocumentSnapshot {
    const { id, around, queue, edits, revision } = this.#document;
    const { title, role, roleChange, trashed, gone } = this.#document.about;
    const loaded = queue !== null;
    const state = stateOf({
      connection: around.connection.state,
      caughtUp: this.#caughtUp,
      loaded,
      gone: gone !== null,
      replaced: this.replaced,
      role,
      edits,
      editsSince: queue?.since ?? null,
      lostAt: this.#lostAt,
      kept: around.kept(),
      unstored: this.#unstored,
    });
    const { people } = this.#presence;
    const parked = around.parkedOf(id);
    const changedAt = this.#changedAt;
    return { id, loaded, title, role, roleChange, trashed, gone, state, revision, changedAt, people, parked };
  }
}
