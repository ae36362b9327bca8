import type { Auth, ClientOptions } from './client-types.ts';
import type { Environment } from './environment.ts';
import { isTemporary, QuireError, responseError, tokenFailure } from './error.ts';
import type { Diagnosis } from './socket.ts';

const api = '/api/v1';

/** Where the server is, and how this page authenticates: by the cookie of its own origin, by a token that is exchanged for a ticket
 * on each connection, or by tickets that the embedding page's server fetches. */
export class ServerAddress {
  /** Names this server's database and channel in the browser: an embedding page may use several servers. */
  readonly name: string;
  /** The base address of REST, without a slash at the end. */
  readonly rest: string;
  readonly #auth: Auth;
  readonly #env: Environment;
  /** The token of the current attempt to connect: the application's function is called once for each. */
  #token = '';

  constructor(options: Pick<ClientOptions, 'url' | 'auth'>, env: Environment) {
    const origin = typeof location === 'undefined' ? 'http://localhost' : location.origin;
    const url = parseUrl(options.url ?? origin);
    this.rest = `${url.href.replace(/\/$/, '')}${api}`;
    this.name = `quire ${url.host}`;
    this.#auth = checkAuth(options.auth ?? { kind: 'cookie' });
    this.#env = env;
  }

  /** Returns what to open a socket with. A token is never part of the address, because logs keep addresses. */
  async socket(): Promise<{ url: string; protocols: string[] }> {
    const ticket = await this.#ticket();
    const url = `${this.rest.replace(/^http/, 'ws')}/socket`;
    return { url, protocols: ticket === null ? [] : ['quire', `ticket.${ticket}`] };
  }

  /** Finds out over REST why an upgrade failed, because a browser does not say. Never rejects. */
  async diagnose(): Promise<Diagnosis> {
    try {
      // A page that has only tickets cannot sign in to REST.
      const response = await this.#call('GET', this.#auth.kind === 'ticket' ? '/server' : '/me');
      // A captive portal, such as a hotel's sign-in page, answers every request and is not the server.
      const ours = /json/.test(response.headers.get('content-type') ?? '');
      if (response.ok) return ours ? { kind: 'reachable' } : { kind: 'no-answer', error: null };
      const error = await responseError(response);
      if (error.code === 'signed-out') return { kind: 'signed-out', error };
      if (!isTemporary(error)) return { kind: 'no-answer', error };
      const after = Number(response.headers.get('retry-after'));
      return { kind: 'later', ms: Math.min(60, Math.max(1, after || 2)) * 1000, error };
    } catch {
      return { kind: 'no-answer', error: null };
    }
  }

  /** Ends the sign-in of a cookie. Does nothing with a token, which only its issuer can end. Rejects with a QuireError. */
  async signOut(): Promise<void> {
    if (this.#auth.kind !== 'cookie') return;
    const response = await this.#call('POST', '/auth/signout');
    if (response.ok) return;
    const error = await responseError(response);
    if (error.code !== 'signed-out') throw error;
  }

  /** Sends an authenticated request. Rejects with a QuireError if the application's function returns no token. */
  async fetch(request: Request): Promise<Response> {
    if (this.#auth.kind === 'token') this.#authorize(request, await this.#tokenOf(this.#auth.token));
    return this.#env.fetch(request);
  }

  /** Returns the application's token, or rejects with the QuireError that says why there is none. */
  async #tokenOf(getToken: () => string | Promise<string>): Promise<string> {
    try {
      return nonEmpty('token', await getToken());
    } catch (cause) {
      throw tokenFailure(cause).error;
    }
  }

  #authorize(request: Request, token: string): void {
    request.headers.set('authorization', `Bearer ${token}`);
  }

  async #ticket(): Promise<string | null> {
    if (this.#auth.kind === 'cookie') return null;
    if (this.#auth.kind === 'ticket') return nonEmpty('ticket', await this.#auth.ticket());
    this.#token = nonEmpty('token', await this.#auth.token());
    const response = await this.#call('POST', '/socket-tickets');
    if (!response.ok) throw await responseError(response);
    return (await response.json()).ticket;
  }

  #call(method: 'GET' | 'POST', path: string): Promise<Response> {
    const request = new Request(this.rest + path, { method, credentials: 'same-origin' });
    if (this.#auth.kind === 'token') this.#authorize(request, this.#token);
    return this.#env.fetch(request);
  }
}

/** Throws a QuireError for an address without a scheme, which would be a path on the page's own server, and for one with a ? or #,
 * which would swallow the path of every request. */
function parseUrl(url: string): URL {
  const whole = /^https?:\/\/[^/?#\s]+[^?#\s]*$/i.test(url);
  if (whole) return new URL(url);
  throw new QuireError(
    'bad-option',
    `url must begin with https:// or http:// and have no ? or #, and is ${JSON.stringify(url)}`,
  );
}

/** Throws a QuireError for anything but the three kinds, for applications without types: it would fail on every attempt to connect
 * and look like a lost connection. */
function checkAuth(auth: Auth): Auth {
  const { kind, token, ticket } = auth as { kind?: unknown; token?: unknown; ticket?: unknown };
  if (kind === 'cookie') return auth;
  if (kind === 'token' && typeof token === 'function') return auth;
  if (kind === 'ticket' && typeof ticket === 'function') return auth;
  // The message does not repeat what was passed: it may be the token.
  const forms = "{ kind: 'cookie' }, { kind: 'token', token: () => … } or { kind: 'ticket', ticket: () => … }";
  throw new QuireError('bad-option', `auth must be ${forms}`);
}

function nonEmpty(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new QuireError('bad-option', `${name}() must return a text that is not empty, and returned ${typeof value}`);
}
