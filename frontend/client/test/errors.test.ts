import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../src/client.ts';
import type { Auth, ClientOptions } from '../src/client-types.ts';
import { QuireError } from '../src/error.ts';
import { createRest } from '../src/rest.ts';
import { Scene, type } from './scene.ts';

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
