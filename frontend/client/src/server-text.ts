import { applyChange } from './apply-change.ts';
import { Delta } from './delta.ts';

/** How many ops of a delta may gather before they are applied to the text. */
const maxGathered = 200;

/** The server's text at the revision this page has. Ops are gathered, and applied when the text is asked for, so that the cost of
 * an op follows the op, not the document. */
export class ServerText {
  #text = new Delta();
  #gathered = new Delta();

  load(text: Delta): void {
    this.#text = text;
    this.#gathered = new Delta();
  }

  apply(op: Delta): void {
    // Applies what was gathered first: composing it with a long op would copy that op once more.
    if (op.ops.length > maxGathered) this.whole();
    this.#gathered = this.#gathered.ops.length > 0 ? this.#gathered.compose(op) : op;
    if (this.#gathered.ops.length > maxGathered) this.whole();
  }

  /** Captures the present text, which is only put together if the returned function is called. */
  capture(): () => Delta {
    const text = this.#text;
    const gathered = this.#gathered;
    return () => applyChange(text, gathered);
  }

  /** Returns the present text. */
  whole(): Delta {
    if (this.#gathered.ops.length > 0) this.load(applyChange(this.#text, this.#gathered));
    return this.#text;
  }
}
