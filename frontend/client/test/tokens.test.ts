import { createHmac } from 'node:crypto';
import { IDBFactory } from 'fake-indexeddb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Auth } from '../src/client-types.ts';
import { becomes, type Holder, RealPage, RealServer } from './real-server.ts';
import { plain, type } from './scene.ts';

const bin = process.env.QUIRE_FULL === '1' ? process.env.QUIRE_BIN : undefined;
if (!bin) console.log('skipped: tokens that expire at the real server, which needs QUIRE_FULL=1 and QUIRE_BIN');

const secret = 'an application’s secret, 32 bytes or more';

/** A token as the application's own server signs it. */
function signed(subject: string, documents: Record<string, string>, seconds: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.ceil(Date.now() / 1000) + seconds;
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, name: subject, exp, documents })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

/** Somebody whom the embedding application sends, with tokens that last only so long. */
class Visitor implements Holder {
  readonly device = new IDBFactory();
  readonly id = 'visitor';
  readonly auth: Auth = { kind: 'token', token: () => this.token() };
  /** How often the page was asked for a token. */
  asked = 0;
  token: () => string | Promise<string>;

  constructor(documents: Record<string, string>, seconds: number) {
    this.token = () => {
      this.asked++;
      return signed('visitor', documents, seconds);
    };
  }
}

describe.skipIf(!bin)('tokens that expire', { timeout: 60_000 }, () => {
  const server = new RealServer(bin ?? '', { JWT_SECRET: secret });
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  const rest = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${signed('application', { '*': 'owner' }, 60)}`,
        'content-type': 'application/json',
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.text();
  };
  const text = (document: string) => rest('GET', `/documents/${document}/content?format=text`);

  it('W9 P2: somebody types over the ends of several tokens: each letter arrives once', async () => {
    await rest('POST', '/documents', { id: 'typing', title: 'Typing', text: '' });
    const visitor = new Visitor({ typing: 'editor' }, 1);
    const page = new RealPage(visitor, server);
    const doc = page.client.open('typing');
    await doc.whenLoaded();
    let connections = 0;
    let online = false;
    page.client.subscribe(() => {
      const now = page.client.getSnapshot().connection.kind === 'online';
      if (now && !online) connections++;
      online = now;
    });
    let typed = '';
    while (connections < 3 && typed.length < 2_000) {
      const letter = String.fromCharCode(0x4e00 + typed.length);
      type(doc, typed.length, letter);
      typed += letter;
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(connections).toBe(3);
    await doc.whenSaved();
    expect(await text('typing')).toBe(`${typed}\n`);
    expect(plain(doc.contents())).toBe(`${typed}\n`);
    expect(visitor.asked).toBeGreaterThanOrEqual(3);
    expect(doc.getSnapshot().parked).toEqual([]);
    page.client.close();
  });

  it('P7: while the application gives no token, what is typed waits, and is sent with the next one', async () => {
    await rest('POST', '/documents', { id: 'waiting', title: 'Waiting', text: '' });
    const visitor = new Visitor({ waiting: 'editor' }, 1);
    const page = new RealPage(visitor, server);
    const doc = page.client.open('waiting');
    await doc.whenLoaded();
    const { token } = visitor;
    visitor.token = () => Promise.reject(new Error('the application is being restarted'));
    await becomes(doc, () => doc.state.kind !== 'saved'); // the token has expired
    type(doc, 0, 'written without a token');
    expect(doc.state).toMatchObject({ kind: 'offline', edits: 1 });
    visitor.token = token;
    await doc.whenSaved();
    expect(await text('waiting')).toBe('written without a token\n');
    page.client.close();
  });

  it('P7: a page that has only an old token is told that it is signed out, and goes on with a fresh one', async () => {
    await rest('POST', '/documents', { id: 'old', title: 'Old', text: '' });
    const visitor = new Visitor({ old: 'editor' }, 1);
    const page = new RealPage(visitor, server);
    const doc = page.client.open('old');
    await doc.whenLoaded();
    const { token } = visitor;
    const stale = signed('visitor', { old: 'editor' }, -10);
    visitor.token = () => stale;
    await becomes(page.client, () => page.client.getSnapshot().connection.kind === 'stopped');
    expect(page.client.getSnapshot().connection).toMatchObject({ reason: 'signed-out' });
    type(doc, 0, 'kept meanwhile');
    expect(doc.state).toMatchObject({ kind: 'error', reason: 'signed-out', edits: 1 });
    visitor.token = token;
    page.client.connect();
    await doc.whenSaved();
    expect(await text('old')).toBe('kept meanwhile\n');
    page.client.close();
  });

  it('W9: a token with less in it has less from then on', async () => {
    await rest('POST', '/documents', { id: 'less', title: 'Less', text: 'x' });
    const visitor = new Visitor({ less: 'editor' }, 1);
    const page = new RealPage(visitor, server);
    const doc = page.client.open('less');
    await doc.whenLoaded();
    visitor.token = () => signed('visitor', { less: 'viewer' }, 60);
    await becomes(doc, () => doc.state.kind === 'read-only');
    type(doc, 0, 'not any more');
    await becomes(doc, () => doc.getSnapshot().parked.length === 1);
    expect(await text('less')).toBe('x\n');
    page.client.close();
  });
});
