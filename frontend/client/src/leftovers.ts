import { CatchUp } from './catch-up.ts';
import type { Receiver } from './connection.ts';
import type { Ownership } from './ownership.ts';
import type { Page } from './page.ts';
import { reasonOf } from './parked.ts';
import { isPending } from './pending.ts';
import type { Incoming, Reply } from './protocol.ts';
import { Queue } from './queue.ts';
import type { QueueRecord } from './store.ts';
import type { ParkedReason } from './types.ts';

/** When to look again at the queues of other live pages, ms: one of those pages may be gone by then. */
export const recheckAfter = 60_000;
/** How long a page that announced its end may take for its last write, ms. */
export const leaveGrace = 1_000;
/** Where pages cannot ask each other, a queue counts as left behind if it was not written for this long, ms. */
const staleAfter = 60_000;

/** Takes over the queues that earlier page loads of this user left behind, of any document, and sends them: first the frame in
 * flight, byte for byte under its old client id, then the waiting edits under ours. */
export class Leftovers {
  readonly #page: Page;
  readonly #ownership: Ownership;
  readonly #taken = new Map<string, LeftoverQueue>();
  #user: string | null = null;
  #timer: unknown = null;
  #lookAt = 0;
  #looking: Promise<void> | null = null;

  constructor(page: Page, ownership: Ownership) {
    this.#page = page;
    this.#ownership = ownership;
  }

  /** How many edits of earlier page loads this page still has to send. */
  get edits(): number {
    let sum = 0;
    for (const one of this.#taken.values()) sum += one.edits;
    return sum;
  }

  /** Takes over what pages of `user` left behind. Never touches another user's queues. */
  look(user: string): Promise<void> {
    this.#user = user;
    this.#looking ??= this.#look(user).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** Another page has unsent edits: looks again in `ms` whether it is still there to send them. */
  lookAfter(ms: number): void {
    const user = this.#user;
    if (user === null) return;
    const { env } = this.#page;
    if (this.#timer !== null && this.#lookAt <= env.now() + ms) return;
    if (this.#timer !== null) env.clearTimeout(this.#timer);
    this.#lookAt = env.now() + ms;
    this.#timer = env.setTimeout(() => {
      this.#timer = null;
      this.look(user);
    }, ms);
  }

  stop(): void {
    if (this.#timer !== null) this.#page.env.clearTimeout(this.#timer);
    this.#timer = null;
    for (const one of this.#taken.values()) one.stop();
    this.#taken.clear();
    this.#user = null;
  }

  async #look(user: string): Promise<void> {
    const { store } = this.#page;
    const others = (await store.queues(user)).filter((queue) => queue.owner !== this.#page.id);
    const owners = [...new Set(others.map((queue) => queue.owner))];
    const gone = await Promise.all(owners.map((owner) => this.#isGone(owner, others)));
    for (const [i, owner] of owners.entries()) {
      if (gone[i]) await this.#takeFrom(owner, others);
    }
    if (this.#user === user && gone.includes(false) && this.#timer === null) this.lookAfter(recheckAfter);
  }

  async #isGone(owner: string, queues: QueueRecord[]): Promise<boolean> {
    if (this.#ownership.canAsk) return !(await this.#ownership.isAlive(owner));
    const last = Math.max(...queues.filter((queue) => queue.owner === owner).map((queue) => queue.at));
    return last < this.#page.env.now() - staleAfter;
  }

  async #takeFrom(owner: string, queues: QueueRecord[]): Promise<void> {
    for (const { key } of queues.filter((queue) => queue.owner === owner)) {
      const record = await this.#page.store.take(key, owner, this.#page.id);
      if (!record || this.#user !== record.user) continue;
      const leftover = new LeftoverQueue(this.#page, record, () => {
        this.#taken.delete(key);
        this.#page.countsChanged();
      });
      this.#taken.set(key, leftover);
      leftover.start();
    }
    this.#ownership.announceTakeover(owner);
    this.#page.countsChanged();
  }
}

/** A queue of an earlier page load, sent without an editor. */
class LeftoverQueue implements Receiver {
  readonly #page: Page;
  readonly #document: string;
  readonly #queue: Queue;
  readonly #done: () => void;
  readonly #catchUp: CatchUp;
  #resumed = false;

  constructor(page: Page, record: QueueRecord, done: () => void) {
    this.#page = page;
    this.#document = record.document;
    this.#done = done;
    this.#queue = new Queue(
      page,
      record.user,
      record.document,
      record.epoch,
      {
        remote: () => this.#finishIfDone(),
        confirmed: () => this.#finishIfDone(),
        refused: (error) => this.#park(reasonOf(error), error.message ?? ''),
        gap: (upTo) => this.#catchUp.ask(upTo),
        lost: () => this.#park('restored', ''),
      },
      record,
    );
    const revision = () => this.#queue.pending.revision;
    this.#catchUp = new CatchUp(page.connection, record.document, revision, (reply) => this.#caughtUp(reply));
  }

  get edits(): number {
    return this.#queue.edits;
  }

  start(): void {
    this.#page.connection.join(this.#document, this);
  }

  online(): void {
    this.#catchUp.reset();
    this.#resumed = false;
    if (this.#queue.epoch !== this.#page.connection.epoch) this.#park('restored', '');
    // Fetches every op since the queue's revision, then sends the op in flight unless it was among those.
    else this.#catchUp.ask();
  }

  offline(): void {
    this.#queue.pause();
  }

  frame(frame: Incoming): void {
    if (frame.a === 'op') {
      const here = frame.v === this.#queue.pending.revision;
      if (here && (frame.create || frame.del) && !frame.error) this.#park('deleted', '');
      else this.#queue.receive(frame);
    } else if (frame.a === 'doc' && frame.role === 'none') {
      this.#park(frame.reason === 'trashed' || frame.reason === 'deleted' ? frame.reason : 'removed', '');
    }
  }

  stop(): void {
    this.#queue.stop();
    this.#page.connection.leave(this.#document, this);
  }

  #caughtUp(reply: Reply): void {
    if (reply.error) this.#park(reasonOf(reply.error), reply.error.message ?? '');
    else if (!this.#resumed) this.#queue.resume();
    this.#resumed = true;
  }

  #park(reason: ParkedReason, detail: string): void {
    this.#queue.park(reason, detail);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (isPending(this.#queue.pending)) return;
    this.#page.connection.leave(this.#document, this);
    this.#queue.write();
    this.#queue.whenWritten().then(() => this.#done());
  }
}
