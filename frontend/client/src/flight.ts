import type { Delta } from './delta.ts';
import type { Written } from './keeper.ts';
import type { Page } from './page.ts';
import type { Pending } from './pending.ts';
import { type OpFrame, opFrame } from './protocol.ts';
import type { QueueRecord } from './store.ts';

/** Whose ops are sent. */
export interface Sender {
  pending(): Pending;
  /** Moves what waits, or as much of it as one frame may hold, in flight. */
  take(): void;
  /** Writes everything pending down. */
  write(): Promise<Written>;
}

type Frame = NonNullable<QueueRecord['frame']>;

/** How long a write may hold up a frame, ms. */
const storePatience = 3_000;
/** After this long without an answer the same frame is sent again; doubled each time. ms */
const resendAfter = 4_000;

/** The one op of a document that is on its way to the server.
 *
 * Safety: a frame leaves only after one transaction found the queue to be this page's and wrote that very frame. A frame is
 * never changed once made; it is sent again byte for byte. What waits is never sent before the op in flight is confirmed.
 * Liveness: while connected and caught up, either nothing is pending, or a write is under way, or a frame is out with a
 * timer running. */
export class Flight {
  readonly #page: Page;
  readonly #document: string;
  readonly #queue: Sender;

  #frame: Frame | null;
  #sent = false;
  #ready = false;
  #leaving = false;
  #stopped = false;
  #resends = 0;
  #answerTimer: unknown = null;

  /** `frame`: of an earlier page, for the op in flight that it left. */
  constructor(page: Page, document: string, queue: Sender, frame: Frame | null) {
    this.#page = page;
    this.#document = document;
    this.#queue = queue;
    this.#frame = frame;
  }

  get frame(): Frame | null {
    return this.#frame;
  }

  /** Whether this is the server's word on what is in flight. */
  isAnswer(frame: OpFrame): boolean {
    return this.#frame !== null && frame.src === this.#frame.src && frame.seq === this.#frame.seq;
  }

  /** Connected and caught up: sends what is in flight again, if its answer was not among what was missed. */
  resume(): void {
    this.#ready = true;
    this.#sent = false;
    this.pump();
  }

  pause(): void {
    this.#ready = this.#sent = false;
    this.#stopAnswerTimer();
  }

  /** Nothing is sent from now on. */
  stop(): void {
    this.pause();
    this.#stopped = true;
  }

  /** The op in flight is confirmed, or given up. */
  end(): void {
    this.#frame = null;
    this.#sent = false;
    this.#stopAnswerTimer();
  }

  /** Sends what there is to send. To be called whenever there may be something. */
  pump(): void {
    if (this.#stopped || !this.#ready || this.#leaving) return;
    const { inFlight, waiting } = this.#queue.pending();
    if (inFlight) {
      if (!this.#sent) this.#leave();
      return;
    }
    if (waiting) {
      this.#make();
      this.#leave();
    }
  }

  /** Makes the next frame. From here on it is immutable. */
  #make(): void {
    this.#queue.take();
    const { connection } = this.#page;
    const src = connection.id as string; // there has been a connection, or we would not be ready
    const seq = connection.nextSeq();
    const { revision, inFlight } = this.#queue.pending();
    this.#frame = { text: opFrame(this.#document, revision, src, seq, (inFlight as Delta).ops), src, seq };
    this.#resends = 0;
  }

  /** Writes the frame down, then sends it. */
  async #leave(): Promise<void> {
    this.#leaving = true;
    const frame = this.#frame as Frame;
    const { connection } = this.#page;
    const generation = connection.generation;
    const written = await this.#inTime(this.#queue.write());
    this.#leaving = false;
    if (this.#stopped || written === 'replaced') return;
    if (this.#frame !== frame || !this.#ready || generation !== connection.generation) return this.pump();
    connection.send(frame.text);
    this.#sent = true;
    this.#awaitAnswer();
  }

  /** A store that does not answer must not keep the text from the server: sending is safer than waiting. */
  #inTime(write: Promise<Written>): Promise<Written> {
    const { env, keeper } = this.#page;
    const patience = keeper.kept === 'tab' ? 0 : storePatience;
    return new Promise((resolve) => {
      const timer = env.setTimeout(() => resolve('failed'), patience);
      write.then((written) => {
        env.clearTimeout(timer);
        resolve(written);
      });
    });
  }

  #awaitAnswer(): void {
    this.#stopAnswerTimer();
    const patience = resendAfter * 2 ** Math.min(this.#resends++, 3);
    this.#answerTimer = this.#page.env.setTimeout(() => {
      this.#answerTimer = null;
      this.#page.connection.check(); // perhaps the line is dead
      this.#sent = false;
      this.pump();
    }, patience);
  }

  #stopAnswerTimer(): void {
    if (this.#answerTimer !== null) this.#page.env.clearTimeout(this.#answerTimer);
    this.#answerTimer = null;
  }
}
