import type { Callbacks } from './callbacks.ts';
import type { ConnectionState } from './client-types.ts';
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
import { type Diagnosis, type OfflineReason, ReconnectingSocket } from './socket.ts';

/** What receives a document's frames: an open document, or the queue that an earlier page left behind. */
export interface Receiver {
  /** The server has greeted us; nothing is subscribed yet. */
  online(): void;
  offline(): void;
  /** Called with every frame of the document, in the server's order. */
  frame(frame: Incoming): void;
}

/** What the connection needs from the client, and tells it. */
export interface ConnectionEvents {
  /** See SocketEvents. */
  address(): Promise<{ url: string; protocols: string[] }>;
  diagnose(): Promise<Diagnosis>;
  /** Checks who the server says we are. A non-null answer says why this connection must not be used. */
  greeted(hello: Hello): 'other-user' | null;
  /** `state` changed. */
  changed(): void;
  /** The server closed the socket for good; `reason` is its text, often empty. */
  stopped(code: number, reason: string): void;
}

type StopReason = Extract<ConnectionState, { kind: 'stopped' }>['reason'];

type ReplyHandler = (reply: Reply) => void;

/** After this long without a frame from the server we send a probe, ms. A visible page shows a dead connection within ten seconds
 * without a key being pressed: this, `probeTimeout`, and the 2 s for which an interruption is not shown. In a hidden page a probe
 * would only wake both sides: the server's own ping is enough (W5), and the page probes as soon as it is visible again. */
const probeAfter = 4_000;
const probeAfterUnseen = 25_000;
/** How long the server may take to greet us, ms. */
const helloTimeout = 8_000;
/** How long the answer to a probe may take, ms. */
const probeTimeout = 4_000;
/** The same while a document's text is on its way, ms: the answer to the probe comes after it, and a browser reports a frame only
 * once all of it is here. Doubled with each socket given up while waiting for a text, up to eightfold, so that a large text gets
 * through a slow connection (W2). */
const textTimeout = 20_000;

/** The connection to the server, one for all documents of the page. It says hello, keeps our client id over reconnects, hands
 * each frame to its document's receivers and notices a dead socket. Frames are handled one at a time, so that all receivers see
 * one order. */
export class Connection {
  state: ConnectionState = { kind: 'idle' };
  /** Our client id, `src` on the wire. The server issues it to this page load, which presents it again on every reconnect. */
  id: string | null = null;
  /** The epoch of the server's log; a restore from a backup renews it (L9). */
  epoch = '';
  /** Counts the connections: what was sent on an earlier one has to be sent again. */
  generation = 0;

  #seq = 0;
  #presenceSeq = 0;
  #env: Environment;
  #events: ConnectionEvents;
  #socket: ReconnectingSocket;
  #receivers = new Map<string, Set<Receiver>>();
  #requests = new Map<string, ReplyHandler[]>();
  #probeTimer: unknown = null;
  #answerTimer: unknown = null;
  /** Sockets given up while a text was on its way, since the last text arrived. */
  #textTimeouts = 0;

