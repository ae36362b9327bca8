import type { Environment } from './environment.ts';
import type { Keeper } from './keeper.ts';
import { sameFields } from './state.ts';
import type { Leftover, Parked } from './types.ts';

/** What the marks are counted from. */
export interface Counted {
  readonly env: Environment;
  readonly keeper: Keeper;
  user(): string | undefined;
  parked(): readonly Parked[];
  /** The documents open here, with the key of their queue and what is unsent of them at this moment. */
  open(): { key: string; document: string; edits: number }[];
  counted(): void;
}

/** How long changes gather before they are counted. */
const calmly = 250;

/** Which documents have unsent or parked text, over all pages of the user on this device. */
export class Marks {
  all: readonly Leftover[] = [];
  readonly #from: Counted;
  #timer: unknown = null;
  #stopped = false;

  constructor(from: Counted) {
    this.#from = from;
  }

  /** Counts anew, a little later. */
  soon(): void {
    if (this.#timer !== null || this.#stopped) return;
    this.#timer = this.#from.env.setTimeout(() => {
      this.#timer = null;
      this.#count();
    }, calmly);
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) this.#from.env.clearTimeout(this.#timer);
  }

  async #count(): Promise<void> {
    const user = this.#from.user();
    if (user === undefined) return;
    const queues = await this.#from.keeper.queues(user);
    const unsent = new Map<string, number>();
    const parked = new Map<string, number>();
    const add = (to: Map<string, number>, document: string, edits: number) => {
      if (edits > 0) to.set(document, (to.get(document) ?? 0) + edits);
    };
    const open = this.#from.open();
    for (const { document, edits } of open) add(unsent, document, edits);
    for (const { key, document, edits } of queues) {
      if (!open.some((one) => one.key === key)) add(unsent, document, edits); // of ours, memory knows better
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
