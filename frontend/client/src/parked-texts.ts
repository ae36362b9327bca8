import type { Keeper, Written } from './keeper.ts';
import { parkedOf } from './parked.ts';
import type { ParkedRecord } from './store.ts';
import type { Parked } from './types.ts';

const none: readonly Parked[] = [];

/** The parked texts of the user, as the store has them: read at the beginning, when another page changed them, and kept up
 * with what this page parks. */
export class ParkedTexts {
  all: readonly Parked[] = none;
  readonly #keeper: Keeper;
  readonly #changed: (documents: ReadonlySet<string>, byUs: boolean) => void;
  #byDocument = new Map<string, readonly Parked[]>();
  /** Counts our own changes, so that what is read meanwhile does not undo them. */
  #edition = 0;

  /** `changed` is told of which documents there is more or less, and whether this page did it. */
  constructor(keeper: Keeper, changed: (documents: ReadonlySet<string>, byUs: boolean) => void) {
    this.#keeper = keeper;
    this.#changed = changed;
  }

  /** The same array until something changed. */
  of(document: string): readonly Parked[] {
    return this.#byDocument.get(document) ?? none;
  }

  async read(user: string): Promise<void> {
    for (;;) {
      const edition = this.#edition;
      const found = await this.#keeper.parked(user);
      if (edition === this.#edition) return this.#set(found.map(parkedOf), false);
    }
  }

  async add(record: ParkedRecord, from: { key: string; owner: string; mark: boolean } | null): Promise<Written> {
    const written = await this.#keeper.park(record, from);
    if (written === 'kept') this.#set([parkedOf(record), ...this.all], true);
    return written;
  }

  async remove(id: string): Promise<void> {
    await this.#keeper.unpark(id);
    this.#set(
      this.all.filter((one) => one.id !== id),
      true,
    );
  }

  /** Forgets what is known; the store is the caller's. */
  forget(): void {
    this.#set(none, false);
  }

  #set(all: readonly Parked[], byUs: boolean): void {
    if (byUs) this.#edition++;
    const before = this.#byDocument;
    const by = new Map<string, readonly Parked[]>();
    for (const one of all) by.set(one.document, [...(by.get(one.document) ?? []), one]);
    for (const [document, those] of by) {
      const known = before.get(document);
      if (known && sameIds(known, those)) by.set(document, known);
    }
    this.all = all;
    this.#byDocument = by;
    const documents = [...before.keys(), ...by.keys()].filter((one) => by.get(one) !== before.get(one));
    this.#changed(new Set(documents), byUs);
  }
}

function sameIds(a: readonly Parked[], b: readonly Parked[]): boolean {
  return a.length === b.length && a.every((one, i) => one.id === b[i]?.id);
}
