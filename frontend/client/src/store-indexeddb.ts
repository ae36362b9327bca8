import {
  isReplaced,
  type ParkedRecord,
  type QueueRecord,
  type QueueRef,
  type Store,
  type StoreResult,
  tombstoneLifetime,
} from './store.ts';

/** How long a browser may take to open its database, ms. Some never answer; the page then goes on without one. */
const openTimeout = 3_000;

/** Opens the store. Rejects when this browser keeps nothing: private windows, blocked storage, a full disk. `now` is in ms since
 * 1970. */
export async function openIndexedDb(factory: IDBFactory, name: string, now: number): Promise<Store> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('queues', { keyPath: 'key' }).createIndex('user', 'user');
    request.result.createObjectStore('parked', { keyPath: 'id' }).createIndex('user', 'user');
  };
  const db = await inTime(request);
  // A newer build wants to change the tables: let it. This page's writes fail from then on, and it says "this tab only".
  db.onversionchange = () => db.close();
  const store = new IndexedDbStore(db);
  await store.sweep(now);
  return store;
}

/** The queues and parked texts of all users of this browser, in IndexedDB. */
class IndexedDbStore implements Store {
  readonly kept = 'device';
  #db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.#db = db;
  }

  put(record: QueueRecord): Promise<StoreResult> {
    return this.#write(['queues'], (queues, settle) => {
      whenRead<QueueRecord>(queues.get(record.key), (found) => {
        if (isReplaced(found, record.owner)) return settle('replaced');
        queues.put(record);
        settle('kept');
      });
    });
  }

  drop(key: string, owner: string, tombstone: boolean): Promise<StoreResult> {
    return this.#write(['queues'], (queues, settle) => remove(queues, key, owner, tombstone, settle));
  }

  take(key: string, from: string, by: string): Promise<QueueRecord | null> {
    return this.#write(['queues'], (queues, settle) => {
      whenRead<QueueRecord>(queues.get(key), (found) => {
        if (!found || found.owner !== from || found.done) return settle(null);
        const taken = { ...found, owner: by };
        queues.put(taken);
        settle(taken);
      });
    });
  }

  async queues(user: string): Promise<QueueRecord[]> {
    const all = await this.#read<QueueRecord[]>('queues', (queues) => queues.index('user').getAll(user));
    return all.filter((queue) => !queue.done).sort((a, b) => a.since - b.since);
  }

  async anyUnsent(): Promise<boolean> {
    const all = await this.#read<QueueRecord[]>('queues', (queues) => queues.getAll());
    return all.some((queue) => !queue.done);
  }

  park(record: ParkedRecord, from: QueueRef | null): Promise<StoreResult> {
    return this.#write(['queues', 'parked'], (queues, settle, parked) => {
      const then = (outcome: StoreResult) => {
        if (outcome === 'kept') parked?.put(record);
        settle(outcome);
      };
      if (from) remove(queues, from.key, from.owner, from.tombstone, then);
      else then('kept');
    });
  }

  async parked(user: string): Promise<ParkedRecord[]> {
    const all = await this.#read<ParkedRecord[]>('parked', (parked) => parked.index('user').getAll(user));
    return all.sort((a, b) => b.at - a.at);
  }

  unpark(id: string): Promise<void> {
    return this.#write(['parked'], (parked, settle) => {
      parked.delete(id);
      settle(undefined);
    });
  }

  clear(user: string): Promise<void> {
    return this.#write(['queues', 'parked'], (queues, settle, parked) => {
      for (const store of [queues, parked as IDBObjectStore]) {
        whenRead<IDBValidKey[]>(store.index('user').getAllKeys(user), (keys) => {
          for (const key of keys ?? []) store.delete(key);
        });
      }
      settle(undefined);
    });
  }

  close(): void {
    this.#db.close();
  }

  /** Removes tombstones that are older than any page that could still look for them. */
  sweep(now: number): Promise<void> {
    return this.#write(['queues'], (queues, settle) => {
      whenRead<QueueRecord[]>(queues.getAll(), (all) => {
        for (const queue of all ?? []) if (queue.done && queue.at < now - tombstoneLifetime) queues.delete(queue.key);
        settle(undefined);
      });
    });
  }

  /** Runs `work` in one read-write transaction. Resolves once that is committed, with the value that `work` passed to `settle`. */
  #write<T>(
    names: ('queues' | 'parked')[],
    work: (first: IDBObjectStore, settle: (value: T) => void, second?: IDBObjectStore) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction(names, 'readwrite');
      let outcome: T;
      transaction.oncomplete = () => resolve(outcome);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave the transaction up'));
      const [first, second] = names.map((name) => transaction.objectStore(name));
      work(
        first as IDBObjectStore,
        (value) => {
          outcome = value;
        },
        second,
      );
    });
  }

  #read<T>(name: 'queues' | 'parked', ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#db.transaction(name, 'readonly');
      const request = ask(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave the transaction up'));
    });
  }
}

function remove(
  queues: IDBObjectStore,
  key: string,
  owner: string,
  tombstone: boolean,
  settle: (outcome: StoreResult) => void,
): void {
  whenRead<QueueRecord>(queues.get(key), (found) => {
    if (isReplaced(found, owner)) return settle('replaced');
    if (found && tombstone) queues.put({ ...found, frame: null, inFlight: null, waiting: null, done: true });
    else queues.delete(key);
    settle('kept');
  });
}

/** A callback, not a promise: in some browsers the transaction would be over before a promise resolves. */
function whenRead<T>(request: IDBRequest, then: (value: T | undefined) => void): void {
  request.onsuccess = () => then(request.result);
}

function inTime(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the browser did not open its database')), openTimeout);
    request.onsuccess = () => {
      clearTimeout(timer);
      resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error);
    };
  });
}
