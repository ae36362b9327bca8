import type { Environment } from './environment.ts';
import type { ParkedRecord, QueueRecord, QueueRef, Store, StoreResult } from './store.ts';
import { openIndexedDb } from './store-indexeddb.ts';
import { MemoryStore } from './store-memory.ts';
import type { Kept } from './types.ts';

/** `failed`: nothing was written. The page goes on and sends its edits all the same. */
export type WriteResult = StoreResult | 'failed';

/** A write that takes longer than this, ms, may never end. Until it does, edits count as kept in this tab only. */
const slowWrite = 3_000;

/** The store as the rest of the client uses it: it never rejects (except `clear`), and falls back to memory where the browser
 * keeps nothing. */
export class FallbackStore {
  /** Where the last write ended up. */
  kept: Kept = 'device';
  #env: Environment;
  #store: Promise<Store>;
  /** Holds parked text that the store failed to take. */
  #spare = new MemoryStore();
  #keptChanged: () => void;

  constructor(env: Environment, name: string, keptChanged: () => void, store?: Store) {
    this.#env = env;
    this.#keptChanged = keptChanged;
    this.#store = this.#open(name, store);
  }

  put(record: QueueRecord): Promise<WriteResult> {
    return this.#write((store) => store.put(record));
  }

  drop(key: string, owner: string, tombstone: boolean): Promise<WriteResult> {
    return this.#write((store) => store.drop(key, owner, tombstone));
  }

  async take(key: string, from: string, by: string): Promise<QueueRecord | null> {
    return (await this.#store).take(key, from, by).catch(() => null);
  }

  async queues(user: string): Promise<QueueRecord[]> {
    return (await this.#store).queues(user).catch(() => []);
  }

  async anyUnsent(): Promise<boolean> {
    return (await this.#store).anyUnsent().catch(() => false);
  }

  async park(record: ParkedRecord, from: QueueRef | null): Promise<StoreResult> {
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
    const store = given ?? (await this.#openDevice(name));
    this.#setKept(store.kept);
    return store;
  }

  async #openDevice(name: string): Promise<Store> {
    const factory = this.#env.indexedDB;
    if (!factory) return new MemoryStore();
    return openIndexedDb(factory, name, this.#env.now()).catch(() => new MemoryStore());
  }

  async #write(work: (store: Store) => Promise<StoreResult>): Promise<WriteResult> {
    const store = await this.#store;
    const timer = this.#env.setTimeout(() => this.#setKept('tab'), slowWrite);
    const written = await work(store).catch((): WriteResult => 'failed');
    this.#env.clearTimeout(timer);
    this.#setKept(written === 'failed' ? 'tab' : store.kept);
    return written;
  }

  #setKept(kept: Kept): void {
    if (this.kept === kept) return;
    this.kept = kept;
    this.#keptChanged();
  }
}
