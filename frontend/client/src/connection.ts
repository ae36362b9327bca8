import type { Calls } from './calls.ts';
import type { Environment } from './environment.ts';
import { QuireError, type QuireErrorCode } from './error.ts';
import {
  documentOf,
  type Hello,
  helloFrame,
  type Incoming,
  parse,
  pingFrame,
  type Reply,
  requestFrame,
} from './protocol.ts';
import { type Absence, type Answer, ReconnectingSocket } from './socket.ts';
import type { ConnectionState } from './types.ts';

/** Whoever works on a document over the connection: an open document, or edits left over from another page. */
export interface Receiver {
  /** Greeted by the server; nothing is subscribed yet. */
  online(): void;
  offline(): void;
  /** Every frame of its document, in the order in which the server sent them. */
  frame(frame: Incoming): void;
}

export interface ConnectionEvents {
  address(): Promise<{ url: string; protocols: string[] }>;
  ask(): Promise<Answer>;
  /** Checks who the server says we are. A reason means: this connection must not be used. */
  greeted(hello: Hello): 'other-user' | null;
  changed(): void;
  stopped(code: number, words: string): void;
}

type Stop = Extract<ConnectionState, { kind: 'stopped' }>['reason'];

type Waiting = (reply: Reply) => void;

/** The longest silence of the server before we ask whether it is there. Whoever looks at a page is told within ten seconds that its
 * line is dead, without pressing a key: this, `deafness`, and the 2 s for which an absence is not shown. Where nobody looks, asking
 * would only wake both sides; there the server's own ping suffices (W5), and a page asks as soon as it is seen again. */
const silence = 4_000;
const silenceUnseen = 25_000;
/** How long the greeting may take. */
const patience = 8_000;
/** How long a line may be silent once we asked. */
const deafness = 4_000;
/** The same while a text is on its way: a browser tells of a frame only when all of it is here, and the answer lies behind it.
 * Doubled, up to eight times, with each line that was given up over it, so that a large text gets through a slow line (W2). */
const deafnessToTexts = 20_000;

/** The connection to the server, one for all documents of the page: greets, keeps our client id over reconnects, deals out
 * the frames and notices a dead line. Frames are handled one by one, each to its end, so receivers see one order. */
export class Connection {
  state: ConnectionState = { kind: 'idle' };
  /** Our client id, `src` on the wire: given by the server to this page load, presented again on every reconnect. */
  id: string | null = null;
  /** Which history the server has: a restore from a backup renews it. */
  epoch = '';
  /** Grows with every connection: what was sent on an earlier one has to be sent again. */
  generation = 0;

  #seq = 0;
  #presenceSeq = 0;
  #env: Environment;
  #events: ConnectionEvents;
  #socket: ReconnectingSocket;
  #receivers = new Map<string, Set<Receiver>>();
  #requests = new Map<string, Waiting[]>();
  #heartbeat: unknown = null;
  #deaf: unknown = null;
  /** Lines that were given up while a text was on its way, since the last one came. */
  #givenUp = 0;

