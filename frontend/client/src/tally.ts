interface Waiter {
  readonly upTo: number;
  resolve(): void;
  reject(error: Error): void;
}

/** Counts the edits of one queue: how many were made, how many are confirmed, and up to which one the op in flight reaches. Resolves
 * the promises of those who wait for their edits to be confirmed. */
export class Tally {
  #made = 0;
  #confirmed = 0;
  #sentUpTo = 0;
  #waiters: Waiter[] = [];

  /** How many edits are not confirmed. */
  get unconfirmed(): number {
    return this.#made - this.#confirmed;
  }

  /** Continues the count of an earlier page; `all`: its op in flight holds all its edits. */
  inherit(edits: number, all: boolean): void {
    this.#made = edits;
    this.#sentUpTo = all ? edits : 0;
  }

  edited(): void {
    this.#made++;
  }

  /** The next op was put in flight; `all`: no edit waits behind it. */
  sent(all: boolean): void {
    this.#sentUpTo = all ? this.#made : this.#confirmed;
  }

  /** The op in flight was confirmed. */
  inFlightConfirmed(): void {
    this.#confirmed = this.#sentUpTo;
    this.#settle(this.#confirmed, null);
  }

  /** Every edit is confirmed. */
  allConfirmed(): void {
    this.#confirmed = this.#sentUpTo = this.#made;
    this.#settle(this.#made, null);
  }

  /** The unconfirmed edits were parked, not confirmed: rejects those who wait for them. */
  allDropped(error: Error): void {
    this.#confirmed = this.#sentUpTo = this.#made;
    this.fail(error);
  }

  /** Resolves when every edit made so far is confirmed. */
  whenConfirmed(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ upTo: this.#made, resolve, reject }));
  }

  /** Rejects all who wait. */
  fail(error: Error): void {
    this.#settle(0, error);
  }

  #settle(upTo: number, error: Error | null): void {
    const ready = this.#waiters.filter((w) => error || w.upTo <= upTo);
    this.#waiters = this.#waiters.filter((w) => !ready.includes(w));
    for (const waiter of ready) error ? waiter.reject(error) : waiter.resolve();
  }
}