  constructor(env: Environment, callbacks: Callbacks, events: ConnectionEvents) {
    this.#env = env;
    this.#events = events;
    this.#socket = new ReconnectingSocket(env, {
      address: () => events.address(),
      diagnose: () => events.diagnose(),
      opened: () => this.#opened(),
      message: (text) => callbacks.flushAfter(() => this.#message(text)),
      lost: (reason, retryAt, error) => this.#lost(reason, retryAt, error),
      stopped: (code, reason) => events.stopped(code, reason),
      refused: (error) => this.stop(error.code === 'signed-out' ? 'signed-out' : 'refused', error),
    });
  }

  get online(): boolean {
    return this.state.kind === 'online';
  }

  /** Returns the next seq. Counted per page load over all documents, so that no (src, seq) is ever used twice. */
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

  stop(reason: StopReason, error: QuireError | null = null): void {
    this.#socket.stop();
    this.#clearTimers();
    this.#become({ kind: 'stopped', reason, error: error ?? new QuireError(...stopErrors[reason]) });
  }

  /** The browser reports that there is no network. */
  dropSocket(): void {
    this.#socket.giveUp();
  }

  /** The page woke up: connect at once, and check a socket that may have died in its sleep. */
  wake(): void {
    if (this.online) this.check();
    else this.#socket.retryNow();
  }

  /** Probes the server, and gives the socket up if there is no answer in time. */
  check(): void {
    if (!this.online || this.#answerTimer !== null) return;
    this.send(pingFrame);
    this.#awaitAnswer(this.#socket.unsent);
  }

  /** Waits for the answer to a probe: longer while `unsent` bytes are still leaving, or a text that was requested is on its way. */
  #awaitAnswer(unsent: number): void {
    const awaitsText = this.#awaitsText();
    this.#answerTimer = this.#env.setTimeout(
      () => {
        const left = this.#socket.unsent;
        if (left > 0 && left < unsent) return this.#awaitAnswer(left);
        if (awaitsText) this.#textTimeouts++;
        this.#socket.giveUp();
      },
      awaitsText ? textTimeout * 2 ** Math.min(this.#textTimeouts, 3) : probeTimeout,
    );
  }

  #awaitsText(): boolean {
    return [...this.#requests.values()].some((line) => line.length > 0);
  }

  /** Sends a frame and reports whether there was a connection to send it on. Callers send again on the next connection. */
  send(text: string): boolean {
    if (!this.online) return false;
    this.#socket.send(text);
    return true;
  }

  /** Requests a document. `answer` is called once, in its place among the document's frames, or never if the connection is lost. */
  request(a: 'f' | 's' | 'u', document: string, revision: number | null, answer: ReplyHandler): void {
    if (!this.send(requestFrame(a, document, revision))) return;
    const key = `${a} ${document}`;
    const line = this.#requests.get(key);
    if (line) line.push(answer);
    else this.#requests.set(key, [answer]);
  }

  join(document: string, receiver: Receiver): void {
    const receivers = this.#receivers.get(document) ?? new Set();
    this.#receivers.set(document, receivers.add(receiver));
    if (this.online) receiver.online();
  }

  leave(document: string, receiver: Receiver): void {
    const receivers = this.#receivers.get(document);
    receivers?.delete(receiver);
    if (receivers?.size === 0) this.#receivers.delete(document);
  }

  #opened(): void {
    this.#answerTimer = this.#env.setTimeout(() => this.#socket.giveUp(), helloTimeout);
    this.#socket.send(helloFrame(this.id));
  }

  #message(text: unknown): void {
    this.#restartProbeTimer();
    const frame = parse(text);
    if (!frame) return;
    if (frame.a === 'hs') return this.#greeted(frame);
    if (!this.online) return;
    if (frame.a === 'bye') return this.#socket.announceRestart();
    const document = documentOf(frame);
    if (document === null) return;
    if (frame.a === 'f' || frame.a === 's' || frame.a === 'u') {
      this.#socket.healthy(); // only now: a server may greet us and then fail to serve anything
      this.#textTimeouts = 0;
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

  #lost(reason: OfflineReason, retryAt: number, error: QuireError | null): void {
    this.#clearTimers();
    const since = this.state.kind === 'offline' ? this.state.since : this.#env.now();
    this.#become({ kind: 'offline', reason, since, retryAt, error });
  }

  #become(state: ConnectionState): void {
    const was = this.state;
    this.state = state;
    if (was.kind === 'online' && state.kind !== 'online') for (const receiver of this.#all()) receiver.offline();
    this.#events.changed();
  }

  /** Any frame shows that the server is there. */
  #restartProbeTimer(): void {
    this.#clearTimers();
    this.#probeTimer = this.#env.setTimeout(() => this.check(), this.#env.isSeen() ? probeAfter : probeAfterUnseen);
  }

  #clearTimers(): void {
    if (this.#probeTimer !== null) this.#env.clearTimeout(this.#probeTimer);
    if (this.#answerTimer !== null) this.#env.clearTimeout(this.#answerTimer);
    this.#probeTimer = this.#answerTimer = null;
  }

  #all(): Receiver[] {
    return [...this.#receivers.values()].flatMap((receivers) => [...receivers]);
  }
}

/** The error of each stop for which the server sent no text. */
const stopErrors: Record<StopReason, [QuireErrorCode, string]> = {
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
