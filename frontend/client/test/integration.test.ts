import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QuireError } from '../src/error.ts';
import { createRest } from '../src/rest.ts';
import { becomes, RealServer, Someone } from './real-server.ts';
import { plain, type } from './scene.ts';

const bin = process.env.QUIRE_FULL === '1' ? process.env.QUIRE_BIN : undefined;
if (!bin) console.log('skipped: the real server, which needs QUIRE_FULL=1 and QUIRE_BIN');

const picture = new Blob(
  [
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  ],
  { type: 'image/png' },
);

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

  it('REST sends and reads each media type as what it is', async () => {
    const rest = ada.rest();
    const path = { id: (await rest.POST('/documents', { body: { title: 'Typed', text: 'one\n' } })).data?.id ?? '' };
    const query = { format: 'text' } as const;
    const read = await rest.GET('/documents/{id}/content', { params: { path, query } });
    expect(read.data).toBe('one\n');
    const header = { 'If-Match': read.response.headers.get('etag') ?? '' };
    const put = await rest.PUT('/documents/{id}/content', { params: { path, header }, body: 'plain “text”\n' });
    expect(put.data?.revision).toBe(2);
    expect(await rest.text(path.id)).toEqual({ text: 'plain “text”\n', etag: '"r2"' });

    const whole = await rest.GET('/documents/{id}/content', { params: { path } });
    expect(whole.data).toMatchObject({ ops: [{ insert: 'plain “text”\n' }] });
    const ops = { ops: [{ insert: 'as ops\n' }] };
    expect(
      (await rest.PUT('/documents/{id}/content', { params: { path, header: { 'If-Match': '"r2"' } }, body: ops }))
        .error,
    ).toBe(undefined);
    expect(await rest.setText(path.id, 'as text\n', '"r3"')).toMatchObject({ revision: 4 });
    expect(await rest.setText(path.id, 'as ops, merged\n', '"r3"')).toMatchObject({ revision: 5 });
    expect((await rest.text(path.id)).text).toBe('as text, merged\n');

    expect((await rest.PUT('/me/picture', { body: picture as never })).error).toBe(undefined);
    const shown = await rest.GET('/users/{id}/picture', { params: { path: { id: ada.id } } });
    expect(shown.data).toBeInstanceOf(Blob);
    expect(((await rest.GET('/me/export')).data as unknown as Blob).type).toBe('application/zip');
  });

  it('REST rejects with what the server says', async () => {
    const rest = ada.rest();
    const none = rest.text('nothing-here');
    await expect(none).rejects.toThrow(QuireError);
    await expect(none).rejects.toMatchObject({ code: 'not-found', problem: { status: 404 } });
    await expect(rest.setText(document, 'x', 'not an etag')).rejects.toMatchObject({
      code: 'refused',
      problem: { status: 412 },
    });
    expect((await rest.GET('/documents/{id}', { params: { path: { id: 'nothing-here' } } })).error).toMatchObject({
      status: 404,
    });
    const nowhere = createRest({ url: 'http://127.0.0.1:1' });
    await expect(nowhere.text('any')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('REST writes an empty text, and takes no body that JSON would make {} of', async () => {
    const rest = ada.rest();
    const made = await rest.POST('/documents', { body: { title: 'Bodies', text: 'kept' } });
    const path = { id: made.data?.id ?? '' };
    const body = (of: unknown) => of as never; // what the compiler would refuse
    for (const wrong of [new ReadableStream(), new Map([['ops', []]]), new Set(), () => 1, new Date(Number.NaN)]) {
      const put = rest.PUT('/documents/{id}/content', { params: { path }, body: body(wrong) });
      if (wrong instanceof Date)
        await put; // says null, as JSON does, which the server refuses
      else await expect(put).rejects.toMatchObject({ code: 'bad-option' });
    }
    const form = { params: { path }, headers: { 'if-match': '*' }, body: body(new URLSearchParams('a=b')) };
    expect((await rest.PUT('/documents/{id}/content', form)).response.status).toBe(415);
    const { text, etag } = await rest.text(path.id);
    expect(text).toBe('kept\n');
    await rest.setText(path.id, '', etag);
    expect((await rest.text(path.id)).text).toBe('\n');
  });

  it('REST tells why the page gave no token', async () => {
    const refuses = {
      kind: 'token',
      token: () => Promise.reject({ status: 403, message: 'our app says no' }),
    } as const;
    await expect(createRest({ url: server.url, auth: refuses }).text('any')).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('people come with picture and guest, as in REST, and with a new picture at once', async () => {
    const { id } = await (await ada.call('POST', '/documents', { title: 'Seen', text: '' })).json();
    const link = await (await ada.call('POST', `/documents/${id}/links`, { role: 'viewer' })).json();
    const token = link.url.split('/s/')[1];
    await mara.call('POST', '/links/claim', { token });
    const tom = await new Someone(server).visit(token, 'Tomás');
    const [a, m, t] = [ada.page(), mara.page(), tom.page()];
    const [docA, docM] = [a.client.open(id), m.client.open(id)];
    await t.client.open(id).whenLoaded();
    const seen = (id: string) => docM.getSnapshot().people.find((person) => person.id === id);
    await becomes(docM, () => seen(ada.id) !== undefined && seen(tom.id) !== undefined);
    expect(seen(tom.id)).toMatchObject({ name: 'Tomás', guest: true });
    expect(seen(ada.id)).toMatchObject({ name: 'ada', guest: false });
    expect((await ada.rest().PUT('/me/picture', { body: picture as never })).error).toBe(undefined);
    const { data } = await ada.rest().GET('/me');
    await becomes(docM, () => seen(ada.id)?.picture === data?.picture);
    await ada.rest().DELETE('/me/picture');
    await becomes(docM, () => seen(ada.id)?.picture === undefined);
    expect(
      docA
        .getSnapshot()
        .people.map((person) => person.guest)
        .sort(),
    ).toEqual([false, true]);
    for (const page of [a, m, t]) page.client.close();
  });
});
