import { Delta } from './delta.ts';
import { putInto } from './put-into.ts';

/** How many changed parts may gather before they are put into the text. */
const enough = 200;

/** The server's text at the revision that is here. Ops are gathered and put in when the text is asked for, so that an op
 * costs what the op is long, not what the document is. */
export class ServerText {
  #text = new Delta();
  #since = new Delta();

  load(text: Delta): void {
    this.#text = text;
    this.#since = new Delta();
  }

  apply(op: Delta): void {
    // A long op is not composed with what was gathered, nor copied just to be put into nothing.
    if (op.ops.length > enough) this.whole();
    this.#since = this.#since.ops.length > 0 ? this.#since.compose(op) : op;
    if (this.#since.ops.length > enough) this.whole();
  }

  /** The text as it is now, to be put together only if it is asked for. */
  moment(): () => Delta {
    const text = this.#text;
    const since = this.#since;
    return () => putInto(text, since);
  }

  whole(): Delta {
    if (this.#since.ops.length > 0) this.load(putInto(this.#text, this.#since));
    return this.#text;
  }
}
