/** A queue of calls into the application: its listeners, subscribers and option callbacks. They run one after another once our
 * own work is done, so never in the middle of it and never before the method that caused them has returned. An exception from
 * one of them is reported, and stops neither the others nor the client. */
export class Callbacks {
  readonly #report: (error: unknown) => void;
  #changes: (() => void)[] = [];
  #others: (() => void)[] = [];
  /** A flush is certain to follow: at the end of the work under way, or in a microtask. */
  #flushing = false;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Queues a call that tells of a text change. Those run first, so that every other callback finds the editor up to date. */
  queueChange(call: () => void): void {
    this.#changes.push(call);
    this.#schedule();
  }

  /** Queues any other call. */
  queue(call: () => void): void {
    this.#others.push(call);
    this.#schedule();
  }

  /** Runs one call at once. Only for use inside a queued call. */
  run(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#report(error);
    }
  }

  /** Does work that a host event started, such as a message on the socket, and runs the queued calls at its end. */
  flushAfter(work: () => void): void {
    const first = !this.#flushing;
    this.#flushing = true;
    try {
      work();
    } finally {
      if (first) this.#flush();
    }
  }

  #schedule(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    for (;;) {
      const call = this.#changes.shift() ?? this.#others.shift();
      if (!call) break;
      this.run(call);
    }
    this.#flushing = false;
  }
}
