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

/** How often queues of other living pages are looked at again: one of them may have gone meanwhile. */
export const lookAgain = 60_000;
/** How long a page that said goodbye may take to be gone, with its last write. */
export const lastBreath = 1_000;
/** Without a way to ask, a queue counts as left over when nothing was written to it for this long. */
const untouched = 60_000;

/** Sends what other page loads of this user left behind, of any document: the frame in flight byte for byte under its old id,
 * then what waited behind it under ours. */
export class Leftovers {
  readonly #page: Page;
  readonly #ownership: Ownership;
  readonly #mine = new Map<string, Leftover>();
  #user: string | null = null;
  #timer: unknown = null;
  #due = 0;
  #looking: Promise<void> | null = null;

  constructor(page: Page, ownership: Ownership) {
    this.#page = page;
    this.#ownership = ownership;
  }

  /** Edits of earlier page loads that this page is sending. */
  get edits(): number {
    let sum = 0;
    for (const one of this.#mine.values()) sum += one.edits;
    return sum;
  }

  /** Looks for what `user` left behind. Never touches another user's. */
  look(user: string): Promise<void> {
    this.#user = user;
    this.#looking ??= this.#look(user).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** Another page has unsent edits: looks, after `ms`, whether it is still at work on them. */
  lookIn(ms: number): void {
    const user = this.#user;
    if (user === null) return;
    const { env } = this.#page;
    if (this.#timer !== null && this.#due <= env.now() + ms) return;
    if (this.#timer !== null) env.clearTimeout(this.#timer);
    this.#due = env.now() + ms;
    this.#timer = env.setTimeout(() => {
      this.#timer = null;
      this.look(user);
    }, ms);
  }

  stop(): void {
    if (this.#timer !== null) this.#page.env.clearTimeout(this.#timer);
    this.#timer = null;
    for (const one of this.#mine.values()) one.stop();
    this.#mine.clear();
    this.#user = null;
  }

  async #look(user: string): Promise<void> {
    const { keeper } = this.#page;
    const foreign = (await keeper.queues(user)).filter((queue) => queue.owner !== this.#page.id);
    const owners = [...new Set(foreign.map((queue) => queue.owner))];
    const silent = await Promise.all(owners.map((owner) => this.#isGone(owner, foreign)));
    for (const [i, owner] of owners.entries()) {
      if (silent[i]) await this.#takeFrom(owner, foreign);
    }
    if (this.#user === user && silent.includes(false) && this.#timer === null) this.lookIn(lookAgain);
  }

  async #isGone(owner: string, queues: QueueRecord[]): Promise<boolean> {
    if (this.#ownership.canAsk) return !(await this.#ownership.alive(owner));
    const last = Math.max(...queues.filter((queue) => queue.owner === owner).map((queue) => queue.at));
    return last < this.#page.env.now() - untouched;
  }

  async #takeFrom(owner: string, queues: QueueRecord[]): Promise<void> {
    for (const { key } of queues.filter((queue) => queue.owner === owner)) {
      const record = await this.#page.keeper.take(key, owner, this.#page.id);
      if (!record || this.#user !== record.user) continue;
      const leftover = new Leftover(this.#page, record, () => {
        this.#mine.delete(key);
        this.#page.counted();
      });
      this.#mine.set(key, leftover);
      leftover.begin();
    }
    this.#ownership.took(owner);
    this.#page.counted();
  }
}

/** One queue of an earlier page load, sent without an editor. */
class Leftover implements Receiver {
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
        remote: () => this.#check(),
        confirmed: () => this.#check(),
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

  begin(): void {
    this.#page.connection.join(this.#document, this);
  }

  online(): void {
    this.#catchUp.reset();
    this.#resumed = false;
    if (this.#queue.epoch !== this.#page.connection.epoch) this.#park('restored', '');
    // Everything since the revision this queue stands on; then what is in flight, unless it was among that.
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
    this.#check();
  }

  #check(): void {
    if (isPending(this.#queue.pending)) return;
    this.#page.connection.leave(this.#document, this);
    this.#queue.write();
    this.#queue.settled().then(() => this.#done());
  }
}
