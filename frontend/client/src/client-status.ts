import type { Callbacks } from './callbacks.ts';
import type { ClientSnapshot } from './client-types.ts';
import type { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import type { FallbackStore } from './fallback-store.ts';
import { LeftoverCounts } from './leftover-counts.ts';
import type { Leftovers } from './leftovers.ts';
import type { OpenDocuments } from './open-documents.ts';
import type { Ownership } from './ownership.ts';
import type { ParkedTexts } from './parked-texts.ts';
import type { ServerInfo } from './server-info.ts';
import { sameFields } from './state.ts';
import { Watched } from './watch.ts';

/** The parts of a client that its snapshot is made of. */
export interface ClientParts {
  readonly env: Environment;
  readonly callbacks: Callbacks;
  readonly connection: Connection;
  readonly store: FallbackStore;
  readonly info: ServerInfo;
  readonly documents: OpenDocuments;
  readonly leftovers: Leftovers;
  readonly parked: ParkedTexts;
  readonly ownership: Ownership;
}

/** What the client shows apart from its documents, and its subscribers. */
export class ClientStatus {
  readonly watched: Watched<ClientSnapshot>;
  readonly #parts: ClientParts;
  readonly #counts: LeftoverCounts;
  /** Whether there were unsent edits at the last count. */
  #hadUnsent = false;

  constructor(parts: ClientParts) {
    const { env, store, info, parked, documents } = parts;
    this.#parts = parts;
    this.#counts = new LeftoverCounts({
      env,
      store,
      user: () => info.userId,
      parked: () => parked.all,
      open: () => documents.queues(),
      counted: () => this.#counted(),
    });
    this.watched = new Watched(this.#makeSnapshot(), parts.callbacks);
  }

  /** How many edits of this page, and of the queues it has taken over, the server has not confirmed. */
  get unsentCount(): number {
    return this.#parts.leftovers.edits + this.#parts.documents.edits;
  }

  /** The number of unsent or parked edits may have changed. The document concerned already knows. */
  countsChanged(): void {
    this.#counts.soon();
    this.#publish();
  }

  /** The number may have changed in another page. */
  changedElsewhere(): void {
    this.#counts.soon();
  }

  /** Stops counting. */
  stop(): void {
    this.#counts.stop();
  }

  /** Other pages have to count again when unsent edits appear here, and when the last one is confirmed. */
  #counted(): void {
    const hasUnsent = this.unsentCount > 0;
    if (hasUnsent !== this.#hadUnsent) this.#parts.ownership.announceChange();
    this.#hadUnsent = hasUnsent;
    this.#publish();
  }

  #publish(): void {
    const snapshot = this.#makeSnapshot();
    if (!sameFields(snapshot, this.watched.value)) this.watched.set(snapshot);
  }

  #makeSnapshot(): ClientSnapshot {
    const { connection, info, store } = this.#parts;
    const { user, build, limits } = info;
    const { unsentCount } = this;
    return {
      connection: connection.state,
      user,
      build,
      limits,
      kept: store.kept,
      unsentCount,
      leftovers: this.#counts.all,
    };
  }
}
