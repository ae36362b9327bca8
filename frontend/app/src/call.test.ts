import { afterEach, expect, it, vi } from 'vitest';
import { call } from './call';
import { onProofNeeded } from './proof';

const answers = (body: string, status = 200) => {
  const asked = vi.fn(async (_address: string, _init: RequestInit) => new Response(body || null, { status }));
  vi.stubGlobal('fetch', asked);
  return asked;
};

afterEach(() => vi.unstubAllGlobals());

it('fills the path and the query in, and leaves out what is null', async () => {
  const asked = answers('{"items":[],"next_cursor":null}');
  await call('GET', '/documents', { query: { scope: 'mine', title: 'a & b', cursor: null, limit: 50 } });
  await call('DELETE', '/documents/{id}/members/{user}', { path: { id: 'a/b', user: 'ü?' } });
  expect(asked.mock.calls.map(([address]) => address)).toEqual([
    '/api/v1/documents?scope=mine&title=a+%26+b&limit=50',
    '/api/v1/documents/a%2Fb/members/%C3%BC%3F',
  ]);
});

it('sends JSON, and a file as what it is', async () => {
  const asked = answers('', 204);
  const picture = new Blob(['x'], { type: 'image/png' });
  expect(await call('POST', '/me/password', { body: { current: 'a', new: 'b' } })).toBeUndefined();
  await call('PUT', '/me/picture', { body: picture });
  const [first, second] = asked.mock.calls.map(([, init]) => init);
  expect(first).toMatchObject({ method: 'POST', body: '{"current":"a","new":"b"}' });
  expect(first?.headers).toMatchObject({ 'Content-Type': 'application/json' });
  expect(second).toMatchObject({ method: 'PUT', body: picture, headers: { 'Content-Type': 'image/png' } });
});

it('asks who this is where proof is needed, and repeats the call once', async () => {
  const refusal = '{"type":"urn:quire:problem:proof-needed","title":"x","detail":"y","ways":["password"]}';
  const asked = vi.fn(async () => new Response(refusal, { status: 403 }));
  vi.stubGlobal('fetch', asked);
  const make = () => call('POST', '/me/tokens', { body: { name: 'x', scope: 'read', expires_in_days: 1 } });
  await expect(make()).rejects.toMatchObject({ kind: 'proof-needed' }); // nobody is there to ask
  let ways: readonly string[] = [];
  const end = onProofNeeded(async (named) => {
    ways = named;
    asked.mockResolvedValueOnce(new Response('{"token":"qt_"}', { status: 201 }));
    return true;
  });
  asked.mockClear();
  expect(await make()).toMatchObject({ token: 'qt_' });
  expect(ways).toEqual(['password']);
  expect(asked).toHaveBeenCalledTimes(2);
  await expect(call('POST', '/me/proof', { body: { password: 'x' } })).rejects.toMatchObject({ ways: ['password'] });
  end();
  onProofNeeded(async () => false);
  asked.mockClear();
  await expect(make()).rejects.toMatchObject({ kind: 'proof-needed' }); // they don't want to
  expect(asked).toHaveBeenCalledTimes(1);
});

it('knows what openapi.json knows', () => {
  const never = () => {
    // @ts-expect-error: there is no such path
    call('GET', '/document');
    // @ts-expect-error: nor that method of it
    call('POST', '/documents/{id}', { path: { id: 'a' } });
    // @ts-expect-error: an id is wanted
    call('GET', '/documents/{id}');
    // @ts-expect-error: the field has another name
    call('PATCH', '/documents/{id}', { path: { id: 'a' }, body: { name: 'b' } });
    // @ts-expect-error: so has this one of the answer
    call('GET', '/me').then((me) => me.nickname);
  };
  expect(never).toBeTypeOf('function');
});
