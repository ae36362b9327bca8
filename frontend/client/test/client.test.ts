import { IDBFactory } from 'fake-indexeddb';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../src/client.ts';
import { Scene, type } from './scene.ts';
import { settle } from './world.ts';

describe('W3: when the connection goes', () => {
  it.each([4000, 4001, 4002, 4003, 4004, 4005, 4006, 1006, 1011])(
    'after %i it comes back and keeps everything',
    async (code) => {
      const scene = new Scene();
      const { page, doc } = await scene.open();
      type(doc, 5, '!');
      scene.closeAll(code);
      await scene.until(() => page.client.getSnapshot().connection.kind === 'offline');
      type(doc, 6, '?');
      await scene.saved(doc);
      expect(scene.text).toBe('hello!?\n');
      expect(scene.server.violations).toEqual([]);
    },
  );

  it.each([
    [4500, 'signed-out', 'signed-out'],
    [4503, 'protocol', 'protocol'],
    [4504, 'unsupported', 'protocol'],
  ])('after %i it does not come back by itself, and keeps everything', async (code, reason, shown) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.closeAll(code);
    await scene.until(() => page.client.getSnapshot().connection.kind === 'stopped');
    type(doc, 5, '!');
    await scene.pass(300_000);
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason });
    expect(doc.state).toEqual({ kind: 'error', reason: shown, edits: 1, kept: 'device' });
    page.client.connect();
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
  });

  it('asks who it is when an upgrade fails, and may be signed out', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.laptop.user = '';
    for (const link of page.link) link.break();
    await scene.until(() => page.client.getSnapshot().connection.kind === 'stopped');
    expect(doc.state).toMatchObject({ kind: 'error', reason: 'signed-out' });
    const asked = scene.world.sockets.length;
    await scene.pass(600_000);
    expect(scene.world.sockets.length).toBe(asked);
  });

  it.each([
    [429, 'too-many-requests'],
    [503, 'unavailable'],
    [400, 'timeout'], // the kind decides, whatever the status
  ])('and a problem of %i, %s, means later, as late as it says', async (status, kind) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.laptop.user = '';
    const body = { type: `urn:quire:problem:${kind}`, title: 'Not now', status, detail: 'Come back.' };
    scene.world.rest.set('/me', { status, body, headers: { 'retry-after': '20' } });
    for (const link of page.link) link.break();
    await scene.until(() => (page.client.getSnapshot().connection as { reason?: string }).reason === 'unavailable');
    type(doc, 5, '!');
    expect(doc.state).toMatchObject({ kind: 'error', reason: 'unavailable', edits: 1 });
    const asked = scene.world.sockets.length;
    await scene.pass(15_000);
    expect(scene.world.sockets.length).toBe(asked);
    scene.laptop.user = 'ada';
    await scene.saved(doc);
  });

  it.each([401, 403, 404, 429, 502])('a page of something in between with %i is no word of Quire’s', async (status) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.laptop.user = '';
    scene.world.rest.set('/me', { status });
    for (const link of page.link) link.break();
    const state = () =>
      page.client.getSnapshot().connection as { kind: string; error?: { code: string; message: string } };
    await scene.until(() => state().error?.code === 'foreign');
    expect(state().kind).not.toBe('stopped');
    expect(state().error?.message).toContain(`answered in Quire’s place (${status})`);
    type(doc, 5, '!');
    scene.world.rest.delete('/me');
    scene.laptop.user = 'ada';
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
  });

  it('no answer at all means offline, with what is kept and since when', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.cut(page);
    await scene.until(() => doc.state.kind === 'offline');
    type(doc, 5, '!');
    type(doc, 6, '!');
    expect(doc.state).toMatchObject({ kind: 'offline', edits: 2, kept: 'device', reason: 'unreachable' });
    expect(page.client.unsentCount).toBe(2);
  });

  it('a restart is announced as one', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    scene.closeAll(4000);
    scene.world.up = false;
    await scene.until(() => doc.state.kind === 'offline');
    scene.world.up = true;
    expect(doc.state).toMatchObject({ kind: 'offline', reason: 'restarting' });
    await scene.saved(doc);
  });

  it('wakes up at once instead of waiting out its delay', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    scene.cut(page);
    await scene.pass(120_000);
    const before = scene.world.now;
    scene.world.up = true;
    page.fire('wake');
    await scene.saved(doc);
    expect(scene.world.now - before).toBeLessThan(1_000);
  });

  it('notices a line that is dead without a word', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const dead = [...page.link][0];
    if (!dead) throw new Error('no link');
    dead.deliverToServer = () => {
      dead.toServer.length = 0;
    };
    type(doc, 5, '!');
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
  });

  it('keeps its client id over reconnects, and a new page has another', async () => {
    const scene = new Scene();
    const first = await scene.open();
    type(first.doc, 0, 'a');
    await scene.saved(first.doc);
    scene.closeAll(1006);
    await scene.pass(5_000);
    type(first.doc, 0, 'b');
    await scene.saved(first.doc);
    const second = await scene.open();
    type(second.doc, 0, 'c');
    await scene.saved(second.doc);
    const ids = scene.server.log('doc').map(({ src, seq }) => `${src} ${seq}`);
    expect(ids).toEqual(['rest 1', 'ada.1 1', 'ada.1 2', 'ada.2 1']);
  });
});

