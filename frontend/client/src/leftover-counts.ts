import type { Leftover } from './client-types.ts';
import type { Environment } from './environment.ts';
import type { FallbackStore } from './fallback-store.ts';
import { sameFields } from './state.ts';
import type { Parked } from './types.ts';

/** What the counts are made from. */
export interface CountSources {
  readonly env: Environment;
  readonly store: FallbackStore;
  user(): string | undefined;
  parked(): readonly Parked[];
  /** The documents open in this page, each with the key of its queue and its unsent edits at this moment. */
  open(): { key: string; document: string; edits: number }[];
  /** Called after each count. */
  counted(): void;
}

/** How long changes gather before they are counted, ms. */
const countDelay = 250;

/** Counts unsent and parked edits by document, over all pages of the user on this device. */
export class LeftoverCounts {
  all: readonly Leftover[] = [];
  readonly #from: CountSources;
  #timer: unknown = null;
  #stopped = false;

  constructor(from: CountSources) {
    this.#from = from;
  }

  /** Schedules a new count. */
  soon(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#timer = this.#from.env.setTimeout(() => {
      this.#timer = null;
      this.#count();
    }, countDelay);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) this.#from.env.clearTimeout(this.#timer);
  }

  async #count(): Promise<void> {
    const user = this.#from.user();
    if (user === undefined) return;
    const queues = await this.#from.store.queues(user);
    const unsent = new Map<string, number>();
    const parked = new Map<string, number>();
    const add = (to: Map<string, number>, document: string, edits: number) => {
      if (edits > 0) to.set(document, (to.get(document) ?? 0) + edits);
    };
    const open = this.#from.open();
    for (const { document, edits } of open) add(unsent, document, edits);
    for (const { key, document, edits } of queues) {
      if (!open.some((one) => one.key === key)) add(unsent, document, edits); // for open documents, memory is more recent
    }
    for (const { document, edits } of this.#from.parked()) add(parked, document, edits);
    const documents = [...new Set([...unsent.keys(), ...parked.keys()])].sort();
    const all = documents.map((document) => ({
      document,
      unsent: unsent.get(document) ?? 0,
      parked: parked.get(document) ?? 0,
    }));
    const same = all.length === this.all.length && all.every((one, i) => sameFields(one, this.all[i] ?? {}));
    if (!same) this.all = all;
    this.#from.counted();
  }
}
