import type { ChannelLike, Environment } from './environment.ts';

/** What the pages of one browser tell each other. Pages of an older build read the same messages. */
type Message =
  /** Is this page still there? */
  | { readonly kind: 'who'; readonly page: string }
  /** Yes, it is. */
  | { readonly kind: 'here'; readonly page: string }
  /** The sender has taken over the edits of this page. */
  | { readonly kind: 'took'; readonly page: string }
  /** The sender is about to go and leaves edits behind. */
  | { readonly kind: 'bye'; readonly page: string }
  /** Unsent or parked text changed in the store: count again. */
  | { readonly kind: 'changed' }
  /** This user signed out on this device, and their text was removed from it. */
  | { readonly kind: 'cleared'; readonly user: string };

/** What other pages tell this one. */
export interface OwnershipEvents {
  /** Another page has taken over this page's edits. */
  takenOver(): void;
  /** Another page changed unsent or parked text in the store. */
  changedElsewhere(): void;
  /** Another page is about to go and leaves edits behind. */
  leaving(page: string): void;
  /** The user signed out in another page, which removed their text from the device. */
  clearedElsewhere(user: string): void;
}

/** How long a page may take to answer, ms. A frozen page does not, and learns of the takeover when it wakes up. */
const answerTimeout = 1_000;

/** Tells the pages of one browser apart: which are still there to send their edits, and which have left them behind. The store
 * alone decides who owns a queue, in a transaction; this only keeps a page from taking over what another is still sending. */
export class Ownership {
  readonly #page: string;
  readonly #env: Environment;
  readonly #channel: ChannelLike | null;
  readonly #events: OwnershipEvents;
  readonly #waiting = new Map<string, () => void>();

  constructor(env: Environment, name: string, page: string, events: OwnershipEvents) {
    this.#env = env;
    this.#page = page;
    this.#events = events;
    this.#channel = openChannel(env, name);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#receive(data as Message);
  }

  /** Whether pages can reach each other at all. */
  get canAsk(): boolean {
    return this.#channel !== null;
  }

  /** Reports whether the page answers within a second. */
  isAlive(page: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#env.setTimeout(() => {
        this.#waiting.delete(page);
        resolve(false);
      }, answerTimeout);
      this.#waiting.set(page, () => {
        this.#env.clearTimeout(timer);
        this.#waiting.delete(page);
        resolve(true);
      });
      this.#post({ kind: 'who', page });
    });
  }

  announceTakeover(page: string): void {
    this.#post({ kind: 'took', page });
  }

  announceChange(): void {
    this.#post({ kind: 'changed' });
  }

  announceLeaving(): void {
    this.#post({ kind: 'bye', page: this.#page });
  }

  announceCleared(user: string): void {
    this.#post({ kind: 'cleared', user });
  }

  close(): void {
    if (this.#channel) this.#channel.onmessage = null;
    this.#channel?.close();
  }

  #post(message: Message): void {
    try {
      this.#channel?.postMessage(message);
    } catch {
      // The channel is closed. Whoever waits for an answer times out.
    }
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'who':
        if (message.page === this.#page) this.#post({ kind: 'here', page: this.#page });
        return;
      case 'here':
        return this.#waiting.get(message.page)?.();
      case 'took':
        if (message.page === this.#page) this.#events.takenOver();
        return;
      case 'bye':
        return this.#events.leaving(message.page);
      case 'changed':
        return this.#events.changedElsewhere();
      case 'cleared':
        return this.#events.clearedElsewhere(message.user);
    }
  }
}

/** Returns null where pages may not open a channel, such as in a sandbox. */
function openChannel(env: Environment, name: string): ChannelLike | null {
  try {
    return env.openChannel?.(name) ?? null;
  } catch {
    return null;
  }
}
