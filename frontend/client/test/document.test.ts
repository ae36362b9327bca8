import Delta from 'quill-delta';
import { describe, expect, it, vi } from 'vitest';
import { QuireError } from '../src/error.ts';
import { plain, Scene, type } from './scene.ts';

const refused = { link: 'https://refuse.example/' };

describe('an open document', () => {
  it('has the text, the title and the role, and is saved', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    expect(plain(doc.contents())).toBe('hello\n');
    expect(doc.getSnapshot()).toMatchObject({
      loaded: true,
      title: 'A title',
      role: 'editor',
      revision: 1,
      gone: null,
    });
  });

  it('is saving from the first keystroke, at once, until the server has confirmed it', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    type(doc, 5, '!');
    expect(doc.state).toEqual({ kind: 'saving', edits: 1 });
    const saved = doc.whenSaved();
    await scene.saved(doc);
    await saved;
    expect(scene.text).toBe('hello!\n');
  });

  it('two people type at the same place: both see the same', async () => {
    const scene = new Scene();
    const ada = await scene.open();
    const mara = await scene.open(scene.browser('mara'));
    await scene.saved(ada.doc, mara.doc);
    type(ada.doc, 5, ' ada');
    type(mara.doc, 5, ' mara');
    await scene.saved(ada.doc, mara.doc);
    expect(plain(ada.doc.contents())).toBe(scene.text);
    expect(plain(mara.doc.contents())).toBe(scene.text);
  });

  it('takes back a format outside the table from the editor that shows it', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    let shown = doc.contents();
    doc.on('change', ({ delta, source }) => {
      shown = shown.compose(delta);
      expect(source).toBe('correction');
    });
    const edit = new Delta().retain(1).insert('x', { font: 'serif' }).retain(2, { bold: 'yes' });
    shown = shown.compose(edit);
    doc.edit(edit);
    expect(shown).toEqual(doc.contents());
    await scene.saved(doc);
    expect(scene.server.contents('doc').ops).toEqual([{ insert: 'hxello\n' }]);
  });

  it('tells an editor that drifted, before anything is sent', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    expect(() => doc.edit(new Delta().retain(6).delete(1))).toThrow(QuireError);
    expect(() => doc.edit(new Delta().insert('a').retain(99))).not.toThrow(); // a plain retain at the end says nothing
  });

  it('a large paste goes out in pieces and arrives whole', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    const paste = 'word '.repeat(30_000);
    type(doc, 0, paste);
    await scene.saved(doc);
    expect(scene.text).toBe(`${paste}hello\n`);
    expect(scene.server.log('doc').length).toBeGreaterThan(4);
  });

  it('mounting twice does not open it twice, and the last close leaves', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    expect(page.client.open('doc')).toBe(doc);
    doc.close();
    doc.close();
    const again = page.client.open('doc');
    expect(again).toBe(doc);
    await scene.pass(1_000);
    expect(doc.state.kind).toBe('saved');
    doc.close();
    await scene.pass(1_000);
    expect(page.client.open('doc')).not.toBe(doc);
  });

  it('sends what is unsent after it was closed', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    type(doc, 5, '!');
    doc.close();
    await scene.until(() => page.client.unsentCount === 0);
    expect(scene.text).toBe('hello!\n');
  });

  it('the snapshot is the same object until something changed', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    await scene.pass(2_000);
    const before = [doc.getSnapshot(), page.client.getSnapshot()];
    page.client.connect();
    await scene.pass(60_000);
    expect(doc.getSnapshot()).toBe(before[0]);
    expect(page.client.getSnapshot()).toBe(before[1]);
  });
});

