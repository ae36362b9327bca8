import type { Delta } from './delta.ts';
import type { WriteResult } from './fallback-store.ts';
import type { Page } from './page.ts';
import type { Pending } from './pending.ts';
import { type OpFrame, opFrame } from './protocol.ts';
import type { QueueRecord } from './store.ts';

/** The queue whose ops are sent. */
export interface SenderSource {
  pending(): Pending;
  /** Puts the waiting edits in flight, or as much of them as one frame may hold. */
  takeNext(): void;
  /** Writes everything pending to the store. */
  write(): Promise<WriteResult>;
}

type Frame = NonNullable<QueueRecord['frame']>;

/** How long a frame waits for its write to the store, ms. */
const writeTimeout = 3_000;
/** After this long without an answer the same frame is sent again, ms; doubled each time, up to eightfold. */
const resendAfter = 4_000;

/** Sends the ops of one queue, one at a time.
 *
 * Safety: a frame is sent only after one transaction found that this page owns the queue and wrote that very frame. A frame never
 * changes once made; it is sent again byte for byte. Waiting edits are never sent before the op in flight is confirmed.
 * Liveness: while connected and caught up, either nothing is pending, or a write is under way, or a frame was sent and its resend
 * timer is running. */
export class QueueSender {
  readonly #page: Page;
  readonly #document: string;
  readonly #queue: SenderSource;

  #frame: Frame | null;
  #sent = false;
  #ready = false;
  #writing = false;
  #stopped = false;
  #resends = 0;
  #answerTimer: unknown = null;

  /** `frame`: the one in flight of the page that left this queue, or null. */
  constructor(page: Page, document: string, queue: SenderSource, frame: Frame | null) {
    this.#page = page;
    this.#document = document;
    this.#queue = queue;
    this.#frame = frame;
  }

  /** The frame in flight. */
  get frame(): Frame | null {
    return this.#frame;
  }

  /** Reports whether this frame is the server's answer to the op in flight. */
  isAnswer(frame: OpFrame): boolean {
    return this.#frame !== null && frame.src === this.#frame.src && frame.seq === this.#frame.seq;
  }

  /** The document is caught up on a new connection: sends the op in flight again, unless its answer was among the ops just fetched. */
  resume(): void {
    this.#ready = true;
    this.#sent = false;
    this.pump();
  }

  /** Not connected, or not caught up any more. */
  pause(): void {
    this.#ready = this.#sent = false;
    this.#stopAnswerTimer();
  }

  /** Stops sending for good. */
  stop(): void {
    this.pause();
    this.#stopped = true;
  }

  /** The op in flight was confirmed, or parked. */
  clear(): void {
    this.#frame = null;
    this.#sent = false;
    this.#stopAnswerTimer();
  }

  /** Sends the next frame if there is one to send. Call it whenever there may be. */
  pump(): void {
    if (this.#stopped || !this.#ready || this.#writing) return;
    const { inFlight, waiting } = this.#queue.pending();
    if (inFlight) {
      if (!this.#sent) this.#writeThenSend();
      return;
    }
    if (waiting) {
      this.#makeFrame();
      this.#writeThenSend();
    }
  }

  /** Makes the next frame, which never changes afterwards. */
  #makeFrame(): void {
    this.#queue.takeNext();
    const { connection } = this.#page;
    const src = connection.id as string; // set by the first connection, and without one we would not be ready
    const seq = connection.nextSeq();
    const { revision, inFlight } = this.#queue.pending();
    this.#frame = { text: opFrame(this.#document, revision, src, seq, (inFlight as Delta).ops), src, seq };
    this.#resends = 0;
  }

  /** Writes the frame to the store, then sends it. */
  async #writeThenSend(): Promise<void> {
    this.#writing = true;
    const frame = this.#frame as Frame;
    const { connection } = this.#page;
    const generation = connection.generation;
    const written = await this.#orTimeout(this.#queue.write());
    this.#writing = false;
    if (this.#stopped || written === 'replaced') return;
    if (this.#frame !== frame || !this.#ready || generation !== connection.generation) return this.pump();
    connection.send(frame.text);
    this.#sent = true;
    this.#awaitAnswer();
  }

  /** Does not wait for ever: if the store hangs, the text is safer on the server than in this tab. */
  #orTimeout(write: Promise<WriteResult>): Promise<WriteResult> {
    const { env, store } = this.#page;
    const ms = store.kept === 'tab' ? 0 : writeTimeout;
    return new Promise((resolve) => {
      const timer = env.setTimeout(() => resolve('failed'), ms);
      write.then((written) => {
        env.clearTimeout(timer);
        resolve(written);
      });
    });
  }

  #awaitAnswer(): void {
    this.#stopAnswerTimer();
    const wait = resendAfter * 2 ** Math.min(this.#resends++, 3);
    this.#answerTimer = this.#page.env.setTimeout(() => {
      this.#answerTimer = null;
      this.#page.connection.check(); // the socket may be dead
      this.#sent = false;
      this.pump();
    }, wait);
  }

  #stopAnswerTimer(): void {
    if (this.#answerTimer !== null) this.#page.env.clearTimeout(this.#answerTimer);
    this.#answerTimer = null;
  }
}
