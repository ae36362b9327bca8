import { Client } from '../src/client.ts';
import type { ClientOptions } from '../src/client-types.ts';
import type { ChannelLike, Environment, SocketLike } from '../src/environment.ts';
import type { ParkedRecord, QueueRecord, QueueRef, Store } from '../src/store.ts';
import { MemoryStore } from '../src/store-memory.ts';
import { Random } from './random.ts';
import { ServerModel, type Session } from './server-model.ts';

/** Nobody's timer, to let time pass. */
const IDLE = { awake: true, alive: true };

interface Timer {
  readonly at: number;
  readonly page: { readonly awake: boolean; readonly alive: boolean };
  run: (() => void) | null;
}

/** A network, browsers and a clock, all moved by hand: nothing happens until a step is taken, and the seed decides which. */
export class World {
  now = 1_000_000;
  readonly random: Random;
  readonly server = new ServerModel();
  readonly pages: PageModel[] = [];
  readonly links = new Set<Link>();
  /** Whether connections can be made. */
  up = true;
  /** What REST answers where it is not 204: status and body by the end of the path. */
  readonly rest = new Map<string, { status: number; body?: object; headers?: Record<string, string> }>();
  /** Every socket that was asked for. */
  readonly sockets: { url: string; protocols: string[] }[] = [];
  /** Whether frames get lost, doubled and swapped. */
  faulty = true;
  #timers: Timer[] = [];
  #ids = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.server.sendsMissing = this.random.chance(0.5);
  }

  /** Steps until `ms` have passed and nothing is left to happen now. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    const timer = this.timer(IDLE, () => {}, ms);
    await this.until(() => this.now >= end, ms + 1);
    timer.run = null;
  }

  timer(page: { readonly awake: boolean; readonly alive: boolean }, run: () => void, ms: number): Timer {
    const timer: Timer = { at: this.now + ms, page, run };
    this.#timers.push(timer);
    return timer;
  }

  id(): string {
    return `p${++this.#ids}`;
  }

  /** All that could happen next without time passing. */
  ready(): (() => void)[] {
    const ready: (() => void)[] = [];
    for (const link of this.links) {
      if (link.toServer.length > 0) ready.push(() => link.deliverToServer());
      if (link.toClient.length > 0 && link.page.awake) ready.push(() => link.deliverToClient());
    }
    for (const page of this.pages) {
      if (page.commits.length > 0 && page.alive) ready.push(() => page.commits.shift()?.());
      if (page.inbox.length > 0 && page.awake) ready.push(() => page.inbox.shift()?.());
    }
    return ready;
  }

  /** Lets time pass to the next timer. */
  advance(): boolean {
    let next: Timer | null = null;
    for (const timer of this.#timers) if (timer.run && timer.page.awake && (!next || timer.at < next.at)) next = timer;
    if (!next) return false;
    this.now = Math.max(this.now, next.at);
    const run = next.run;
    next.run = null;
    this.#timers = this.#timers.filter((timer) => timer.run && timer.page.alive);
    run?.();
    return true;
  }

  /** One step: something that is ready, or else time. */
  async step(): Promise<void> {
    const ready = this.ready();
    if (ready.length > 0 && !this.random.chance(0.1)) this.random.pick(ready)();
    else this.advance();
    await settle();
  }

  /** Steps until `done`, at most `ms` of the world's time. */
  async until(done: () => boolean, ms = 600_000): Promise<boolean> {
    const end = this.now + ms;
    await settle();
    for (let i = 0; i < 50_000 && this.now < end; i++) {
      const ready = this.ready();
      if (ready.length === 0 && done()) return true;
      if (ready.length > 0) this.random.pick(ready)();
      else if (!this.advance()) this.now = end; // nobody waits for anything any more
      await settle();
    }
    return this.ready().length === 0 && done();
  }
}

/** Lets all promises settle. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** One browser profile: the store and the channel that its pages share, and who is signed in. */
export class BrowserModel {
  readonly store = new MemoryStore();
  /** Characters that were once in the store. */
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
  /** Transactions of the store that were asked for, in order. */
  readonly commits: (() => void)[] = [];
  /** What the page will be told: results of the store, messages of other pages. */
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

  /** The page is gone without a word. */
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

/** A socket between a page and the server; frames travel when the world says so. */
export class Link {
  readonly page: PageModel;
  readonly toServer: string[] = [];
  readonly toClient: (string | { close: number })[] = [];
  readonly socket: SocketLike;
  #session: Session | null = null;
  #open = false;
  #over = false;

