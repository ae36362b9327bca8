import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { becomes, RealServer, Someone } from './real-server.ts';
import { plain, type } from './scene.ts';

const bin = process.env.QUIRE_FULL === '1' ? process.env.QUIRE_BIN : undefined;
if (!bin) console.log('skipped: the real server, which needs QUIRE_FULL=1 and QUIRE_BIN');

describe.skipIf(!bin)('with the real server', { timeout: 60_000 }, () => {
  const server = new RealServer(bin ?? '');
  const ada = new Someone(server);
  const mara = new Someone(server);
  let document = '';

  beforeAll(async () => {
    await server.start();
    await ada.signUp('ada');
    await mara.signUp('mara');
    document = (await (await ada.call('POST', '/documents', { title: 'Plan', text: 'hello\n' })).json()).id;
    const link = await (await ada.call('POST', `/documents/${document}/links`, { role: 'editor' })).json();
    await mara.call('POST', '/links/claim', { token: link.url.split('/s/')[1] });
  });
  afterAll(() => server.stop());

  it('P4: two people type at once, and both have what the server has', async () => {
    const [a, m] = [ada.page(), mara.page()];
    const [docA, docM] = [a.client.open(document), m.client.open(document)];
    await Promise.all([docA.whenLoaded(), docM.whenLoaded()]);
    await becomes(docA, () => docA.getSnapshot().people.length === 1);
    expect(docA.getSnapshot()).toMatchObject({ title: 'Plan', role: 'owner' });
    expect(docM.getSnapshot()).toMatchObject({ title: 'Plan', role: 'editor' });
    for (let i = 0; i < 100; i++) {
      type(docA, 0, 'a');
      type(docM, 0, 'm');
      if (i % 10 === 0) await Promise.race([docA.whenSaved(), docM.whenSaved()]);
    }
    await Promise.all([docA.whenSaved(), docM.whenSaved()]);
    const text = await ada.text(document);
    await becomes(docA, () => plain(docA.contents()) === text);
    await becomes(docM, () => plain(docM.contents()) === text);
    expect([...text].sort().join('').trim()).toBe(`${'a'.repeat(100)}ehll${'m'.repeat(100)}o`);
    a.client.close();
    m.client.close();
  });

  it('P1 P2: kill -9 of the server while somebody types: everything arrives exactly once', async () => {
    const page = ada.page();
    const doc = page.client.open(document);
    await doc.whenLoaded();
    const before = await ada.text(document);
    for (let i = 0; i < 40; i++) {
      type(doc, 0, String.fromCharCode(0x4e00 + i));
      if (i === 20) {
        await doc.whenKept();
        await server.kill();
        await becomes(doc, () => doc.state.kind === 'offline');
      }
      if (i === 30) await server.start();
    }
    await doc.whenSaved();
    const typed = Array.from({ length: 40 }, (_, i) => String.fromCharCode(0x4e00 + 39 - i)).join('');
    expect(await ada.text(document)).toBe(typed + before);
    page.client.close();
  });

  it('P2 P7: a page that dies with text unsent, or sent and unanswered: the next page sends it, once', async () => {
    const before = await ada.text(document);
    const page = ada.page();
    const doc = page.client.open(document);
    await doc.whenLoaded();
    await becomes(doc, () => doc.state.kind === 'saved');
    type(doc, 0, '1');
    await doc.whenKept(); // its frame is leaving now
    type(doc, 1, '2');
    await doc.whenKept();
    page.crash();
    const next = ada.page();
    await becomes(next.client, () => next.client.getSnapshot().connection.kind === 'online');
    const again = next.client.open(document);
    await again.whenLoaded();
    await becomes(again, () => plain(again.contents()) === `12${before}`);
    await becomes(next.client, () => next.client.unsentCount === 0);
    expect(await ada.text(document)).toBe(`12${before}`);
    next.client.close();
  });

  it('W4: a large paste arrives whole', async () => {
    const page = ada.page();
    const doc = page.client.open(document);
    await doc.whenLoaded();
    const before = await ada.text(document);
    const paste = 'é😀 and more\n'.repeat(40_000);
    type(doc, 0, paste);
    await doc.whenSaved();
    expect((await ada.text(document)) === paste + before).toBe(true);
    page.client.close();
  });

  it('P7 P10: a lowered role is told at once, and what was refused is parked', async () => {
    const page = mara.page();
    const doc = page.client.open(document);
    await doc.whenLoaded();
    await becomes(doc, () => doc.state.kind === 'saved');
    await ada.call('PATCH', `/documents/${document}/members/${mara.id}`, { role: 'viewer' });
    await becomes(doc, () => doc.state.kind === 'read-only');
    expect(doc.getSnapshot().roleChange).toMatchObject({ from: 'editor', to: 'viewer', by: { name: 'ada' } });
    type(doc, 0, 'not any more');
    await becomes(doc, () => doc.getSnapshot().parked.length === 1);
    expect(doc.getSnapshot().parked[0]).toMatchObject({ reason: 'role', text: 'not any more' });
    await ada.call('DELETE', `/documents/${document}/members/${mara.id}`);
    await becomes(doc, () => doc.getSnapshot().gone !== null);
    expect(doc.getSnapshot().gone).toMatchObject({ reason: 'removed', by: { name: 'ada' } });
    page.client.close();
  });
});
