import type { ChannelLike, Environment } from './environment.ts';

/** What the pages of one browser tell each other. */
type Message =
  /** Who answers for this page's edits? */
  | { readonly kind: 'who'; readonly page: string }
  | { readonly kind: 'here'; readonly page: string }
  /** This page's edits have another owner now. */
  | { readonly kind: 'took'; readonly page: string }
  /** This page goes and leaves edits behind. */
  | { readonly kind: 'bye'; readonly page: string }
  /** Unsent or parked text changed: count again. */
  | { readonly kind: 'changed' }
  /** This user signed out on this device, and their text was cleared. */
  | { readonly kind: 'cleared'; readonly user: string };

export interface OwnershipEvents {
  tookFromUs(): void;
  othersChanged(): void;
  left(page: string): void;
  cleared(user: string): void;
}

/** How long a page may take to say that it is alive. A frozen one does not, and finds out when it wakes up. */
export const silence = 1_000;

/** How the pages of one browser agree on whose edits are whose. The store decides (a transaction makes one page the owner);
 * this only keeps a page from taking what another is still at work on. */
export class Ownership {
  readonly #page: string;
  readonly #env: Environment;
  readonly #channel: ChannelLike | null;
  readonly #events: OwnershipEvents;
  readonly #asked = new Map<string, () => void>();

  constructor(env: Environment, name: string, page: string, events: OwnershipEvents) {
    this.#env = env;
    this.#page = page;
    this.#events = events;
    this.#channel = channelOf(env, name);
    if (this.#channel) this.#channel.onmessage = ({ data }) => this.#heard(data as Message);
  }

  /** Whether pages can hear each other at all. */
  get canAsk(): boolean {
    return this.#channel !== null;
  }

  /** Whether the page answers within a second. */
  alive(page: string): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#env.setTimeout(() => {
        this.#asked.delete(page);
        resolve(false);
      }, silence);
      this.#asked.set(page, () => {
        this.#env.clearTimeout(timer);
        this.#asked.delete(page);
        resolve(true);
      });
      this.#tell({ kind: 'who', page });
    });
  }

  took(page: string): void {
    this.#tell({ kind: 'took', page });
  }

  changed(): void {
    this.#tell({ kind: 'changed' });
  }

  bye(): void {
    this.#tell({ kind: 'bye', page: this.#page });
  }

  cleared(user: string): void {
    this.#tell({ kind: 'cleared', user });
  }

  close(): void {
    if (this.#channel) this.#channel.onmessage = null;
    this.#channel?.close();
  }

  #tell(message: Message): void {
    try {
      this.#channel?.postMessage(message);
    } catch {
      // A channel that was closed. Whoever waits for an answer gives up in time.
    }
  }

  #heard(message: Message): void {
    switch (message.kind) {
      case 'who':
        if (message.page === this.#page) this.#tell({ kind: 'here', page: this.#page });
        return;
      case 'here':
        return this.#asked.get(message.page)?.();
      case 'took':
        if (message.page === this.#page) this.#events.tookFromUs();
        return;
      case 'bye':
        return this.#events.left(message.page);
      case 'changed':
        return this.#events.othersChanged();
      case 'cleared':
        return this.#events.cleared(message.user);
    }
  }
}

/** Some pages, such as those in a sandbox, may not open one. */
function channelOf(env: Environment, name: string): ChannelLike | null {
  try {
    return env.openChannel?.(name) ?? null;
  } catch {
    return null;
  }
}
