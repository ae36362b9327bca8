/** Calls of code that is not ours: listeners, subscribers, callbacks of the options. They are made one after another when our own
 * work is done, so never in the middle of it and never before the method that led to them has returned. What one of them throws
 * is reported, and stops neither the others nor us. */
export class Calls {
  readonly #report: (error: unknown) => void;
  #changes: (() => void)[] = [];
  #others: (() => void)[] = [];
  /** Something of ours will make the calls: work that is under way, or a microtask. */
  #due = false;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Changes of the text go first: whoever is told anything else finds the editor up to date. */
  change(call: () => void): void {
    this.#changes.push(call);
    this.#soon();
  }

  later(call: () => void): void {
    this.#others.push(call);
    this.#soon();
  }

  /** Makes one call now: to be used within a call that is due. */
  now(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#report(error);
    }
  }

  /** Does work that nobody but the host's own event led to, and makes the calls at its end. */
  after(work: () => void): void {
    const first = !this.#due;
    this.#due = true;
    try {
      work();
    } finally {
      if (first) this.#make();
    }
  }

  #soon(): void {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => this.#make());
  }

  #make(): void {
    for (;;) {
      const call = this.#changes.shift() ?? this.#others.shift();
      if (!call) break;
      this.now(call);
    }
    this.#due = false;
  }
}
