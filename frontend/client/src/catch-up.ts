import type { Connection } from './connection.ts';
import type { Reply } from './protocol.ts';

/** Fetches the ops of a document that this page has missed: one request at a time, repeated while an op that is known to exist
 * is still missing. The ops arrive as ordinary frames; the reply only marks the end of them. */
export class CatchUp {
  readonly #connection: Connection;
  readonly #document: string;
  readonly #revision: () => number;
  readonly #answered: (reply: Reply) => void;
  #asking = false;
  /** The highest revision that is known to exist. */
  #known = 0;

  constructor(
    connection: Connection,
    document: string,
    revision: () => number,
    answered: (reply: Reply) => void = () => {},
  ) {
    this.#connection = connection;
    this.#document = document;
    this.#revision = revision;
    this.#answered = answered;
  }

  /** Fetches everything after the present revision. `upTo` is a revision that is known to exist. */
  ask(upTo = 0): void {
    this.#known = Math.max(this.#known, upTo);
    if (this.#asking) return;
    this.#asking = true;
    const from = this.#revision();
    this.#connection.request('f', this.#document, from, (reply) => {
      this.#asking = false;
      this.#answered(reply);
      const here = this.#revision();
      if (!reply.error && here < this.#known && here > from) this.ask();
    });
  }

  /** Starts over on a new connection, where no answer to an earlier request will come. */
  reset(): void {
    this.#asking = false;
    this.#known = 0;
  }
}