describe('other ways to sign in', () => {
  it('a token buys a ticket for each connection, and stands in no address', async () => {
    const scene = new Scene();
    scene.world.rest.set('/socket-tickets', { status: 201, body: { ticket: 'T1', expires_at: '' } });
    const token = vi.fn(() => 'secret');
    const { doc } = await scene.open(scene.laptop, { auth: { kind: 'token', token } });
    await scene.saved(doc);
    expect(scene.world.sockets).toEqual([{ url: 'ws://quire.test/api/v1/socket', protocols: ['quire', 'ticket.T1'] }]);
    scene.closeAll(4003);
    await scene.until(() => scene.world.sockets.length === 2);
    expect(token).toHaveBeenCalledTimes(2);
  });

  it('a token that is refused is a sign-in that ended', async () => {
    const scene = new Scene();
    const body = { type: 'urn:quire:problem:signed-out', title: 'Signed out', status: 401, detail: 'It ended.' };
    scene.world.rest.set('/socket-tickets', { status: 401, body });
    const page = scene.laptop.load({ auth: { kind: 'token', token: () => 'old' } });
    page.client.open('doc');
    await scene.until(() => page.client.getSnapshot().connection.kind === 'stopped');
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason: 'signed-out' });
  });

  it('tickets from the embedding page itself', async () => {
    const scene = new Scene();
    const { doc } = await scene.open(scene.laptop, { auth: { kind: 'ticket', ticket: async () => 'T2' } });
    await scene.saved(doc);
    expect(scene.world.sockets[0]?.protocols).toEqual(['quire', 'ticket.T2']);
  });
});

describe('the queue belongs to its user', () => {
  it('is never sent under another sign-in, and waits for its author', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.cut(page);
    type(doc, 5, ' ada');
    await scene.pass(1_000);
    scene.laptop.user = 'mara';
    scene.world.up = true;
    await scene.until(() => page.client.getSnapshot().connection.kind === 'stopped');
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason: 'other-user' });
    expect(doc.state).toMatchObject({ kind: 'error', reason: 'signed-out', edits: 1, kept: 'device' });
    page.crash();
    const mara = await scene.open();
    await scene.pass(10_000);
    expect(mara.page.client.getSnapshot().leftovers).toEqual([]);
    expect(scene.text).toBe('hello\n');
    mara.page.crash();
    scene.laptop.user = 'ada';
    scene.laptop.load(); // any page will do, the document need not be open
    await scene.until(() => scene.text === 'hello ada\n');
    expect(scene.server.violations).toEqual([]);
  });

  it('a page that knows its user refuses another from the first connection on', async () => {
    const scene = new Scene();
    const page = scene.laptop.load({ user: 'mara' });
    page.client.open('doc');
    await scene.until(() => page.client.getSnapshot().connection.kind === 'stopped');
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason: 'other-user' });
  });
});

