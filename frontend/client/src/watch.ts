import type { Callbacks } from './callbacks.ts';

/** A value that is only ever replaced as a whole, with subscribers, for React's useSyncExternalStore: both functions are bound, and
 * the value is the same object until it changes. */
export class Watched<T> {
  value: T;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => T;
  readonly #callbacks: Callbacks;
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #telling = false;

  constructor(value: T, callbacks: Callbacks) {
    this.value = value;
    this.#callbacks = callbacks;
    this.getSnapshot = () => this.value;
    this.subscribe = (call) => {
      const listener = { call };
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    };
  }

  /** Replaces the value and queues one call of the subscribers. */
  set(value: T): void {
    this.value = value;
    if (this.#telling) return;
    this.#telling = true;
    this.#callbacks.queue(() => {
      this.#telling = false;
      for (const listener of [...this.#listeners]) {
        if (this.#listeners.has(listener)) this.#callbacks.run(listener.call);
      }
    });
  }
}

/** Listeners by event, called in the order in which they were added. */
export class Listeners<Events extends { [E in keyof Events]: (...args: never[]) => void }> {
  readonly #callbacks: Callbacks;
  readonly #listeners = new Map<keyof Events, Set<{ readonly call: (...args: never[]) => void }>>();

  constructor(callbacks: Callbacks) {
    this.#callbacks = callbacks;
  }

  /** Adds a listener and returns the function that removes it. */
  on<E extends keyof Events>(event: E, call: Events[E]): () => void {
    const listener = { call };
    const those = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, those.add(listener));
    return () => those.delete(listener);
  }

  /** Calls the listeners of an event at once. Only for use inside a queued callback. */
  tell<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): void {
    const those = this.#listeners.get(event);
    for (const listener of [...(those ?? [])]) {
      if (those?.has(listener)) this.#callbacks.run(() => listener.call(...args));
    }
  }
}
