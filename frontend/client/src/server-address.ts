import type { Environment } from './environment.ts';
import { asksToWait, QuireError, refusal, refusalOfToken } from './error.ts';
import type { Answer } from './socket.ts';
import type { Auth, ClientOptions } from './types.ts';

const api = '/api/v1';

/** Where the server is, and how this page proves to it who it is: by the cookie of its own origin, or by a token that buys a
 * ticket for each connection. */
export class ServerAddress {
  /** Names what belongs to this server on the device: an embedding page may know several. */
  readonly name: string;
  /** Where REST begins, without a slash at the end. */
  readonly rest: string;
  readonly #auth: Auth;
  readonly #env: Environment;
  /** The token of the present attempt to connect: the function that gives it is called once for each. */
  #token = '';

  constructor(options: Pick<ClientOptions, 'url' | 'auth'>, env: Environment) {
    const origin = typeof location === 'undefined' ? 'http://localhost' : location.origin;
    const url = addressOf(options.url ?? origin);
    this.rest = `${url.href.replace(/\/$/, '')}${api}`;
    this.name = `quire ${url.host}`;
    this.#auth = checked(options.auth ?? { kind: 'cookie' });
    this.#env = env;
  }

  /** What to open a socket with. A token never stands in the address, where logs would keep it. */
  async socket(): Promise<{ url: string; protocols: string[] }> {
    const ticket = await this.#ticket();
    const url = `${this.rest.replace(/^http/, 'ws')}/socket`;
    return { url, protocols: ticket === null ? [] : ['quire', `ticket.${ticket}`] };
  }

  /** A browser does not say why an upgrade failed; REST does. */
  async ask(): Promise<Answer> {
    try {
      // With tickets alone the page has nothing to sign in to REST with.
      const response = await this.#call('GET', this.#auth.kind === 'ticket' ? '/server' : '/me');
      // A hotel's sign-in page answers everything, and is not the server.
      const ours = /json/.test(response.headers.get('content-type') ?? '');
      if (response.ok) return ours ? { kind: 'well' } : { kind: 'no-answer', error: null };
      const error = await refusal(response);
      if (error.code === 'signed-out') return { kind: 'signed-out', error };
      if (!asksToWait(error)) return { kind: 'no-answer', error };
      const after = Number(response.headers.get('retry-after'));
      return { kind: 'later', ms: Math.min(60, Math.max(1, after || 2)) * 1000, error };
    } catch {
      return { kind: 'no-answer', error: null };
    }
  }

  /** Ends the sign-in. A token is its issuer's to end. */
  async signOut(): Promise<void> {
    if (this.#auth.kind !== 'cookie') return;
    const response = await this.#call('POST', '/auth/signout');
    if (response.ok) return;
    const error = await refusal(response);
    if (error.code !== 'signed-out') throw error;
  }

  /** Sends a request with what proves who this is. */
  async fetch(request: Request): Promise<Response> {
    if (this.#auth.kind === 'token') this.#prove(request, await this.#tokenOf(this.#auth.token));
    return this.#env.fetch(request);
  }

  /** What the page's own function gives, or why it gives none. */
  async #tokenOf(give: () => string | Promise<string>): Promise<string> {
    try {
      return text('token', await give());
    } catch (cause) {
      throw refusalOfToken(cause).error;
    }
  }

  #prove(request: Request, token: string): void {
    request.headers.set('authorization', `Bearer ${token}`);
  }

  async #ticket(): Promise<string | null> {
    if (this.#auth.kind === 'cookie') return null;
    if (this.#auth.kind === 'ticket') return text('ticket', await this.#auth.ticket());
    this.#token = text('token', await this.#auth.token());
    const response = await this.#call('POST', '/socket-tickets');
    if (!response.ok) throw await refusal(response);
    return (await response.json()).ticket;
  }

  #call(method: 'GET' | 'POST', path: string): Promise<Response> {
    const request = new Request(this.rest + path, { method, credentials: 'same-origin' });
    if (this.#auth.kind === 'token') this.#prove(request, this.#token);
    return this.#env.fetch(request);
  }
}

/** Without a scheme, `docs.example.org` would be a path of the page's own server; after a ? or #, so would the path of every call
 * be part of that. */
function addressOf(url: string): URL {
  const whole = /^https?:\/\/[^/?#\s]+[^?#\s]*$/i.test(url);
  if (whole) return new URL(url);
  throw new QuireError(
    'bad-option',
    `url must begin with https:// or http:// and have no ? or #, and is ${JSON.stringify(url)}`,
  );
}

/** Of the three, for who writes without types: another would fail with each attempt to connect, and look like no connection. */
function checked(auth: Auth): Auth {
  const { kind, token, ticket } = auth as { kind?: unknown; token?: unknown; ticket?: unknown };
  if (kind === 'cookie') return auth;
  if (kind === 'token' && typeof token === 'function') return auth;
  if (kind === 'ticket' && typeof ticket === 'function') return auth;
  // What was passed is not repeated: it may be the token.
  const forms = "{ kind: 'cookie' }, { kind: 'token', token: () => … } or { kind: 'ticket', ticket: () => … }";
  throw new QuireError('bad-option', `auth must be ${forms}`);
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new QuireError('bad-option', `${name}() must return a text that is not empty, and returned ${typeof value}`);
}
