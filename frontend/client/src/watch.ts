/** A value that is replaced as a whole, in the shape of React's useSyncExternalStore: both functions are bound, and the value
 * is the same object until something changed. */
export class Watched<T> {
  value: T;
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.value = value;
    this.getSnapshot = () => this.value;
    this.subscribe = (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    };
  }

  set(value: T): void {
    this.value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Listeners by the name of what they listen to. They are called in the order in which they came, and an exception of one is
 * for the host to report: the others, and the protocol, go on. */
export class Listeners<Events extends { [E in keyof Events]: (...args: never[]) => void }> {
  readonly #listeners = new Map<keyof Events, Set<(...args: never[]) => void>>();

  on<E extends keyof Events>(event: E, listener: Events[E]): () => void {
    const those = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, those.add(listener));
    return () => those.delete(listener);
  }

  emit<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
