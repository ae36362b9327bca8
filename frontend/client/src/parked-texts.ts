import type { FallbackStore, WriteResult } from './fallback-store.ts';
import { parkedFromRecord } from './parked.ts';
import type { ParkedRecord, QueueRef } from './store.ts';
import type { Parked } from './types.ts';

const none: readonly Parked[] = [];

/** The user's parked texts as the store has them: read at the start and whenever another page changed them, and updated with what
 * this page parks or removes. */
export class ParkedTexts {
  all: readonly Parked[] = none;
  readonly #store: FallbackStore;
  readonly #changed: (documents: ReadonlySet<string>, byUs: boolean) => void;
  #byDocument = new Map<string, readonly Parked[]>();
  /** Counts our own changes, so that a read under way does not undo them. */
  #edition = 0;

  /** `changed` is called with the documents whose parked texts changed, and whether this page changed them. */
  constructor(store: FallbackStore, changed: (documents: ReadonlySet<string>, byUs: boolean) => void) {
    this.#store = store;
    this.#changed = changed;
  }

  /** Returns a document's parked texts: the same array until they change. */
  of(document: string): readonly Parked[] {
    return this.#byDocument.get(document) ?? none;
  }

  /** Reads the store. */
  async read(user: string): Promise<void> {
    for (;;) {
      const edition = this.#edition;
      const found = await this.#store.parked(user);
      if (edition === this.#edition) return this.#set(found.map(parkedFromRecord), false);
    }
  }

  async add(record: ParkedRecord, from: QueueRef | null): Promise<WriteResult> {
    const written = await this.#store.park(record, from);
    if (written === 'kept') this.#set([parkedFromRecord(record), ...this.all], true);
    return written;
  }

  async remove(id: string): Promise<void> {
    await this.#store.unpark(id);
    this.#set(
      this.all.filter((one) => one.id !== id),
      true,
    );
  }

  /** Forgets all texts here, but leaves the store alone. */
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
