import type { ParkedRecord, QueueRecord, QueueRef, Store } from '../src/store.ts';
import type { MemoryStore } from '../src/store-memory.ts';
import type { PageModel } from './page-model.ts';

/** The browser's store as one page sees it: a transaction commits at one step of the world, and the page learns of it at a later one.
 * A page that dies in between never does. */
export class SlowStore implements Store {
  readonly kept = 'device';
  readonly #page: PageModel;

  constructor(page: PageModel) {
    this.#page = page;
  }

  put = (record: QueueRecord) =>
    this.#later(async (store) => {
      const outcome = await store.put(structuredClone(record));
      if (outcome === 'kept') this.#page.browser.note(record);
      return outcome;
    });
  drop = (key: string, owner: string, tombstone: boolean) => this.#later((store) => store.drop(key, owner, tombstone));
  take = (key: string, from: string, by: string) => this.#later((store) => store.take(key, from, by));
  queues = (user: string) => this.#later((store) => store.queues(user));
  anyUnsent = () => this.#later((store) => store.anyUnsent());
  park = (record: ParkedRecord, from: QueueRef | null) =>
    this.#later(async (store) => {
      const outcome = await store.park(structuredClone(record), from);
      if (outcome === 'kept') this.#page.browser.note(record);
      return outcome;
    });
  parked = (user: string) => this.#later((store) => store.parked(user));
  unpark = (id: string) => this.#later((store) => store.unpark(id));
  clear = (user: string) => this.#later((store) => store.clear(user));
  close(): void {}

  #later<T>(work: (store: MemoryStore) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#page.commits.push(() => {
        work(this.#page.browser.store).then(
          (value) => this.#page.tell(() => resolve(value)),
          (error) => this.#page.tell(() => reject(error)),
        );
      });
    });
  }
}
