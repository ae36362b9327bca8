import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it } from 'vitest';
import type { ParkedRecord, QueueRecord, Store } from './store.ts';
import { tombstoneLifetime } from './store.ts';
import { openIndexedDb } from './store-indexeddb.ts';
import { MemoryStore } from './store-memory.ts';

const queue = (more: Partial<QueueRecord> = {}): QueueRecord => ({
  key: 'a/doc',
  owner: 'a',
  user: 'ada',
  document: 'doc',
  title: 'Title',
  epoch: 'e',
  revision: 3,
  frame: { text: '{"a":"op"}', src: 's', seq: 1 },
  inFlight: [{ insert: '\ud83d' }],
  waiting: [{ insert: 'b' }],
  edits: 2,
  since: 10,
  at: 20,
  ...more,
});

const parked = (more: Partial<ParkedRecord> = {}): ParkedRecord => ({
  id: 'p1',
  user: 'ada',
  document: 'doc',
  title: 'Title',
  ops: [{ insert: 'lost' }],
  baseRevision: 3,
  edits: 1,
  at: 30,
  reason: 'refused',
  detail: '',
  ...more,
});

describe.each<[string, () => Promise<Store>]>([
  ['in memory', async () => new MemoryStore()],
  ['in IndexedDB', () => openIndexedDb(new IDBFactory(), 'quire test', 0)],
])('a store %s', (_, open) => {
  it('gives back what was put, as it was', async () => {
    const store = await open();
    expect(await store.put(queue())).toBe('kept');
    expect(await store.queues('ada')).toEqual([queue()]);
    expect(await store.anyUnsent()).toBe(true);
  });

  it('never shows one user what another wrote', async () => {
    const store = await open();
    await store.put(queue());
    await store.park(parked(), null);
    expect(await store.queues('mara')).toEqual([]);
    expect(await store.parked('mara')).toEqual([]);
  });

  it('P2: lets a page write only what is its own', async () => {
    const store = await open();
    await store.put(queue());
    expect(await store.take('a/doc', 'a', 'b')).toEqual(queue({ owner: 'b' }));
    expect(await store.put(queue({ revision: 4 }))).toBe('replaced');
    expect(await store.drop('a/doc', 'a', false)).toBe('replaced');
    expect(await store.park(parked(), { key: 'a/doc', owner: 'a', tombstone: false })).toBe('replaced');
    expect(await store.queues('ada')).toEqual([queue({ owner: 'b' })]);
    expect(await store.parked('ada')).toEqual([]);
  });

  it('P2: of two pages that want the same queue, one gets it', async () => {
    const store = await open();
    await store.put(queue());
    const both = await Promise.all([store.take('a/doc', 'a', 'b'), store.take('a/doc', 'a', 'c')]);
    expect(both.map((one) => one?.owner)).toEqual(['b', undefined]);
  });

  it('a queue that was taken over and finished leaves a mark for its first owner', async () => {
    const store = await open();
    await store.put(queue());
    await store.take('a/doc', 'a', 'b');
    expect(await store.drop('a/doc', 'b', true)).toBe('kept');
    expect(await store.queues('ada')).toEqual([]);
    expect(await store.anyUnsent()).toBe(false);
    expect(await store.put(queue())).toBe('replaced');
    expect(await store.take('a/doc', 'b', 'c')).toBe(null);
  });

  it('writes again what the browser cleared', async () => {
    const store = await open();
    expect(await store.drop('a/doc', 'a', false)).toBe('kept');
    expect(await store.put(queue())).toBe('kept');
  });

  it('P7: parks and empties the queue at once', async () => {
    const store = await open();
    await store.put(queue());
    expect(await store.park(parked(), { key: 'a/doc', owner: 'a', tombstone: false })).toBe('kept');
    expect(await store.queues('ada')).toEqual([]);
    expect(await store.parked('ada')).toEqual([parked()]);
    await store.unpark('p1');
    expect(await store.parked('ada')).toEqual([]);
  });

  it('lists the oldest queue first and the newest parked text first', async () => {
    const store = await open();
    await store.put(queue({ key: 'a/2', since: 5 }));
    await store.put(queue({ key: 'a/1', since: 9 }));
    await store.park(parked({ id: 'old', at: 1 }), null);
    await store.park(parked({ id: 'new', at: 2 }), null);
    expect((await store.queues('ada')).map((one) => one.key)).toEqual(['a/2', 'a/1']);
    expect((await store.parked('ada')).map((one) => one.id)).toEqual(['new', 'old']);
  });

  it("clears one user's text and leaves the others'", async () => {
    const store = await open();
    await store.put(queue());
    await store.put(queue({ key: 'b/doc', user: 'mara' }));
    await store.park(parked(), null);
    await store.park(parked({ id: 'p2', user: 'mara' }), null);
    await store.clear('ada');
    expect(await store.queues('ada')).toEqual([]);
    expect(await store.parked('ada')).toEqual([]);
    expect(await store.queues('mara')).toHaveLength(1);
    expect(await store.parked('mara')).toHaveLength(1);
  });
});

describe('IndexedDB', () => {
  it('keeps text over page loads, and marks no longer than a frozen page can live', async () => {
    const factory = new IDBFactory();
    const first = await openIndexedDb(factory, 'quire test', 0);
    await first.put(queue());
    await first.put(queue({ key: 'b/doc', owner: 'b' }));
    await first.drop('b/doc', 'b', true);
    first.close();
    const second = await openIndexedDb(factory, 'quire test', 20 + tombstoneLifetime);
    expect(await second.queues('ada')).toEqual([queue()]);
    expect(await second.put(queue({ key: 'b/doc', owner: 'c' }))).toBe('replaced');
    second.close();
    const third = await openIndexedDb(factory, 'quire test', 21 + tombstoneLifetime);
    expect(await third.put(queue({ key: 'b/doc', owner: 'c' }))).toBe('kept');
  });

  it('rejects, and does not throw, once it is closed', async () => {
    const store = await openIndexedDb(new IDBFactory(), 'quire test', 0);
    store.close();
    await expect(store.put(queue())).rejects.toThrow();
  });
});
