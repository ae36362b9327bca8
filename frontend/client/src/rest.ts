import createFetch, { type Client } from 'openapi-fetch';
import { browserEnvironment } from './browser.ts';
import type { ClientOptions } from './client-types.ts';
import { QuireError, responseError } from './error.ts';
import type { components, paths } from './schema.ts';
import { ServerAddress } from './server-address.ts';

/** REST by path, checked by the compiler: `rest.GET('/documents/{id}', { params: { path: { id } } })` resolves to `{ data, error,
 * response }`; `error` is an RFC 9457 problem. A body that is text or a Blob is sent as it is, under its own media type, anything
 * else as JSON; `data` is what the answer's media type says: JSON, text, or else a Blob. */
export interface Rest extends Client<paths> {
  /** The text of a document without formats, each embed as U+FFFC. Rejects with a QuireError. */
  text(id: string): Promise<PlainContent>;
  /** Replaces the text of a document. What differs from the text of `etag` is merged with what was written since; what does not
   * differ keeps its formats. Rejects with a QuireError. */
  setText(id: string, text: string, etag: string): Promise<Schemas['Revision']>;
}

/** A text, and the entity tag of its revision. */
export interface PlainContent {
  readonly text: string;
  readonly etag: string;
}

/** The shapes of REST, by name. */
export type Schemas = components['schemas'];
/** The calls of REST: what each path takes and answers, by method. */
export type Paths = paths;

/** Returns typed REST calls, with the same options as `createClient`. A module of its own, so that pages without REST need not load it. */
export function createRest(options: Pick<ClientOptions, 'url' | 'auth' | 'environment'> = {}): Rest {
  const server = new ServerAddress(options, { ...browserEnvironment(), ...options.environment });
  const client = createFetch<paths>({
    baseUrl: server.rest,
    fetch: (request) => server.fetch(request),
    credentials: 'same-origin',
    bodySerializer: (body) => (isRaw(body) ? body : json(body)),
  });
  const calls: Client<paths> = { ...client };
  for (const method of methods) {
    const call = client[method] as Call;
    (calls[method] as Call) = (path, init) => call(path, withType(init)).then((result) => read(result, init));
  }
  calls.request = ((method: string, path: string, init?: Init) =>
    (calls[method.toUpperCase() as (typeof methods)[number]] as Call)(path, init)) as typeof client.request;
  return { ...calls, text: (id) => text(server, id), setText: (id, value, etag) => setText(server, id, value, etag) };
}

const methods = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE'] as const;

interface Init {
  readonly body?: unknown;
  readonly headers?: HeadersInit;
  readonly parseAs?: string;
}

interface Result {
  data?: unknown;
  error?: unknown;
  readonly response: Response;
}

type Call = (path: string, init?: Init) => Promise<Result>;

function isRaw(body: unknown): body is string | Blob | FormData | URLSearchParams | ArrayBuffer | ArrayBufferView {
  if (typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  return [Blob, FormData, URLSearchParams, ArrayBuffer].some((raw) => body instanceof raw);
}

/** Throws for a stream, a map or a set: JSON would turn it into `{}`, and that would be stored instead of its contents. */
function json(body: unknown): string {
  const kind = Object.prototype.toString.call(body).slice(8, -1);
  const { toJSON } = (body ?? {}) as { toJSON?: unknown };
  const serializable = ['Object', 'Array', 'Number', 'Boolean', 'Null'].includes(kind) || typeof toJSON === 'function';
  if (serializable) return JSON.stringify(body);
  throw new QuireError('bad-option', `a ${kind} can't be sent as a body: give text, a Blob or a plain object`);
}

/** Adds the body's media type, and leaves the response unread for `read`. */
function withType(init: Init = {}): Init {
  const headers = new Headers(init.headers);
  const type = typeOf(init.body);
  if (type && !headers.has('content-type')) headers.set('content-type', type);
  return { ...init, headers, parseAs: init.parseAs ?? 'stream' };
}

function typeOf(body: unknown): string | null {
  if (typeof body === 'string') return 'text/plain;charset=utf-8';
  if (body instanceof Blob) return body.type || 'application/octet-stream';
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=utf-8';
  return isRaw(body) && !(body instanceof FormData) ? 'application/octet-stream' : null;
}

/** Reads a response by its media type, unless the caller chose how. */
async function read(result: Result, init: Init | undefined): Promise<Result> {
  const { response } = result;
  if (init?.parseAs !== undefined || !result.data) return result;
  const type = response.headers.get('content-type') ?? '';
  if (/^text\//.test(type)) return { ...result, data: await response.text() };
  if (!/[/+]json\b/.test(type)) return { ...result, data: await response.blob() };
  const json = await response.text();
  return { ...result, data: json === '' ? undefined : JSON.parse(json) };
}

async function text(server: ServerAddress, id: string): Promise<PlainContent> {
  const response = await ask(server, `${contentOf(id)}?format=text`, {});
  return { text: await response.text(), etag: response.headers.get('etag') ?? '' };
}

async function setText(server: ServerAddress, id: string, text: string, etag: string): Promise<Schemas['Revision']> {
  const headers = { 'content-type': 'text/plain;charset=utf-8', 'if-match': etag };
  return (await ask(server, contentOf(id), { method: 'PUT', headers, body: text })).json();
}

function contentOf(id: string): string {
  return `/documents/${encodeURIComponent(id)}/content`;
}

async function ask(server: ServerAddress, path: string, init: RequestInit): Promise<Response> {
  const request = new Request(server.rest + path, { credentials: 'same-origin', ...init });
  const response = await server.fetch(request).catch((cause: unknown) => {
    throw cause instanceof QuireError ? cause : new QuireError('unreachable', 'the server did not answer', null, cause);
  });
  if (!response.ok) throw await responseError(response);
  return response;
}
