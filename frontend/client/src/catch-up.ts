import type { Connection } from './connection.ts';
import type { Reply } from './protocol.ts';

/** Asks for the ops that are missing of a document: one question at a time, and again while something that was seen on the way
 * is still missing. The ops come as frames like any others; the reply only says that they were all. */
export class CatchUp {
  readonly #connection: Connection;
  readonly #document: string;
  readonly #revision: () => number;
  readonly #answered: (reply: Reply) => void;
  #asking = false;
  #seen = 0;

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

  /** `upTo`: the revision that is known to exist. */
  ask(upTo = 0): void {
    this.#seen = Math.max(this.#seen, upTo);
    if (this.#asking) return;
    this.#asking = true;
    const from = this.#revision();
    this.#connection.request('f', this.#document, from, (reply) => {
      this.#asking = false;
      this.#answered(reply);
      const here = this.#revision();
      if (!reply.error && here < this.#seen && here > from) this.ask();
    });
  }

  /** A new connection: what was asked on the old one is not answered any more. */
  reset(): void {
    this.#asking = false;
    this.#seen = 0;
  }
}
