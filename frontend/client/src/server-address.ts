import type { Environment } from './environment.ts';
import { createRest, type Rest } from './rest.ts';
import type { Answer } from './socket.ts';
import type { Auth, ClientOptions } from './types.ts';

const api = '/api/v1';

/** Where the server is, and how this page proves to it who it is: by the cookie of its own origin, or by a token that buys a
 * ticket for each connection. */
export class ServerAddress {
  readonly rest: Rest;
  /** Names what belongs to this server on the device: an embedding page may know several. */
  readonly name: string;
  readonly #base: string;
  readonly #auth: Auth;
  readonly #env: Environment;

  constructor(options: ClientOptions, env: Environment) {
    const origin = typeof location === 'undefined' ? 'http://localhost' : location.origin;
    const url = new URL(options.url ?? origin, origin);
    this.#base = url.href.replace(/\/$/, '');
    this.name = `quire ${url.host}`;
    this.#auth = options.auth ?? { kind: 'cookie' };
    this.#env = env;
    this.rest = createRest(`${this.#base}${api}`, (request) => this.#fetch(request));
  }

  /** What to open a socket with. A token never stands in the address, where logs would keep it. */
  async socket(): Promise<{ url: string; protocols: string[] }> {
    const ticket = await this.#ticket();
    const url = `${this.#base.replace(/^http/, 'ws')}${api}/socket`;
    return { url, protocols: ticket === null ? [] : ['quire', `ticket.${ticket}`] };
  }

  /** A browser does not say why an upgrade failed; REST does. */
  async ask(): Promise<Answer> {
    try {
      // With tickets alone the page has nothing to sign in to REST with.
      const { response } = await (this.#auth.kind === 'ticket' ? this.rest.GET('/server') : this.rest.GET('/me'));
      if (response.status === 401) return { kind: 'signed-out' };
      if (response.status !== 429 && response.status < 500) return { kind: 'well' };
      const after = Number(response.headers.get('retry-after'));
      return { kind: 'later', ms: Math.min(60, Math.max(1, after || 2)) * 1000 };
    } catch {
      return { kind: 'no-answer' };
    }
  }

  /** Ends the sign-in. A token is its issuer's to end. */
  async signOut(): Promise<void> {
    if (this.#auth.kind !== 'cookie') return;
    const { response } = await this.rest.POST('/auth/signout');
    if (!response.ok && response.status !== 401) throw new Error(`signing out failed with ${response.status}`);
  }

  async #ticket(): Promise<string | null> {
    if (this.#auth.kind === 'cookie') return null;
    if (this.#auth.kind === 'ticket') return this.#auth.ticket();
    const { data, response } = await this.rest.POST('/socket-tickets');
    if (!data) throw Object.assign(new Error('no ticket'), { status: response.status });
    return data.ticket;
  }

  async #fetch(request: Request): Promise<Response> {
    if (this.#auth.kind === 'token') request.headers.set('authorization', `Bearer ${await this.#auth.token()}`);
    return this.#env.fetch(request);
  }
}