  constructor(env: Environment, calls: Calls, events: ConnectionEvents) {
    this.#env = env;
    this.#events = events;
    this.#socket = new ReconnectingSocket(env, {
      address: () => events.address(),
      ask: () => events.ask(),
      opened: () => this.#opened(),
      message: (text) => calls.after(() => this.#message(text)),
      lost: (reason, retryAt, error) => this.#lost(reason, retryAt, error),
      stopped: (code, words) => events.stopped(code, words),
      refused: (error) => this.stop(error.code === 'signed-out' ? 'signed-out' : 'refused', error),
    });
  }

  get online(): boolean {
    return this.state.kind === 'online';
  }

  /** The next seq. Counted per page load over all documents, so no (src, seq) is ever used twice. */
  nextSeq(): number {
    return ++this.#seq;
  }

  nextPresenceSeq(): number {
    return ++this.#presenceSeq;
  }

  start(): void {
    if (this.state.kind === 'idle' || this.state.kind === 'stopped') this.#become({ kind: 'connecting' });
    this.#socket.start();
  }

  stop(reason: Stop, error: QuireError | null = null): void {
    this.#socket.stop();
    this.#quiet();
    this.#become({ kind: 'stopped', reason, error: error ?? new QuireError(...stops[reason]) });
  }

  /** The browser says that there is no network. */
  cut(): void {
    this.#socket.giveUp();
  }

  /** The page woke up: try at once, and do not believe in a line that slept. */
  wake(): void {
    if (this.online) this.check();
    else this.#socket.retryNow();
  }

  /** Asks for a sign of life, and gives the line up without one. */
  check(): void {
    if (!this.online || this.#deaf !== null) return;
    this.send(pingFrame);
    this.#listen(this.#socket.unsent);
  }

  /** Waits for an answer, and longer while what was sent is still leaving, or what was asked for still coming. */
  #listen(unsent: number): void {
    const texts = this.#awaits();
    this.#deaf = this.#env.setTimeout(
      () => {
        const left = this.#socket.unsent;
        if (left > 0 && left < unsent) return this.#listen(left);
        if (texts) this.#givenUp++;
        this.#socket.giveUp();
      },
      texts ? deafnessToTexts * 2 ** Math.min(this.#givenUp, 3) : deafness,
    );
  }

  #awaits(): boolean {
    return [...this.#requests.values()].some((line) => line.length > 0);
  }

  /** Sends if there is a connection; whoever calls this sends again on the next one. */
  send(text: string): boolean {
    if (!this.online) return false;
    this.#socket.send(text);
    return true;
  }

  /** Asks for a document. `answer` is called once, in its place among the document's frames, or never if the line breaks. */
  request(a: 'f' | 's' | 'u', document: string, revision: number | null, answer: Waiting): void {
    if (!this.send(requestFrame(a, document, revision))) return;
    const key = `${a} ${document}`;
    const line = this.#requests.get(key);
    if (line) line.push(answer);
    else this.#requests.set(key, [answer]);
  }

  join(document: string, receiver: Receiver): void {
    const those = this.#receivers.get(document) ?? new Set();
    this.#receivers.set(document, those.add(receiver));
    if (this.online) receiver.online();
  }

  leave(document: string, receiver: Receiver): void {
    const those = this.#receivers.get(document);
    those?.delete(receiver);
    if (those?.size === 0) this.#receivers.delete(document);
  }

  #opened(): void {
    this.#deaf = this.#env.setTimeout(() => this.#socket.giveUp(), patience);
    this.#socket.send(helloFrame(this.id));
  }

  #message(text: unknown): void {
    this.#heard();
    const frame = parse(text);
    if (!frame) return;
    if (frame.a === 'hs') return this.#greeted(frame);
    if (!this.online) return;
    if (frame.a === 'bye') return this.#socket.announceRestart();
    const document = documentOf(frame);
    if (document === null) return;
    if (frame.a === 'f' || frame.a === 's' || frame.a === 'u') {
      this.#socket.healthy(); // a server that greets and then fails is not
      this.#givenUp = 0;
      this.#requests.get(`${frame.a} ${document}`)?.shift()?.(frame);
      return;
    }
    for (const receiver of [...(this.#receivers.get(document) ?? [])]) receiver.frame(frame);
  }

  #greeted(hello: Hello): void {
    if (this.online) return;
    if (hello.error || hello.protocol !== 1 || typeof hello.id !== 'string')
      return this.stop('protocol', hello.error?.message ? new QuireError('protocol', hello.error.message) : null);
    const refusal = this.#events.greeted(hello);
    if (refusal) return this.stop(refusal);
    this.id = hello.id;
    this.epoch = hello.epoch ?? '';
    this.generation++;
    this.#requests.clear();
    this.#become({ kind: 'online' });
    for (const receiver of this.#all()) receiver.online();
  }

  #lost(reason: Absence, retryAt: number, error: QuireError | null): void {
    this.#quiet();
    const since = this.state.kind === 'offline' ? this.state.since : this.#env.now();
    this.#become({ kind: 'offline', reason, since, retryAt, error });
  }

  #become(state: ConnectionState): void {
    const was = this.state;
    this.state = state;
    if (was.kind === 'online' && state.kind !== 'online') for (const receiver of this.#all()) receiver.offline();
    this.#events.changed();
  }

  /** Any frame is a sign of life. */
  #heard(): void {
    this.#quiet();
    this.#heartbeat = this.#env.setTimeout(() => this.check(), this.#env.isSeen() ? silence : silenceUnseen);
  }

  #quiet(): void {
    if (this.#heartbeat !== null) this.#env.clearTimeout(this.#heartbeat);
    if (this.#deaf !== null) this.#env.clearTimeout(this.#deaf);
    this.#heartbeat = this.#deaf = null;
  }

  #all(): Receiver[] {
    return [...this.#receivers.values()].flatMap((those) => [...those]);
  }
}

/** What is said of a stop that nobody else explained. */
const stops: Record<Stop, [QuireErrorCode, string]> = {
  'signed-out': ['signed-out', 'the sign-in ended'],
  'other-user': ['other-user', 'another user signed in'],
  forbidden: ['forbidden', 'the server does not let this user in'],
  deleted: ['deleted', 'the document was deleted'],
  protocol: ['protocol', 'the server does not understand this client: load a newer one'],
  unsupported: ['unsupported', 'the server does not support this client: load a newer one'],
  replaced: ['replaced', 'another page took over the edits of this one: reload it'],
  closed: ['closed', 'the client was closed: make a new one'],
  refused: ['refused', 'the server does not let this client in'],
};