  constructor(page: PageModel) {
    this.page = page;
    const { world } = page;
    world.links.add(this);
    page.link.add(this);
    this.socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text) => {
        if (!this.#over) this.toServer.push(text);
      },
      close: () => this.cut(),
    };
    page.tell(() => {
      if (this.#over) return;
      if (!world.up || page.browser.user === '') return this.#closed(1006);
      this.#session = world.server.connect(
        page.browser.user,
        (frame) => this.toClient.push(JSON.stringify(frame)),
        (code) => this.toClient.push({ close: code }),
      );
      this.#open = true;
      this.socket.onopen?.();
    });
  }

  deliverToServer(): void {
    const text = this.toServer.shift();
    if (text !== undefined && this.#session && this.#open) this.page.world.server.receive(this.#session, text);
  }

  deliverToClient(): void {
    const { random } = this.page.world;
    const frame = this.toClient.shift();
    if (frame === undefined || this.#over) return;
    if (typeof frame !== 'string') return this.#closed(frame.close);
    if (!this.page.world.faulty) {
      this.socket.onmessage?.({ data: frame });
      return;
    }
    // An acknowledgement that gets lost although the line holds: the server's fault, and ours to heal.
    if (isOp(frame) && !frame.includes('"op":') && random.chance(0.02)) return;
    // A frame that comes twice, or two ops in the wrong order: the protocol has to stand it.
    const next = this.toClient[0];
    if (isOp(frame) && isOp(next) && random.chance(0.03)) {
      this.toClient[0] = frame;
      this.socket.onmessage?.({ data: next });
      return;
    }
    if (isOp(frame) && random.chance(0.03)) this.toClient.unshift(frame);
    this.socket.onmessage?.({ data: frame });
  }

  /** The line breaks: what was on its way is lost in both directions. */
  break(): void {
    this.#leave();
    this.toServer.length = this.toClient.length = 0;
    this.toClient.push({ close: 1006 });
    this.#open = false;
  }

  /** The page lets go: what it sent may still arrive. */
  cut(): void {
    this.#over = true;
    this.page.link.delete(this);
    this.toClient.length = 0;
    if (this.toServer.length === 0) this.#leave();
    else this.page.world.random.chance(0.5) ? this.#flush() : this.#leave();
    this.page.world.links.delete(this);
  }

  #flush(): void {
    while (this.toServer.length > 0) this.deliverToServer();
    this.#leave();
  }

  #closed(code: number): void {
    this.cut();
    this.socket.onclose?.({ code, reason: '' });
  }

  #leave(): void {
    if (this.#session) this.page.world.server.disconnect(this.#session);
  }
}

function isOp(frame: unknown): frame is string {
  return typeof frame === 'string' && frame.startsWith('{"a":"op"');
}

/** The browser's store as one page sees it: a transaction commits at some step, and the page hears of it at a later one. A
 * page that dies in between never does. */
class SlowStore implements Store {
  readonly kept = 'device';
  readonly #page: PageModel;

  constructor(page: PageModel) {
    this.#page = page;
  }

  put = (record: QueueRecord) =>
    this.#later(async (store) => {
      const outcome = await store.put(structuredClone(record));
      if (outcome === 'kept') this.#page.browser.note(record);
      return outcome;
    });
  drop = (key: string, owner: string, tombstone: boolean) => this.#later((store) => store.drop(key, owner, tombstone));
  take = (key: string, from: string, by: string) => this.#later((store) => store.take(key, from, by));
  queues = (user: string) => this.#later((store) => store.queues(user));
  anyUnsent = () => this.#later((store) => store.anyUnsent());
  park = (record: ParkedRecord, from: QueueRef | null) =>
    this.#later(async (store) => {
      const outcome = await store.park(structuredClone(record), from);
      if (outcome === 'kept') this.#page.browser.note(record);
      return outcome;
    });
  parked = (user: string) => this.#later((store) => store.parked(user));
  unpark = (id: string) => this.#later((store) => store.unpark(id));
  clear = (user: string) => this.#later((store) => store.clear(user));
  close(): void {}

  #later<T>(work: (store: MemoryStore) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#page.commits.push(() => {
        work(this.#page.browser.store).then(
          (value) => this.#page.tell(() => resolve(value)),
          (error) => this.#page.tell(() => reject(error)),
        );
      });
    });
  }
}
