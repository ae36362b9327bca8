import { closeName, comesBack } from './close.ts';
import type { Environment, SocketLike } from './environment.ts';
import { type QuireError, refusalOfToken } from './error.ts';

/** Why there is no connection at the moment. */
export type Absence = 'restarting' | 'unreachable' | 'unavailable' | 'no-upgrade';

/** What asking the server who we are told about a failed upgrade. */
export type Answer =
  | { kind: 'well' }
  | { kind: 'signed-out'; error: QuireError }
  | { kind: 'later'; ms: number; error: QuireError }
  | { kind: 'no-answer'; error: QuireError | null };

export interface SocketEvents {
  /** Where and how to connect; rejecting counts as a failed attempt. */
  address(): Promise<{ url: string; protocols: string[] }>;
  /** Asked when an upgrade failed, because a browser does not say why. */
  ask(): Promise<Answer>;
  opened(): void;
  message(text: unknown): void;
  /** `retryAt` in ms since 1970; `error` where somebody said why. */
  lost(reason: Absence, retryAt: number, error: QuireError | null): void;
  /** Does not come back by itself: the server closed with this code and, perhaps, these words. */
  stopped(code: number, words: string): void;
  /** Nor after this: nobody lets us in. */
  refused(error: QuireError): void;
}

const openPatience = 10_000;
const firstDelay = 400;
const longestDelay = 15_000;
const longestHiddenDelay = 60_000;
/** How long a restart that was announced may take before it is no restart any more. */
const restartPatience = 15_000;
/** After so many upgrades that failed one after another while REST answered, something in between does not let them through. */
const fewUpgrades = 2;

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
  #restartUntil = 0;
  /** Upgrades that failed one after another although the server answers. */
  #notUpgraded = 0;

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
    this.#restartUntil = 0;
  }

  /** The server said that it will close for a restart. */
  announceRestart(): void {
    this.#restartUntil = this.#env.now() + restartPatience;
  }

  /** How much of what was sent has not left yet. */
  get unsent(): number {
    return this.#socket?.bufferedAmount ?? 0;
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
      (error) => attempt === this.#attempt && this.#refused(error),
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
      this.#notUpgraded = 0;
      this.#clearTimer();
      this.#events.opened();
    };
    socket.onmessage = (event) => this.#events.message(event.data);
    socket.onerror = null;
    socket.onclose = ({ code, reason }) => (opened ? this.#closed(code, reason) : this.#failed(attempt));
  }

  #closed(code: number, words: string): void {
    this.#drop();
    if (!comesBack(code)) {
      this.#started = false;
      this.#events.stopped(code, words);
      return;
    }
    const name = closeName(code);
    if (name === 'restarting') this.announceRestart();
    if (name === 'unavailable' || name === 'overloaded') return this.#retry('unavailable', 1000);
    this.#retry(this.#away(), 0);
  }

  /** The upgrade failed, and a browser does not say why. */
  #failed(attempt: number): void {
    this.#drop();
    this.#wait(openPatience, () => this.#retry('unreachable', 0)); // in case there is no answer at all
    this.#events.ask().then((answer) => {
      if (attempt !== this.#attempt || !this.#started) return;
      if (answer.kind === 'signed-out') return this.#giveUpOn(answer.error);
      this.#notUpgraded = answer.kind === 'well' ? this.#notUpgraded + 1 : 0;
      if (answer.kind === 'later') this.#retry('unavailable', answer.ms, answer.error);
      else if (answer.kind === 'no-answer') this.#retry(this.#away(), 0, answer.error);
      else this.#retry(this.#notUpgraded >= fewUpgrades ? 'no-upgrade' : this.#away(), 0);
    });
  }

  /** No address to connect to: whoever gives the token or the ticket did not. That says more than asking again would. */
  #refused(cause: unknown): void {
    const { error, final, later } = refusalOfToken(cause);
    if (final) return this.#giveUpOn(error);
    this.#drop();
    this.#retry(later ? 'unavailable' : this.#away(), 0, error);
  }

  #giveUpOn(error: QuireError): void {
    this.#drop();
    this.#started = false;
    this.#events.refused(error);
  }

  /** Why the server does not answer. */
  #away(): Absence {
    return this.#env.now() < this.#restartUntil ? 'restarting' : 'unreachable';
  }

  #retry(reason: Absence, atLeast: number, error: QuireError | null = null): void {
    const hidden = this.#env.isHidden();
    const most = hidden ? longestHiddenDelay : longestDelay;
    const steps = Math.min(most, firstDelay * 2 ** Math.min(this.#failures++, 10) * (hidden ? 4 : 1));
    // Everybody lost the same server at the same moment: spread over the whole time, not around its end.
    const delay = Math.max(atLeast, 100) + steps * this.#env.random();
    this.#wait(delay, () => this.#connect());
    this.#events.lost(reason, this.#env.now() + delay, error);
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
