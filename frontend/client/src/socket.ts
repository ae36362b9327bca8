import { closeName, comesBack } from './close.ts';
import type { Environment, SocketLike } from './environment.ts';
import { type QuireError, tokenFailure } from './error.ts';

/** Why there is no connection at the moment. */
export type OfflineReason = 'restarting' | 'unreachable' | 'unavailable' | 'no-upgrade';

/** Why an upgrade failed, as far as REST can tell. */
export type Diagnosis =
  /** The server answers and this user is signed in: something else stops the upgrade. */
  | { kind: 'reachable' }
  | { kind: 'signed-out'; error: QuireError }
  /** The server asks to come back in `ms`. */
  | { kind: 'later'; ms: number; error: QuireError }
  /** There is no usable answer of the server's. */
  | { kind: 'no-answer'; error: QuireError | null };

/** What the socket needs from the connection, and tells it. */
export interface SocketEvents {
  /** Returns what to open a socket with; a rejection counts as a failed attempt. */
  address(): Promise<{ url: string; protocols: string[] }>;
  /** Called when an upgrade failed, because a browser does not say why. */
  diagnose(): Promise<Diagnosis>;
  opened(): void;
  message(text: unknown): void;
  /** There is no socket. The next attempt is at `retryAt`, ms since 1970; `error` says why the last one failed, if that is known. */
  lost(reason: OfflineReason, retryAt: number, error: QuireError | null): void;
  /** The server closed the socket for good, with this code and, perhaps, a reason in words. No further attempt follows. */
  stopped(code: number, reason: string): void;
  /** The user was refused. No further attempt follows. */
  refused(error: QuireError): void;
}

/** How long an attempt may take to open a socket, or to find out why it failed, ms. */
const openTimeout = 10_000;
/** The longest random delay before the first retry, doubled with each failure up to the others, ms. */
const firstDelay = 400;
const longestDelay = 15_000;
const longestHiddenDelay = 60_000;
/** How long an announced restart may take before the server counts as unreachable, ms. */
const restartTimeout = 15_000;
/** After this many upgrades failed in a row while REST answered, a proxy in between seems to block them. */
const maxFailedUpgrades = 2;

/** One WebSocket that reconnects.
 * Safety: at most one socket exists, and no event of an abandoned one gets through.
 * Liveness: while started, there is a socket, or a timer after which there will be one. It stops only on a close code after which
 * clients must not return (see `comesBack`), or when the user is refused. */
export class ReconnectingSocket {
  #env: Environment;
  #events: SocketEvents;
  #socket: SocketLike | null = null;
  #timer: unknown = null;
  #started = false;
  #failures = 0;
  /** Numbers the attempts, so that a late answer to an earlier one is ignored. */
  #attempt = 0;
  #restartUntil = 0;
  /** Upgrades that failed in a row although REST answered. */
  #failedUpgrades = 0;

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
    this.#attempt++; // ignores an address or a diagnosis that is still to come
    this.#drop();
  }

  /** Connects at once if a retry is waiting. An attempt under way continues; if it fails, the next one follows soon. */
  retryNow(): void {
    this.#failures = 0;
    if (!this.#started || this.#socket || this.#timer === null) return;
    this.#connect();
  }

  send(text: string): void {
    try {
      this.#socket?.send(text);
    } catch {
      this.giveUp(); // callers send again on the next socket
    }
  }

  /** The server serves us: the next failure counts as the first again. */
  healthy(): void {
    this.#failures = 0;
    this.#restartUntil = 0;
  }

  /** The server announced a restart. */
  announceRestart(): void {
    this.#restartUntil = this.#env.now() + restartTimeout;
  }

  /** How many bytes of what was sent have not left yet. */
  get unsent(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Abandons a dead socket without waiting for the browser to notice, and retries. */
  giveUp(): void {
    if (!this.#socket) return;
    this.#drop();
    this.#retry('unreachable', 0);
  }

  #connect(): void {
    this.#drop();
    const attempt = ++this.#attempt;
    this.#wait(openTimeout, () => this.#failed(attempt)); // also when address() never settles
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
      return this.#retry('unreachable', longestDelay); // the address is malformed, or the page's policy forbids it
    }
    this.#socket = socket;
    socket.onopen = () => {
      opened = true;
      this.#failedUpgrades = 0;
      this.#clearTimer();
      this.#events.opened();
    };
    socket.onmessage = (event) => this.#events.message(event.data);
    socket.onerror = null;
    socket.onclose = ({ code, reason }) => (opened ? this.#closed(code, reason) : this.#failed(attempt));
  }

  #closed(code: number, reason: string): void {
    this.#drop();
    if (!comesBack(code)) {
      this.#started = false;
      this.#events.stopped(code, reason);
      return;
    }
    const name = closeName(code);
    if (name === 'restarting') this.announceRestart();
    if (name === 'unavailable' || name === 'overloaded') return this.#retry('unavailable', 1000);
    this.#retry(this.#offlineReason(), 0);
  }

  /** The upgrade failed, and a browser does not say why. */
  #failed(attempt: number): void {
    this.#drop();
    this.#wait(openTimeout, () => this.#retry('unreachable', 0)); // in case the diagnosis never comes
    this.#events.diagnose().then((diagnosis) => {
      if (attempt !== this.#attempt || !this.#started) return;
      if (diagnosis.kind === 'signed-out') return this.#giveUpOn(diagnosis.error);
      this.#failedUpgrades = diagnosis.kind === 'reachable' ? this.#failedUpgrades + 1 : 0;
      if (diagnosis.kind === 'later') this.#retry('unavailable', diagnosis.ms, diagnosis.error);
      else if (diagnosis.kind === 'no-answer') this.#retry(this.#offlineReason(), 0, diagnosis.error);
      else this.#retry(this.#failedUpgrades >= maxFailedUpgrades ? 'no-upgrade' : this.#offlineReason(), 0);
    });
  }

  /** There is no address, because the application's token or ticket function failed. Its error says more than a diagnosis would. */
  #refused(cause: unknown): void {
    const { error, final, later } = tokenFailure(cause);
    if (final) return this.#giveUpOn(error);
    this.#drop();
    this.#retry(later ? 'unavailable' : this.#offlineReason(), 0, error);
  }

  #giveUpOn(error: QuireError): void {
    this.#drop();
    this.#started = false;
    this.#events.refused(error);
  }

  /** Why there is no connection, if nothing more is known. */
  #offlineReason(): OfflineReason {
    return this.#env.now() < this.#restartUntil ? 'restarting' : 'unreachable';
  }

  #retry(reason: OfflineReason, atLeast: number, error: QuireError | null = null): void {
    const hidden = this.#env.isHidden();
    const most = hidden ? longestHiddenDelay : longestDelay;
    const steps = Math.min(most, firstDelay * 2 ** Math.min(this.#failures++, 10) * (hidden ? 4 : 1));
    // All clients lost the same server at the same moment: spread their retries over the whole delay, not around its end.
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
      // It is abandoned all the same.
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