describe('P7: a refused op', () => {
  async function refuse() {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    type(doc, 5, ' refused', refused);
    return { scene, page, doc };
  }

  it('parks in flight and waiting as one, and the editor goes on with the server text', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    let shown = doc.contents();
    doc.on('change', ({ delta }) => {
      shown = shown.compose(delta);
    });
    type(doc, 5, ' one', refused);
    shown = shown.compose(new Delta().retain(5).insert(' one', refused));
    const promise = doc.whenSaved();
    promise.catch(() => {});
    type(doc, 9, ' two');
    shown = shown.compose(new Delta().retain(9).insert(' two'));
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    await expect(promise).rejects.toMatchObject({ code: 'parked' });
    expect(plain(shown)).toBe('hello\n');
    expect(shown).toEqual(doc.contents());
    expect(doc.getSnapshot().parked[0]).toMatchObject({
      text: ' one two',
      reason: 'refused',
      baseRevision: 1,
      edits: 2,
    });
    expect(doc.state.kind).toBe('saved');
    type(doc, 0, 'go on ');
    await scene.saved(doc);
    expect(scene.text).toBe('go on hello\n');
  });

  it('survives a reload, is listed, can be put back and is then gone', async () => {
    const { scene, page } = await refuse();
    await scene.pass(1_000);
    page.crash();
    const { page: next, doc } = await scene.open();
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    expect(next.client.parked().map((one) => one.text)).toEqual([' refused']);
    scene.server.refuses = () => false;
    const sources: string[] = [];
    doc.on('change', ({ source }) => sources.push(source));
    doc.putBack(doc.getSnapshot().parked[0]?.id ?? '', 5);
    await scene.saved(doc);
    await scene.pass(1_000);
    expect(sources).toEqual(['restored']);
    expect(scene.text).toBe('hello refused\n');
    expect(doc.getSnapshot().parked).toEqual([]);
    expect(await scene.laptop.store.parked('ada')).toEqual([]);
  });

  it('stays until its author removes it', async () => {
    const { scene, doc } = await refuse();
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    doc.removeParked(doc.getSnapshot().parked[0]?.id ?? '');
    await scene.pass(1_000);
    expect(await scene.laptop.store.parked('ada')).toEqual([]);
    expect(doc.getSnapshot().parked).toEqual([]);
  });

  it('other pages of the user learn of it', async () => {
    const { scene, doc } = await refuse();
    const other = await scene.open();
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    await scene.until(() => other.doc.getSnapshot().parked.length === 1);
    await scene.until(() => other.page.client.getSnapshot().leftovers.length === 1);
    expect(other.page.client.getSnapshot().leftovers).toEqual([{ document: 'doc', unsent: 0, parked: 1 }]);
  });
});

describe('L9: a server restored from a backup', () => {
  it.each([
    ['another epoch', 'e2'],
    ['the same epoch, but less than was seen', 'e1'],
  ])('with %s: what it lost is parked, the rest is shown anew', async (_, epoch) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    type(doc, 5, ' kept');
    await scene.saved(doc);
    type(doc, 10, ' lost');
    await scene.saved(doc);
    let shown = doc.contents();
    doc.on('change', ({ delta }) => {
      shown = shown.compose(delta);
    });
    scene.cut(page);
    await scene.pass(3_000);
    const unsent = new Delta().retain(15).insert(' unsent');
    shown = shown.compose(unsent);
    doc.edit(unsent);
    scene.server.restore('doc', 1, epoch);
    scene.world.up = true;
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    await scene.saved(doc);
    expect(scene.text).toBe('hello kept\n');
    expect(plain(shown)).toBe('hello kept\n');
    expect(doc.getSnapshot().parked[0]).toMatchObject({ reason: 'restored', text: ' lost unsent' });
    type(doc, 0, 'on ');
    await scene.saved(doc);
    expect(scene.text).toBe('on hello kept\n');
    expect(scene.server.violations).toEqual([]);
  });

  it('edits left over from before are parked, not sent into another history', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    scene.cut(page);
    type(doc, 5, ' unsent');
    await scene.pass(1_000);
    page.crash();
    scene.server.restore('doc', 0, 'e2');
    scene.world.up = true;
    const next = await scene.open();
    await scene.until(() => next.doc.getSnapshot().parked.length === 1);
    expect(next.doc.getSnapshot().parked[0]).toMatchObject({ reason: 'restored', text: ' unsent' });
    expect(scene.text).toBe('hello\n');
  });
});