describe('edits left over from an earlier page', () => {
  async function leave(waiting: string) {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    type(doc, 5, '1');
    for (const link of page.link) {
      link.deliverToClient = () => {
        link.toClient.length = 0; // the answer never arrives
      };
    }
    await scene.until(() => scene.server.log('doc').length === 2);
    if (waiting) type(doc, 6, waiting);
    await scene.pass(500);
    page.crash();
    return scene;
  }

  it('P2: a frame that was committed is met again, what waited behind it follows under the new id', async () => {
    const scene = await leave('2');
    scene.laptop.load();
    await scene.until(() => scene.text === 'hello12\n');
    await scene.pass(10_000);
    expect(scene.server.log('doc').map(({ src, seq }) => `${src} ${seq}`)).toEqual(['rest 1', 'ada.1 1', 'ada.2 1']);
    expect(await scene.laptop.store.queues('ada')).toEqual([]);
  });

  it('are listed with their document until they are sent', async () => {
    const scene = await leave('2');
    scene.server.roles.set('ada doc', 'none');
    scene.world.up = false;
    const page = scene.laptop.load({ user: 'ada' });
    const documents: string[] = [];
    page.client.subscribe(() => documents.push(JSON.stringify(page.client.getSnapshot().leftovers)));
    await scene.pass(2_000);
    scene.world.up = true;
    await scene.until(() => page.client.parked().length === 1);
    await scene.until(() => page.client.getSnapshot().leftovers[0]?.parked === 2);
    expect(documents).toContain('[{"document":"doc","unsent":2,"parked":0}]');
  });

  it('a page that is alive keeps its own', async () => {
    const scene = new Scene();
    const first = await scene.open();
    scene.cut(first.page);
    type(first.doc, 5, '1');
    await scene.pass(1_000);
    scene.world.up = true;
    first.page.fire('wake');
    const second = await scene.open();
    await scene.saved(first.doc, second.doc);
    expect(scene.server.log('doc')[1]?.src).toBe('ada.1');
  });

  it('are sent once their page says goodbye, without another page load', async () => {
    const scene = new Scene();
    const first = await scene.open();
    const second = await scene.open();
    await scene.saved(first.doc, second.doc);
    for (const link of first.page.link) link.break();
    type(first.doc, 5, '1');
    first.page.fire('leave');
    await scene.until(() => first.page.commits.length === 0);
    first.page.crash();
    await scene.until(() => scene.text === 'hello1\n');
    await scene.saved(second.doc);
  });
});

describe('a browser that keeps nothing', () => {
  it('sends all the same, and says that edits are kept in this tab only', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const { environment } = { environment: page.environment };
    page.crash();
    const client = createClient({ url: 'http://quire.test', environment: { ...environment, indexedDB: null } });
    page.alive = true;
    const doc = client.open('doc');
    await scene.saved(doc);
    expect(client.getSnapshot().kept).toBe('tab');
    type(doc, 5, '!');
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
    scene.cut(page);
    await scene.until(() => doc.state.kind === 'offline');
    type(doc, 6, '!');
    expect(doc.state).toEqual({ kind: 'error', reason: 'not-kept', edits: 1, kept: 'tab' });
  });

  it('uses IndexedDB where there is one', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    page.crash();
    page.alive = true;
    const factory = new IDBFactory();
    const client = createClient({ url: 'http://quire.test', environment: { ...page.environment, indexedDB: factory } });
    const doc = client.open('doc');
    for (let i = 0; i < 50 && doc.state.kind !== 'saved'; i++) await scene.pass(100);
    type(doc, 5, '!');
    for (let i = 0; i < 50 && scene.text === 'hello\n'; i++) {
      await settle();
      await scene.pass(100);
    }
    expect(client.getSnapshot().kept).toBe('device');
    expect((await factory.databases()).map((one) => one.name)).toEqual(['quire quire.test']);
    expect(scene.text).toBe('hello!\n');
  });
});

describe('signing out', () => {
  it('sends first, then ends the sign-in and clears the device, without a question', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    type(doc, 5, '!');
    const confirm = vi.fn(() => true);
    let done: boolean | null = null;
    page.client.signOut({ confirm }).then((value) => {
      done = value;
    });
    await scene.until(() => done !== null);
    expect(done).toBe(true);
    expect(confirm).not.toHaveBeenCalled();
    expect(scene.text).toBe('hello!\n');
    expect(await scene.laptop.store.anyUnsent()).toBe(false);
  });

  it('asks where text would be lost, and a no changes nothing', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.cut(page);
    await scene.until(() => doc.state.kind === 'offline');
    type(doc, 5, '!');
    const confirm = vi.fn(() => false);
    let done: boolean | null = null;
    page.client.signOut({ confirm }).then((value) => {
      done = value;
    });
    await scene.until(() => done !== null);
    expect(done).toBe(false);
    expect(confirm).toHaveBeenCalledWith({ unsent: 1, parked: 0 });
    scene.world.up = true;
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
  });

  it('with a yes clears everything of this user, and tells the other pages', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    const other = await scene.open();
    type(doc, 5, '!', { link: 'https://refuse.example/' });
    await scene.until(() => doc.getSnapshot().parked.length === 1);
    let done: boolean | null = null;
    page.client.signOut({ confirm: () => true }).then((value) => {
      done = value;
    });
    await scene.until(() => done !== null && other.page.replaced);
    expect(await scene.laptop.store.parked('ada')).toEqual([]);
  });
});
