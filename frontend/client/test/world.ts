import type { Link } from './link.ts';
import type { PageModel } from './page-model.ts';
import { Random } from './random.ts';
import { ServerModel } from './server-model.ts';

/** The owner of a timer that belongs to no page, to let time pass. */
const IDLE = { awake: true, alive: true };

/** A timer of a page. It fires while the page is awake, and is dropped when the page dies; `at` is in the world's ms. */
export interface Timer {
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
  /** REST's answers other than 204, by the end of the path. */
  readonly rest = new Map<string, { status: number; body?: object; headers?: Record<string, string> }>();
  /** Every socket that was opened. */
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

  /** Returns everything that could happen next without time passing. */
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

  /** Advances time to the next timer and fires it. Returns false if there is none. */
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

  /** Takes one step: something that is ready, or else the next timer. */
  async step(): Promise<void> {
    const ready = this.ready();
    if (ready.length > 0 && !this.random.chance(0.1)) this.random.pick(ready)();
    else this.advance();
    await settle();
  }

  /** Steps until `done` and nothing is ready, for at most `ms` of the world's time. Returns whether it got there. */
  async until(done: () => boolean, ms = 600_000): Promise<boolean> {
    const end = this.now + ms;
    await settle();
    for (let i = 0; i < 50_000 && this.now < end; i++) {
      const ready = this.ready();
      if (ready.length === 0 && done()) return true;
      if (ready.length > 0) this.random.pick(ready)();
      else if (!this.advance()) this.now = end; // no timer is left
      await settle();
    }
    return this.ready().length === 0 && done();
  }
}

/** Resolves when all pending promise callbacks have run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
