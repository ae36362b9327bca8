import { Client } from '../src/client.ts';
import type { ClientOptions } from '../src/client-types.ts';
import type { ChannelLike, Environment } from '../src/environment.ts';
import { MemoryStore } from '../src/store-memory.ts';
import { Link } from './link.ts';
import { SlowStore } from './slow-store.ts';
import type { Timer, World } from './world.ts';

/** One browser profile: the store and the channel that its pages share, and its signed-in user. */
export class BrowserModel {
  readonly store = new MemoryStore();
  /** Every character that was ever in the store. */
  readonly keptText = new Set<string>();
  readonly world: World;
  user: string;

  constructor(world: World, user: string) {
    this.world = world;
    this.user = user;
  }

  get pages(): PageModel[] {
    return this.world.pages.filter((page) => page.browser === this && page.alive);
  }

  load(options: ClientOptions = {}): PageModel {
    const page = new PageModel(this, options);
    this.world.pages.push(page);
    return page;
  }

  note(record: { inFlight?: unknown; waiting?: unknown; ops?: unknown }): void {
    for (const character of JSON.stringify([record.inFlight, record.waiting, record.ops])) this.keptText.add(character);
  }
}

/** One page load. */
export class PageModel {
  readonly browser: BrowserModel;
  readonly world: World;
  readonly client: Client;
  readonly environment: Partial<Environment>;
  /** Transactions of the store that have not committed yet, in order. */
  readonly commits: (() => void)[] = [];
  /** Events on their way to the page: results of the store, messages of other pages. */
  readonly inbox: (() => void)[] = [];
  readonly link: Set<Link> = new Set();
  readonly listeners: { event: 'wake' | 'leave' | 'offline'; run: () => void }[] = [];
  alive = true;
  frozen = false;
  hidden = false;
  replaced = false;
  channel: ChannelLike | null = null;

  constructor(browser: BrowserModel, options: ClientOptions) {
    this.browser = browser;
    this.world = browser.world;
    this.environment = { ...this.#environment(), ...options.environment };
    const { environment } = this;
    const onReplaced = () => {
      this.replaced = true;
      this.crash();
    };
    this.client = new Client({ url: 'http://quire.test', onReplaced, ...options, environment }, new SlowStore(this));
  }

  get awake(): boolean {
    return this.alive && !this.frozen;
  }

  /** The page dies without any event. */
  crash(): void {
    this.alive = false;
    for (const link of [...this.link]) link.cut();
  }

  thaw(): void {
    this.frozen = false;
    this.fire('wake');
  }

  fire(event: 'wake' | 'leave' | 'offline'): void {
    for (const listener of this.listeners) if (listener.event === event) listener.run();
  }

  tell(run: () => void): void {
    this.inbox.push(run);
  }

  #environment(): Partial<Environment> {
    const { world } = this;
    return {
      now: () => world.now,
      setTimeout: (run, ms) => world.timer(this, run, ms),
      clearTimeout: (timer) => {
        if (timer) (timer as Timer).run = null;
      },
      random: () => world.random.next(),
      randomId: () => world.id(),
      openSocket: (url, protocols) => {
        world.sockets.push({ url, protocols });
        return new Link(this).socket;
      },
      fetch: (request) => this.#fetch(request),
      indexedDB: null,
      openChannel: () => {
        const channel: ChannelLike = {
          onmessage: null,
          close: () => {},
          postMessage: (data) => {
            for (const other of this.browser.pages)
              if (other !== this) other.tell(() => other.channel?.onmessage?.({ data }));
          },
        };
        this.channel = channel;
        return channel;
      },
      isOnline: () => true,
      isHidden: () => this.hidden,
      isSeen: () => !this.hidden,
      listen: (event, run) => {
        this.listeners.push({ event, run });
        return () => {};
      },
    };
  }

  #fetch(request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.tell(() => {
        if (!this.world.up) return reject(new TypeError('no network'));
        const given = [...this.world.rest].find(([path]) => request.url.endsWith(path))?.[1];
        if (given)
          return resolve(Response.json(given.body ?? {}, { status: given.status, headers: given.headers ?? {} }));
        if (request.url.endsWith('/me'))
          return resolve(
            this.browser.user
              ? Response.json({ id: this.browser.user })
              : Response.json(
                  { type: 'urn:quire:problem:signed-out', title: 'Signed out', status: 401, detail: 'Sign in first.' },
                  { status: 401 },
                ),
          );
        resolve(new Response(null, { status: 204 }));
      });
    });
  }
}
