import type Quill from 'quill/core';
import type { Delta } from 'quill/core';
import { linesOf, readLine } from './by-line';

/** How many units, and leaves of one line, are counted in one turn: some milliseconds of work. */
const stretch = 20_000;
const leaves = 5_000;

/** Counts the words of a text by line, and again only for lines that changed: a line keeps its Delta until then. */
export class WordSum {
  private readonly counted = new WeakMap<Delta, number>();
  private readonly quill: Quill;
  private readonly countIn: (text: string) => number;

  constructor(quill: Quill, countIn: (text: string) => number) {
    this.quill = quill;
    this.countIn = countIn;
  }

  /** Returns the number of words, or null if there is more to count; call again then. */
  count(): number | null {
    let sum = 0;
    let units = 0;
    for (const line of linesOf(this.quill.scroll)) {
      if (units >= stretch || !readLine(line, leaves)) return null;
      const text = line.delta();
      const known = this.counted.get(text);
      sum += known ?? this.ofLine(text);
      if (known === undefined) units += line.length();
    }
    return sum;
  }

  private ofLine(line: Delta): number {
    const words = this.countIn(line.ops.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join(''));
    this.counted.set(line, words);
    return words;
  }
}
