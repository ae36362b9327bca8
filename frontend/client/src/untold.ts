import type { Delta } from './delta.ts';
import type { ChangeSource } from './types.ts';

/** A change of the text that the editor has to be told. */
export interface Telling {
  delta: Delta;
  readonly source: ChangeSource;
}

/** Changes that the editor has not been told yet: those that its own edit led to, until that has returned. What it edits meanwhile
 * is made to what it shows, which is the text without them. */
export class Untold {
  #changes: Telling[] = [];
  /** What the editor shows, while that is not the text. */
  #shown: (() => Delta) | null = null;

  /** By how much the text is longer than what the editor shows. */
  get growth(): number {
    return this.#changes.reduce((sum, { delta }) => sum + delta.changeLength(), 0);
  }

  /** What the editor shows; null: the text. */
  shown(): Delta | null {
    return this.#shown?.() ?? null;
  }

  add(change: Telling): void {
    this.#changes.push(change);
  }

  /** Work that the editor asked for, and what it shows at the end of that. */
  during(shown: () => Delta, work: () => void): void {
    try {
      work();
    } finally {
      this.#shown = this.#changes.length > 0 ? shown : null;
    }
  }

  /** Brings an edit of what is shown to the text, and what is untold to what is shown after the edit. */
  over(edit: Delta): Delta {
    let own = edit;
    for (const change of this.#changes) {
      const { delta } = change;
      change.delta = own.transform(delta, false);
      own = delta.transform(own, true);
    }
    return own;
  }

  /** Where a place in what is shown is in the text. */
  position(index: number): number {
    return this.#changes.reduce((at, { delta }) => delta.transformPosition(at, true), index);
  }

  /** The editor is being told the first of them. */
  told(): void {
    const change = this.#changes.shift();
    const before = this.#shown;
    this.#shown = this.#changes.length > 0 && before && change ? () => before().compose(change.delta) : null;
  }
}
