import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { IDBFactory } from 'fake-indexeddb';
import WebSocket from 'ws';
import { createClient } from '../src/client.ts';
import type { Auth, QuireClient } from '../src/client-types.ts';
import type { ChannelLike, SocketLike } from '../src/environment.ts';
import { createRest, type Rest } from '../src/rest.ts';
import type { QuireDocument } from '../src/types.ts';

/** The real binary on a database of its own; it can be killed and started again on the same port. */
export class RealServer {
  url = '';
  readonly #bin: string;
  readonly #env: Record<string, string>;
  readonly #home = mkdtempSync(join(tmpdir(), 'quire-client-'));
  #process: ChildProcess | null = null;
  #port = '0';

  constructor(bin: string, env: Record<string, string> = {}) {
    this.#bin = bin;
    this.#env = env;
  }

  async start(): Promise<void> {
    const env = {
      PATH: process.env.PATH,
      HOME: this.#home,
      PORT: this.#port,
      DATABASE_URL: `sqlite:${this.#home}/q.db`,
      ...this.#env,
    };
    const child = spawn(this.#bin, ['serve'], { env, cwd: this.#home, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        const url = /serves (http:\S+)/.exec(line)?.[1];
        if (!url) return;
        this.url = url;
        child.emit('serves');
      });
    }
    await Promise.race([
      once(child, 'serves'),
      once(child, 'exit').then(() => Promise.reject(new Error('the server ended before it served'))),
    ]);
    this.#port = new URL(this.url).port;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Whose page it is: what their device keeps, and how it proves who they are. */
export interface Holder {
  readonly device: IDBFactory;
  readonly id: string;
  readonly auth: Auth;
}

/** A person with an account, and a device that keeps things. */
export class Someone implements Holder {
  readonly device = new IDBFactory();
  readonly auth: Auth = { kind: 'ticket', ticket: () => this.ticket() };
  id = '';
  readonly #server: RealServer;
  #cookie = '';

  constructor(server: RealServer) {
    this.#server = server;
  }

  async signUp(name: string): Promise<this> {
    const body = { name, email: `${name}@example.org`, password: 'a short sentence' };
    return this.#enter(await this.call('POST', '/auth/signup', body));
  }

  /** Comes by a link, with only a name. */
  async visit(token: string, name: string): Promise<this> {
    return this.#enter(await this.call('POST', '/links/claim', { token, name }));
  }

  async #enter(response: Response): Promise<this> {
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    const body = await response.json();
    this.id = (body.user ?? body).id;
    return this;
  }

  async call(method: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { origin: this.#server.url, cookie: this.#cookie };
    if (body) headers['content-type'] = 'application/json';
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const response = await fetch(`${this.#server.url}/api/v1${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  /** A page of this person. Pages of one device share what it keeps. */
  page(): RealPage {
    return new RealPage(this, this.#server);
  }

  /** REST as a page of this person has it, whose browser adds cookie and origin. */
  rest(): Rest {
    const { url } = this.#server;
    const environment = {
      fetch: (request: Request) => {
        request.headers.set('cookie', this.#cookie);
        request.headers.set('origin', url);
        return fetch(request);
      },
    };
    return createRest({ url, environment });
  }

  async ticket(): Promise<string> {
    return (await (await this.call('POST', '/socket-tickets')).json()).ticket;
  }

  async text(document: string): Promise<string> {
    return (await this.call('GET', `/documents/${document}/content?format=text`)).text();
  }
}

/** A page load against the real server: it can die at any moment. */
export class RealPage {
  readonly client: QuireClient;
  #alive = true;
  #sockets = new Set<WebSocket>();
  #channels = new Set<BroadcastChannel>();

  constructor(someone: Holder, server: RealServer) {
    this.client = createClient({
      url: server.url,
      auth: someone.auth,
      environment: {
        indexedDB: someone.device,
        openSocket: (url, protocols) => this.#open(url, protocols, server.url),
        openChannel: (name) => this.#listen(`${name} ${someone.id}`),
        setTimeout: (run, ms) => setTimeout(() => this.#alive && run(), ms),
        listen: () => () => {},
      },
    });
  }

  /** The page is gone without a word, and nothing it does reaches the server any more. */
  crash(): void {
    this.#alive = false;
    for (const socket of this.#sockets) socket.terminate();
    for (const channel of this.#channels) channel.close();
  }

  #listen(name: string): ChannelLike {
    const channel = new BroadcastChannel(name);
    this.#channels.add(channel);
    return channel as unknown as ChannelLike;
  }

  #open(url: string, protocols: string[], origin: string): SocketLike {
    if (!this.#alive) throw new Error('a page that is gone');
    const socket = new WebSocket(url, protocols, { origin });
    this.#sockets.add(socket);
    const like: SocketLike = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => this.#alive && socket.readyState === WebSocket.OPEN && socket.send(text),
      close: (code) => socket.close(code),
    };
    socket.on('open', () => this.#alive && like.onopen?.());
    socket.on('message', (data) => this.#alive && like.onmessage?.({ data: data.toString() }));
    socket.on('close', (code) => this.#alive && like.onclose?.({ code, reason: '' }));
    socket.on('error', () => {}); // a close follows
    return like;
  }
}

/** Resolves when something becomes true of a document or a client. */
export function becomes(of: Pick<QuireDocument | QuireClient, 'subscribe'>, what: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (what()) return resolve();
    const end = of.subscribe(() => {
      if (!what()) return;
      end();
      resolve();
    });
  });
}
