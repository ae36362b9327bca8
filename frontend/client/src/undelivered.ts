import type { Delta } from './delta.ts';
import type { ChangeSource } from './types.ts';

/** A change of the text that the editor has to show. */
export interface EditorChange {
  delta: Delta;
  readonly source: ChangeSource;
}

/** Changes that were not delivered to the editor yet, because its own call of `edit` has not returned. If it edits again meanwhile,
 * that edit applies to what the editor shows, which is the text without these changes. */
export class Undelivered {
  #changes: EditorChange[] = [];
  /** Returns what the editor shows; null while that is the whole text. */
  #shown: (() => Delta) | null = null;

  /** How much longer the text is than what the editor shows, in UTF-16 code units. */
  get growth(): number {
    return this.#changes.reduce((sum, { delta }) => sum + delta.changeLength(), 0);
  }

  /** Returns what the editor shows; null: the whole text. */
  shown(): Delta | null {
    return this.#shown?.() ?? null;
  }

  add(change: EditorChange): void {
    this.#changes.push(change);
  }

  /** Does work on the editor's behalf; `shown` returns what the editor shows after it. */
  during(shown: () => Delta, work: () => void): void {
    try {
      work();
    } finally {
      this.#shown = this.#changes.length > 0 ? shown : null;
    }
  }

  /** Transforms an edit of what the editor shows into one of the text, and the undelivered changes over that edit. */
  rebase(edit: Delta): Delta {
    let own = edit;
    for (const change of this.#changes) {
      const { delta } = change;
      change.delta = own.transform(delta, false);
      own = delta.transform(own, true);
    }
    return own;
  }

  /** Moves a position in what the editor shows to the text. */
  position(index: number): number {
    return this.#changes.reduce((at, { delta }) => delta.transformPosition(at, true), index);
  }

  /** The first change is about to be delivered. */
  delivered(): void {
    const change = this.#changes.shift();
    const before = this.#shown;
    this.#shown = this.#changes.length > 0 && before && change ? () => before().compose(change.delta) : null;
  }
}
