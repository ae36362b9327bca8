import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../src/client.ts';
import type { Environment } from '../src/environment.ts';
import { QuireError } from '../src/error.ts';
import { createRest } from '../src/rest.ts';
import { ShownState } from '../src/shown.ts';
import type { Auth, ClientOptions, DocumentState, QuireDocument } from '../src/types.ts';
import { Scene, type } from './scene.ts';
import type { Link, PageModel } from './world.ts';

const stale = {
  type: 'urn:quire:problem:signed-out',
  title: 'Signed out',
  status: 401,
  detail: 'The claim “documents” gives “minutes” an unknown role.',
};

/** What a promise is rejected with, as soon as it is. */
async function rejection(scene: Scene, promise: Promise<unknown>): Promise<QuireError> {
  let error: unknown = null;
  promise.catch((reason) => {
    error = reason;
  });
  await scene.until(() => error !== null);
  expect(error).toBeInstanceOf(QuireError);
  return error as QuireError;
}

function embedded(scene: Scene, token: () => string | Promise<string>, options: ClientOptions = {}) {
  const page = scene.laptop.load({ auth: { kind: 'token', token }, ...options });
  return { page, doc: page.client.open('doc') };
}

/** The kinds of state a document was in, each once in a row. */
function history(doc: QuireDocument): string[] {
  const kinds: string[] = [doc.state.kind];
  doc.subscribe(() => doc.state.kind !== kinds.at(-1) && kinds.push(doc.state.kind));
  return kinds;
}

/** From now on nothing that the page sends arrives. */
function swallow(page: PageModel): void {
  for (const link of page.link) {
    link.deliverToServer = () => {
      link.toServer.length = 0;
    };
  }
}

/** A text takes 70 s to arrive, and what comes behind it comes after it. */
function slowDown(page: PageModel, link: Link): void {
  const { world } = page;
  let arrived = 0;
  link.deliverToClient = () => {
    const frame = String(link.toClient.shift());
    arrived = Math.max(arrived, world.now + (frame.startsWith('{"a":"s"') ? 70_000 : 0));
    world.timer(page, () => page.link.has(link) && link.socket.onmessage?.({ data: frame }), arrived - world.now);
  };
}

/** Nothing arrives any more from the next text on. */
function breakWithText(link: Link): void {
  const { deliverToClient } = link;
  let broken = false;
  link.deliverToClient = () => {
    broken ||= String(link.toClient[0]).startsWith('{"a":"s"');
    if (broken) link.toClient.length = 0;
    else deliverToClient.call(link);
  };
}

/** How often the page asks for a sign of life, from now on. */
function countPings(page: PageModel): () => number {
  let pings = 0;
  for (const { socket } of page.link) {
    const { send } = socket;
    socket.send = (text) => {
      if (text === '{"a":"pp"}') pings++;
      send(text);
    };
  }
  return () => pings;
}

/** What the page shows of the document's state. */
function shownOf(page: PageModel, doc: QuireDocument): () => DocumentState {
  const shown = new ShownState(doc, page.environment as Environment);
  shown.subscribe(() => {});
  return shown.getSnapshot;
}

