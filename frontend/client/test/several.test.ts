import { afterEach, describe, expect, it, vi } from 'vitest';
import { OpenDocument } from '../src/document.ts';
import type { QuireDocument } from '../src/types.ts';
import { Scene, type } from './scene.ts';

const names = ['doc', 'two', 'three', 'four'];

afterEach(() => vi.restoreAllMocks());

/** A page with several documents open in it, all saved; `heard` and `looked` hold the ids of documents from then on: whose
 * listeners were called, and of which the state was worked out anew. */
async function several() {
  const scene = new Scene();
  for (const name of names.slice(1)) scene.server.create(name, 'hello\n');
  const page = scene.laptop.load();
  const docs = names.map((name) => page.client.open(name));
  await scene.saved(...docs);
  await scene.pass(1_000); // marks are counted
  const heard = new Set<string>();
  for (const doc of docs) doc.subscribe(() => heard.add(doc.getSnapshot().id));
  const looked = new Set<string>();
  const { changed } = OpenDocument.prototype;
  vi.spyOn(OpenDocument.prototype, 'changed').mockImplementation(function (this: OpenDocument) {
    looked.add(this.id);
    changed.call(this);
  });
  const [first, second] = docs as [QuireDocument, QuireDocument];
  return { scene, page, docs, first, second, heard, looked };
}

describe('a page with several documents', () => {
  it('typing in one is told of that one', async () => {
    const { scene, page, second, heard, looked } = await several();
    type(second, 5, '!');
    expect(page.client.getSnapshot().unsentCount).toBe(1);
    await scene.saved(second);
    await scene.pass(1_000);
    expect(page.client.getSnapshot().unsentCount).toBe(0);
    expect([...heard]).toEqual(['two']);
    expect([...looked]).toEqual(['two']);
  });

  it("somebody else's change of one is told of that one", async () => {
    const { scene, second, heard, looked } = await several();
    const other = scene.browser('mara').load().client.open('two');
    await scene.saved(other);
    type(other, 0, 'a');
    await scene.until(() => second.getSnapshot().revision === 2);
    await scene.pass(1_000);
    expect([...heard]).toEqual(['two']);
    expect([...looked]).toEqual(['two']);
  });

  it('text of one that is parked, and taken away again, is told of that one', async () => {
    const { scene, second, heard, looked } = await several();
    type(second, 5, '!', { link: 'https://refuse.example/' });
    await scene.until(() => second.getSnapshot().parked.length === 1);
    second.removeParked(second.getSnapshot().parked[0]?.id ?? '');
    await scene.until(() => second.getSnapshot().parked.length === 0);
    await scene.pass(1_000);
    expect([...heard]).toEqual(['two']);
    expect([...looked]).toEqual(['two']);
  });

  it('one that is closed says nothing of the others', async () => {
    const { scene, first, looked } = await several();
    first.close();
    await scene.pass(1_000);
    expect([...looked]).toEqual([]);
  });

  it('what concerns the connection is told of all', async () => {
    const { scene, page, docs, heard } = await several();
    scene.cut(page);
    await scene.until(() => docs.every((doc) => doc.state.kind === 'offline'));
    await scene.pass(0);
    expect([...heard].sort()).toEqual([...names].sort());
  });
});
