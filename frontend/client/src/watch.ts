import type { Calls } from './calls.ts';

/** A value that is replaced as a whole, in the shape of React's useSyncExternalStore: both functions are bound, and the value
 * is the same object until something changed. */
export class Watched<T> {
  value: T;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => T;
  readonly #calls: Calls;
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #telling = false;

  constructor(value: T, calls: Calls) {
    this.value = value;
    this.#calls = calls;
    this.getSnapshot = () => this.value;
    this.subscribe = (call) => {
      const listener = { call };
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    };
  }

  set(value: T): void {
    this.value = value;
    if (this.#telling) return;
    this.#telling = true;
    this.#calls.later(() => {
      this.#telling = false;
      for (const listener of [...this.#listeners]) {
        if (this.#listeners.has(listener)) this.#calls.now(listener.call);
      }
    });
  }
}

/** Listeners by the name of what they listen to, called in the order in which they came. */
export class Listeners<Events extends { [E in keyof Events]: (...args: never[]) => void }> {
  readonly #calls: Calls;
  readonly #listeners = new Map<keyof Events, Set<{ readonly call: (...args: never[]) => void }>>();

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  on<E extends keyof Events>(event: E, call: Events[E]): () => void {
    const listener = { call };
    const those = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, those.add(listener));
    return () => those.delete(listener);
  }

  /** Tells them now: to be used within a call that is due. */
  tell<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): void {
    const those = this.#listeners.get(event);
    for (const listener of [...(those ?? [])]) {
      if (those?.has(listener)) this.#calls.now(() => listener.call(...args));
    }
  }
}
