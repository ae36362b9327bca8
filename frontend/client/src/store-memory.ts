import {
  isReplaced,
  type ParkedRecord,
  type QueueRecord,
  type QueueRef,
  type Store,
  type StoreResult,
} from './store.ts';

/** A store that lasts as long as the tab, for browsers that keep nothing. It is also the model against which the IndexedDB store
 * is tested. */
export class MemoryStore implements Store {
  readonly kept = 'tab';
  #queues = new Map<string, QueueRecord>();
  #parked = new Map<string, ParkedRecord>();

  async put(record: QueueRecord): Promise<StoreResult> {
    if (isReplaced(this.#queues.get(record.key), record.owner)) return 'replaced';
    this.#queues.set(record.key, record);
    return 'kept';
  }

  async drop(key: string, owner: string, tombstone: boolean): Promise<StoreResult> {
    return this.#remove(key, owner, tombstone);
  }

  async take(key: string, from: string, by: string): Promise<QueueRecord | null> {
    const found = this.#queues.get(key);
    if (!found || found.owner !== from || found.done) return null;
    const taken = { ...found, owner: by };
    this.#queues.set(key, taken);
    return taken;
  }

  async queues(user: string): Promise<QueueRecord[]> {
    return [...this.#queues.values()].filter((q) => q.user === user && !q.done).sort((a, b) => a.since - b.since);
  }

  async anyUnsent(): Promise<boolean> {
    return [...this.#queues.values()].some((q) => !q.done);
  }

  async park(record: ParkedRecord, from: QueueRef | null): Promise<StoreResult> {
    if (from && this.#remove(from.key, from.owner, from.tombstone) === 'replaced') return 'replaced';
    this.#parked.set(record.id, record);
    return 'kept';
  }

  async parked(user: string): Promise<ParkedRecord[]> {
    return [...this.#parked.values()].filter((p) => p.user === user).sort((a, b) => b.at - a.at);
  }

  async unpark(id: string): Promise<void> {
    this.#parked.delete(id);
  }

  async clear(user: string): Promise<void> {
    for (const [key, q] of this.#queues) if (q.user === user) this.#queues.delete(key);
    for (const [id, p] of this.#parked) if (p.user === user) this.#parked.delete(id);
  }

  close(): void {}

  #remove(key: string, owner: string, tombstone: boolean): StoreResult {
    const found = this.#queues.get(key);
    if (isReplaced(found, owner)) return 'replaced';
    if (found && tombstone) this.#queues.set(key, { ...found, frame: null, inFlight: null, waiting: null, done: true });
    else this.#queues.delete(key);
    return 'kept';
  }
}
