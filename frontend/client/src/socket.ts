import { closeName, comesBack } from './close.ts';
import type { Environment, SocketLike } from './environment.ts';

/** Why there is no connection at the moment. */
export type Absence = 'restarting' | 'unreachable' | 'unavailable';

/** What asking the server who we are told about a failed upgrade. */
export type Answer = { kind: 'well' } | { kind: 'signed-out' } | { kind: 'later'; ms: number } | { kind: 'no-answer' };

export interface SocketEvents {
  /** Where and how to connect; rejecting counts as a failed attempt. */
  address(): Promise<{ url: string; protocols: string[] }>;
  /** Asked when an upgrade failed, because a browser does not say why. */
  ask(): Promise<Answer>;
  opened(): void;
  message(text: unknown): void;
  /** `retryAt` in ms since 1970. */
  lost(reason: Absence, retryAt: number): void;
  /** Does not come back by itself. */
  stopped(code: number): void;
}

const openPatience = 10_000;
const firstDelay = 400;
const longestDelay = 15_000;
const longestHiddenDelay = 60_000;

/** One WebSocket that comes back.
 * Safety: at most one socket exists, and nothing of a socket that was given up is heard any more.
 * Liveness: while started, there is a socket, or a timer after which there will be one. Only a close code from 4500 to 4999,
 * or a sign-in that ended, stops it. */
export class ReconnectingSocket {
  #env: Environment;
  #events: SocketEvents;
  #socket: SocketLike | null = null;
  #timer: unknown = null;
  #started = false;
  #failures = 0;
  /** Tells apart the attempts, so that a late answer of an earlier one does nothing. */
  #attempt = 0;
  #announced: Absence | null = null;

  constructor(env: Environment, events: SocketEvents) {
    this.#env = env;
    this.#events = events;
  }

  start(): void {
    if (this.#started) return this.retryNow();
    this.#started = true;
    this.#failures = 0;
    this.#connect();
  }

  stop(): void {
    this.#started = false;
    this.#attempt++; // an address or an answer that is still to come is for nobody now
    this.#drop();
  }

  /** Connects at once if a retry is waiting. An attempt under way goes on, and if it fails the next one comes soon. */
  retryNow(): void {
    this.#failures = 0;
    if (!this.#started || this.#socket || this.#timer === null) return;
    this.#connect();
  }

  send(text: string): void {
    try {
      this.#socket?.send(text);
    } catch {
      this.giveUp(); // not a line to send on; what was to be sent goes out on the next one
    }
  }

  /** The server greeted us: the next failure is a first one again. */
  healthy(): void {
    this.#failures = 0;
    this.#announced = null;
  }

  /** The server said that it will close for a restart. */
  announce(reason: Absence): void {
    this.#announced = reason;
  }

  /** Nothing is heard of the other side: give the socket up without waiting for the browser to notice. */
  giveUp(): void {
    if (!this.#socket) return;
    this.#drop();
    this.#retry('unreachable', 0);
  }

  #connect(): void {
    this.#drop();
    const attempt = ++this.#attempt;
    this.#wait(openPatience, () => this.#failed(attempt)); // also when address() never settles
    this.#events.address().then(
      ({ url, protocols }) => attempt === this.#attempt && this.#open(attempt, url, protocols),
      (error) => attempt === this.#attempt && this.#refused(attempt, error),
    );
  }

  #open(attempt: number, url: string, protocols: string[]): void {
    let opened = false;
    let socket: SocketLike;
    try {
      socket = this.#env.openSocket(url, protocols);
    } catch {
      return this.#retry('unreachable', longestDelay); // an address no socket can have, or one the page's policy forbids
    }
    this.#socket = socket;
    socket.onopen = () => {
      opened = true;
      this.#clearTimer();
      this.#events.opened();
    };
    socket.onmessage = (event) => this.#events.message(event.data);
    socket.onerror = null;
    socket.onclose = ({ code }) => (opened ? this.#closed(code) : this.#failed(attempt));
  }

  #closed(code: number): void {
    this.#drop();
    if (!comesBack(code)) {
      this.#started = false;
      this.#events.stopped(code);
      return;
    }
    const name = closeName(code);
    if (name === 'restarting') return this.#retry('restarting', 0);
    if (name === 'unavailable' || name === 'overloaded') return this.#retry('unavailable', 1000);
    this.#retry(this.#announced ?? 'unreachable', 0);
  }

  /** The upgrade failed, and a browser does not say why. */
  #failed(attempt: number): void {
    this.#drop();
    this.#wait(openPatience, () => this.#retry('unreachable', 0)); // in case there is no answer at all
    this.#events.ask().then((answer) => {
      if (attempt !== this.#attempt || !this.#started) return;
      if (answer.kind === 'signed-out') {
        this.#drop();
        this.#started = false;
        this.#events.stopped(4500);
      } else if (answer.kind === 'later') this.#retry('unavailable', answer.ms);
      else this.#retry(this.#announced ?? 'unreachable', 0);
    });
  }

  /** No address to connect to: the token function failed, with the status 401 if the sign-in is over. */
  #refused(attempt: number, error: unknown): void {
    if ((error as { status?: number } | null)?.status !== 401) return this.#failed(attempt);
    this.#drop();
    this.#started = false;
    this.#events.stopped(4500);
  }

  #retry(reason: Absence, atLeast: number): void {
    const hidden = this.#env.isHidden();
    const most = hidden ? longestHiddenDelay : longestDelay;
    const steps = Math.min(most, firstDelay * 2 ** Math.min(this.#failures++, 10) * (hidden ? 4 : 1));
    // Everybody lost the same server at the same moment: spread over the whole time, not around its end.
    const delay = Math.max(atLeast, 100) + steps * this.#env.random();
    this.#wait(delay, () => this.#connect());
    this.#events.lost(reason, this.#env.now() + delay);
  }

  #drop(): void {
    this.#clearTimer();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // It is let go of all the same.
    }
  }

  #wait(ms: number, run: () => void): void {
    this.#clearTimer();
    this.#timer = this.#env.setTimeout(() => {
      this.#timer = null;
      if (this.#started) run();
    }, ms);
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#env.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