describe('what the server says about a document', () => {
  const by = { id: 'm', name: 'Mara' };

  it('a new title', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    scene.server.notify('doc', 'ada', { title: 'New', by, at: 5, reason: 'title' });
    await scene.until(() => doc.getSnapshot().title === 'New');
  });

  it('a lowered role: read-only, with who and when; what was pending is parked', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    scene.server.roles.set('ada doc', 'viewer');
    scene.server.notify('doc', 'ada', { role: 'viewer', by, at: 5, reason: 'role' });
    type(doc, 0, 'late ');
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    expect(doc.state).toEqual({ kind: 'read-only', role: 'viewer', edits: 0 });
    expect(doc.getSnapshot().roleChange).toEqual({ from: 'editor', to: 'viewer', by, at: 5 });
    expect(doc.getSnapshot().parked[0]).toMatchObject({ reason: 'role', text: 'late ' });
    expect(scene.text).toBe('hello\n');
  });

  it.each([
    ['access removed', { role: 'none', by, at: 5, reason: 'removed' }, 4501, 'removed'],
    ['in the trash', { role: 'none', trashed: true, by, at: 5, reason: 'trashed' }, 4502, 'trashed'],
    ['deleted for good', { role: 'none', by, at: 5, reason: 'deleted' }, 4502, 'deleted'],
  ])('%s: gone, with what was pending parked, and no way back is tried', async (_, notice, code, reason) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    type(doc, 0, 'late ');
    scene.server.roles.set('ada doc', 'none');
    scene.server.notify('doc', 'ada', notice);
    scene.closeAll(code);
    await scene.until(() => doc.getSnapshot().gone !== null);
    await scene.pass(60_000);
    expect(doc.getSnapshot().gone).toEqual({ reason, by, at: 5 });
    expect(doc.state).toMatchObject({ kind: 'error', reason: 'gone' });
    const found =
      [...scene.text.matchAll(/late/g)].length + page.client.parked().filter((one) => one.text === 'late ').length;
    expect(found).toBe(1);
    expect(page.client.getSnapshot().connection.kind).toBe('stopped');
  });

  it('access to one document removed: the other goes on', async () => {
    const scene = new Scene();
    scene.server.create('other', 'other\n');
    const { page, doc } = await scene.open();
    const other = page.client.open('other');
    await scene.saved(doc, other);
    scene.server.notify('doc', 'ada', { role: 'none', by, at: 5, reason: 'removed' });
    scene.closeAll(4501);
    await scene.until(() => doc.getSnapshot().gone !== null);
    await scene.saved(other);
  });

  it('a document that is not there, or not shared', async () => {
    const scene = new Scene();
    scene.server.roles.set('ada doc', 'none');
    const { doc } = await scene.open();
    expect(doc.getSnapshot().gone).toEqual({ reason: 'not-found', by: null, at: null });
  });
});

describe('other people', () => {
  it('are seen with their carets, which move with every change by themselves', async () => {
    const scene = new Scene();
    const ada = await scene.open();
    const mara = await scene.open(scene.browser('mara'));
    await scene.saved(ada.doc, mara.doc);
    mara.doc.setSelection({ index: 3, length: 2 });
    await scene.until(() => ada.doc.carets()[0]?.range?.index === 3);
    expect(ada.doc.getSnapshot().people).toEqual([{ id: 'mara', name: 'mara', color: 0, guest: false }]);
    type(ada.doc, 0, 'oh ');
    expect(ada.doc.carets()[0]?.range).toEqual({ index: 6, length: 2 });
    await scene.saved(ada.doc);
    await scene.pass(1_000);
    expect(ada.doc.carets()[0]?.range).toEqual({ index: 6, length: 2 });
  });

  it('typing moves the caret for others without a message of its own', async () => {
    const scene = new Scene();
    const ada = await scene.open();
    const mara = await scene.open(scene.browser('mara'));
    mara.doc.setSelection({ index: 5, length: 0 });
    await scene.until(() => ada.doc.carets()[0]?.range?.index === 5);
    const carets = vi.fn();
    ada.doc.on('carets', carets);
    type(mara.doc, 5, '!!');
    mara.doc.setSelection({ index: 7, length: 0 });
    await scene.saved(mara.doc);
    await scene.pass(1_000);
    expect(ada.doc.carets()[0]?.range).toEqual({ index: 7, length: 0 });
    expect(carets).toHaveBeenCalledTimes(1);
  });

  it('go when they close, and are not shown while offline', async () => {
    const scene = new Scene();
    const ada = await scene.open();
    const mara = await scene.open(scene.browser('mara'));
    await scene.until(() => ada.doc.getSnapshot().people.length === 1);
    mara.doc.close();
    await scene.until(() => ada.doc.getSnapshot().people.length === 0);
    const again = await scene.open(scene.browser('mara'));
    await scene.until(() => ada.doc.getSnapshot().people.length === 1);
    scene.cut(ada.page);
    await scene.until(() => ada.doc.getSnapshot().people.length === 0);
    scene.world.up = true;
    again.doc.setSelection({ index: 1, length: 0 });
    await scene.until(() => ada.doc.carets()[0]?.range?.index === 1);
  });
});
