interface Waiter {
  readonly upTo: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Counts the edits of one queue: made, confirmed, and up to which one the op in flight reaches. Wakes those who wait for
 * theirs to be confirmed. */
export class Tally {
  #made = 0;
  #confirmed = 0;
  #through = 0;
  #waiters: Waiter[] = [];

  /** Edits that are not confirmed. */
  get open(): number {
    return this.#made - this.#confirmed;
  }

  /** Goes on with the edits of an earlier page; `all`: its op in flight holds all of them. */
  inherit(edits: number, all: boolean): void {
    this.#made = edits;
    this.#through = all ? edits : 0;
  }

  edited(): void {
    this.#made++;
  }

  /** The next op is made; `all`: nothing waits behind it. */
  taken(all: boolean): void {
    this.#through = all ? this.#made : this.#confirmed;
  }

  /** The op in flight is confirmed. */
  landed(): void {
    this.#confirmed = this.#through;
    this.#settle(this.#confirmed, null);
  }

  /** Nothing is pending any more. */
  done(): void {
    this.#confirmed = this.#through = this.#made;
    this.#settle(this.#made, null);
  }

  /** Nothing is pending any more, and what was is not in the document. */
  dropped(error: Error): void {
    this.#confirmed = this.#through = this.#made;
    this.fail(error);
  }

  /** Resolves when every edit made so far is confirmed. */
  wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ upTo: this.#made, resolve, reject }));
  }

  /** Nobody can wait any longer. */
  fail(error: Error): void {
    this.#settle(0, error);
  }

  #settle(upTo: number, error: Error | null): void {
    const ready = this.#waiters.filter((w) => error || w.upTo <= upTo);
    this.#waiters = this.#waiters.filter((w) => !ready.includes(w));
    for (const waiter of ready) error ? waiter.reject(error) : waiter.resolve();
  }
}
