import type { Environment } from './environment.ts';
import type { Outcome, ParkedRecord, QueueRecord, Store } from './store.ts';
import { openIndexedDb } from './store-indexeddb.ts';
import { MemoryStore } from './store-memory.ts';
import type { Kept } from './types.ts';

/** `failed`: nothing was written, and the page goes on: sending matters more than keeping. */
export type Written = Outcome | 'failed';

/** A write that takes longer than this may never end: until it does, nothing counts as kept. */
const patience = 3_000;

/** The store as the queues use it: never rejects, and falls back to the tab's own memory where the browser keeps nothing. */
export class Keeper {
  /** Whether the last write reached the device. */
  kept: Kept = 'device';
  #env: Environment;
  #store: Promise<Store>;
  /** For parked text that the store would not take. */
  #spare = new MemoryStore();
  #changed: () => void;

  constructor(env: Environment, name: string, changed: () => void, store?: Store) {
    this.#env = env;
    this.#changed = changed;
    this.#store = this.#open(name, store);
  }

  put(record: QueueRecord): Promise<Written> {
    return this.#write((store) => store.put(record));
  }

  drop(key: string, owner: string, mark: boolean): Promise<Written> {
    return this.#write((store) => store.drop(key, owner, mark));
  }

  async take(key: string, from: string, by: string): Promise<QueueRecord | null> {
    return (await this.#store).take(key, from, by).catch(() => null);
  }

  async queues(user: string): Promise<QueueRecord[]> {
    return (await this.#store).queues(user).catch(() => []);
  }

  async any(): Promise<boolean> {
    return (await this.#store).any().catch(() => false);
  }

  async park(record: ParkedRecord, from: { key: string; owner: string; mark: boolean } | null): Promise<Outcome> {
    const written = await this.#write((store) => store.park(record, from));
    if (written !== 'failed') return written;
    return this.#spare.park(record, null);
  }

  async parked(user: string): Promise<ParkedRecord[]> {
    const stored = await (await this.#store).parked(user).catch(() => []);
    return [...(await this.#spare.parked(user)), ...stored];
  }

  async unpark(id: string): Promise<void> {
    await this.#spare.unpark(id);
    await this.#write((store) => store.unpark(id).then(() => 'kept'));
  }

  async clear(user: string): Promise<void> {
    await this.#spare.clear(user);
    await (await this.#store).clear(user);
  }

  async close(): Promise<void> {
    (await this.#store).close();
  }

  async #open(name: string, given?: Store): Promise<Store> {
    const store = given ?? (await this.#device(name));
    this.#tell(store.kept);
    return store;
  }

  async #device(name: string): Promise<Store> {
    const factory = this.#env.indexedDB;
    if (!factory) return new MemoryStore();
    return openIndexedDb(factory, name, this.#env.now()).catch(() => new MemoryStore());
  }

  async #write(work: (store: Store) => Promise<Outcome>): Promise<Written> {
    const store = await this.#store;
    const timer = this.#env.setTimeout(() => this.#tell('tab'), patience);
    const written = await work(store).catch((): Written => 'failed');
    this.#env.clearTimeout(timer);
    this.#tell(written === 'failed' ? 'tab' : store.kept);
    return written;
  }

  #tell(kept: Kept): void {
    if (this.kept === kept) return;
    this.kept = kept;
    this.#changed();
  }
}