describe('one error says what went wrong', () => {
  it('whenLoaded of what is not there, and an edit before the text is here', async () => {
    const scene = new Scene();
    const none = scene.laptop.load().client.open('none');
    expect(none.state).toEqual({ kind: 'loading' });
    expect(() => type(none, 0, 'x')).toThrow(expect.objectContaining({ code: 'not-loaded' }));
    expect(await rejection(scene, none.whenLoaded())).toMatchObject({ code: 'not-found' });
    expect(await rejection(scene, none.whenLoaded())).toMatchObject({ code: 'not-found' });
    expect(() => type(none, 0, 'x')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('whenSaved of what is parked, and of what nobody can send any more', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    type(doc, 0, 'x', { link: 'https://refuse.example/' });
    expect(await rejection(scene, doc.whenSaved())).toMatchObject({ code: 'parked', message: 'ERR_OT_OP_NOT_APPLIED' });
    type(doc, 0, 'y');
    const saved = doc.whenSaved();
    scene.server.stores = false;
    scene.closeAll(4500);
    expect(await rejection(scene, saved)).toMatchObject({ code: 'signed-out' });
    expect(await rejection(scene, doc.whenSaved())).toMatchObject({ code: 'signed-out' });
    expect(doc.state).toMatchObject({ kind: 'error', edits: 1 });
  });

  it('the connection keeps what the server said', async () => {
    const scene = new Scene();
    scene.world.rest.set('/socket-tickets', { status: 401, body: stale });
    const token = vi.fn(() => 'token');
    const { page, doc } = embedded(scene, token);
    const error = await rejection(scene, doc.whenLoaded());
    expect(error).toMatchObject({ code: 'signed-out', message: stale.detail, problem: stale });
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason: 'signed-out', error });
    expect(token).toHaveBeenCalledTimes(1);
  });

  it.each([
    [401, 'signed-out', 'signed-out'],
    [403, 'refused', 'forbidden'],
    [404, 'refused', 'not-found'],
  ])('a token function that fails with %i stops, and says so', async (status, reason, code) => {
    const scene = new Scene();
    const token = vi.fn(() => Promise.reject(Object.assign(new Error('not for you'), { status })));
    const { page, doc } = embedded(scene, token);
    expect(await rejection(scene, doc.whenLoaded())).toMatchObject({ code, message: 'not for you' });
    await scene.pass(120_000);
    expect(page.client.getSnapshot().connection).toMatchObject({ kind: 'stopped', reason });
    expect(doc.state).toMatchObject({ kind: 'error', reason });
    expect(token).toHaveBeenCalledTimes(1);
  });

  it('a token function that fails otherwise is asked once for each attempt, and its error is kept', async () => {
    const scene = new Scene();
    let attempts = 0;
    const token = vi.fn(() => Promise.reject(new Error('the application restarts')));
    const { page } = embedded(scene, token);
    page.client.subscribe(() => {
      attempts = Math.max(attempts, token.mock.calls.length);
    });
    await scene.until(() => page.client.getSnapshot().connection.kind === 'offline');
    expect(token).toHaveBeenCalledTimes(1);
    expect(page.client.getSnapshot().connection).toMatchObject({
      reason: 'unreachable',
      error: { message: 'the application restarts' },
    });
    // An upgrade that fails asks REST who this is, with the token of the same attempt.
    scene.world.rest.set('/socket-tickets', { status: 201, body: { ticket: 'T1', expires_at: '' } });
    const good = vi.fn(() => 'token');
    const other = embedded(scene, good);
    scene.laptop.user = '';
    scene.world.rest.set('/me', { status: 200, body: { id: 'ada' } });
    await scene.until(() => other.page.client.getSnapshot().connection.kind === 'offline');
    expect(good).toHaveBeenCalledTimes(1);
  });

  it.each(['', 42, undefined])('a token function that returns %j is told so', async (value) => {
    const scene = new Scene();
    const { page } = embedded(scene, () => value as string);
    await scene.until(() => page.client.getSnapshot().connection.kind === 'offline');
    expect(page.client.getSnapshot().connection).toMatchObject({ error: { code: 'bad-option' } });
  });

  it.each<unknown>([
    { kind: 'tokn', token: () => 'a' },
    { token: () => 'a' },
    { kind: 'token' },
    { kind: 'token', token: 'eyJhbGciOi' },
    { kind: 'ticket', token: () => 'a' },
    'eyJhbGciOi',
  ])('an auth that is none of the three is refused at once: %j', (auth) => {
    const options = { url: 'https://docs.example.org', auth: auth as Auth };
    for (const make of [createClient, createRest])
      expect(() => make(options)).toThrow(expect.objectContaining({ name: 'QuireError', code: 'bad-option' }));
    // The token itself is a secret, and messages end up in logs.
    expect(() => createClient(options)).not.toThrow(/eyJ/);
  });

  it('an address without a scheme is refused, and so is a client that was closed', async () => {
    for (const url of ['docs.example.org', '//docs.example.org', '/quire', 'https://', 'ws://docs.example.org'])
      expect(() => createClient({ url })).toThrow(expect.objectContaining({ code: 'bad-option' }));
    const scene = new Scene();
    const { page } = await scene.open();
    page.client.close();
    expect(() => page.client.connect()).toThrow(expect.objectContaining({ code: 'closed' }));
    expect(() => page.client.open('doc')).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

describe('the state follows the oldest edit that is not confirmed', () => {
  it('P1: a server that cannot store is “not saved” until it stored, however often it lets us in', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    const kinds = history(doc);
    scene.server.stores = false;
    type(doc, 5, '!');
    for (let i = 0; i < 4; i++) {
      await scene.pass(3_000);
      scene.closeAll(4004);
    }
    await scene.pass(3_000);
    expect(kinds).toEqual(['saved', 'saving', 'error']);
    expect(doc.state).toMatchObject({ reason: 'unavailable', edits: 1 });
    scene.server.stores = true;
    await scene.saved(doc);
    expect(kinds).toEqual(['saved', 'saving', 'error', 'saved']);
    type(doc, 5, '?');
    expect(doc.state.kind).toBe('saving');
  });

  it('the browser’s word that there is no network counts at once', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.world.up = false;
    page.fire('offline');
    expect(doc.state).toMatchObject({ kind: 'offline', reason: 'unreachable' });
    scene.world.up = true;
    page.fire('wake');
    await scene.saved(doc);
  });

  it.each([
    ['the first key', true],
    ['its last sign, without a key', false],
  ])('a line that is dead without a word is told within 10 s of %s', async (_, typing) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const shown = shownOf(page, doc);
    await scene.pass(5_000); // between two signs of life
    swallow(page);
    scene.world.up = false;
    const dead = scene.world.now;
    if (typing) type(doc, 5, '!');
    await scene.until(() => shown().kind === 'offline');
    expect(scene.world.now - dead).toBeLessThanOrEqual(10_000);
    expect(shown()).toMatchObject({ reason: 'unreachable', edits: typing ? 1 : 0 });
  });

  it('a page asks for signs of life while it is seen and hears nothing else, and seldom where nobody looks', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    const { doc: other } = await scene.open(scene.browser('ben'));
    const pings = countPings(page);
    await scene.pass(60_000);
    const seen = pings();
    expect(seen).toBeGreaterThan(12);
    expect(seen).toBeLessThanOrEqual(15);
    for (let i = 0; i < 30; i++) {
      type(other, 0, '.');
      await scene.pass(2_000);
    }
    expect(pings()).toBe(seen);
    page.hidden = true;
    await scene.pass(600_000);
    expect(pings()).toBeLessThanOrEqual(seen + 1 + 24);
    expect(pings()).toBeGreaterThan(seen + 20);
    page.hidden = false;
    const woken = scene.world.now;
    swallow(page);
    page.fire('wake');
    await scene.until(() => doc.state.kind === 'offline');
    expect(scene.world.now - woken).toBeLessThanOrEqual(5_000);
  });

  it('W5: a line that answers is never given up, however often a page wakes, and whatever was asked on an earlier one', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const kinds = history(doc);
    for (let i = 0; i < 5; i++) page.fire('wake');
    await scene.pass(30_000);
    expect(kinds).toEqual(['saved']);
    swallow(page);
    page.fire('wake');
    scene.closeAll(4000); // before the answer, which nobody waits for any more
    await scene.saved(doc);
    const connected = scene.world.sockets.length;
    await scene.pass(30_000);
    expect(scene.world.sockets).toHaveLength(connected);
  });

  it('a server that lets in and then says nothing is left', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    await scene.world.until(() => page.link.size > 0);
    swallow(page);
    const met = scene.world.now;
    await scene.saved(doc);
    expect(scene.world.now - met).toBeLessThanOrEqual(12_000);
  });

  it('W2: a line that breaks while a text is on its way is given up, later each time until one has come', async () => {
    const scene = new Scene();
    scene.world.server.create('other', 'more\n');
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    const met = new Map<Link, number>();
    let breaks = true;
    const { add } = page.link;
    page.link.add = (link) => {
      met.set(link, scene.world.now);
      if (breaks) breakWithText(link);
      return add.call(page.link, link);
    };
    await scene.until(() => met.size === 3);
    const [one = 0, two = 0, three = 0] = [...met.values()];
    expect(two - one).toBeLessThan(30_000);
    expect(three - two).toBeGreaterThan(two - one + 15_000);
    breaks = false;
    await scene.saved(doc);

    const lines = met.size;
    for (const link of page.link) breakWithText(link);
    const asked = scene.world.now;
    const other = page.client.open('other');
    await scene.until(() => met.size > lines);
    expect(scene.world.now - asked).toBeLessThan(30_000);
    await scene.saved(other);
  });

  it('W2: a text that takes long to arrive is no dead line', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    const lines = new Set<Link>();
    while (doc.state.kind !== 'saved' && scene.world.now < 2_000_000) {
      for (const link of page.link) if (!lines.has(link)) slowDown(page, link);
      for (const link of page.link) lines.add(link);
      await scene.world.step();
    }
    expect(doc.state).toMatchObject({ kind: 'saved' });
    expect(lines.size).toBeLessThanOrEqual(3);
  });

  it.each([
    ['goes on leaving is no dead', 60_000],
    ['does not leave is a dead', Number.POSITIVE_INFINITY],
  ])('a line on which what was sent %s line', async (_, takes) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const begun = scene.world.now;
    const left = () => Math.max(0, 90_000 * (1 - (scene.world.now - begun) / takes));
    for (const link of page.link) {
      const { deliverToServer, toServer } = link;
      Object.defineProperty(link.socket, 'bufferedAmount', { get: left });
      link.deliverToServer = () => {
        const frames = toServer.splice(0);
        const arrive = () => {
          toServer.unshift(...frames);
          while (toServer.length > 0) deliverToServer.call(link);
        };
        if (left() > 0) scene.world.timer(page, arrive, takes);
        else arrive();
      };
    }
    type(doc, 5, '!');
    const kinds = history(doc);
    await scene.saved(doc);
    const lines = scene.world.sockets.length;
    if (takes === 60_000) {
      expect(scene.world.now - begun).toBeGreaterThanOrEqual(60_000);
      expect(kinds).toEqual(['saving', 'saved']);
      expect(lines).toBe(1);
    } else {
      expect(scene.world.now - begun).toBeLessThan(12_000);
      expect(lines).toBe(2);
    }
  });

  it('where REST answers and no WebSocket comes through, that is what is said', async () => {
    const scene = new Scene();
    scene.laptop.user = '';
    scene.world.rest.set('/me', { status: 200, body: { id: 'ada' } });
    const doc = scene.laptop.load().client.open('doc');
    const kinds = history(doc);
    await scene.until(() => doc.state.kind === 'error');
    expect(doc.state).toMatchObject({ reason: 'no-upgrade', edits: 0 });
    await scene.pass(60_000);
    expect(kinds).toEqual(['loading', 'offline', 'error']);
    scene.laptop.user = 'ada';
    await scene.saved(doc);
  });

  it('a restart that takes too long is an absence like any other', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    scene.closeAll(4000);
    scene.world.up = false;
    await scene.until(() => doc.state.kind === 'offline');
    expect(doc.state).toMatchObject({ reason: 'restarting' });
    await scene.pass(40_000);
    expect(doc.state).toMatchObject({ reason: 'unreachable' });
  });
});
