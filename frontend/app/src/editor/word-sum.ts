import type Quill from 'quill/core';
import type { Delta } from 'quill/core';

/** Words of the text, counted by line and only for lines that changed: a line keeps its Delta until then. */
export class WordSum {
  private readonly counted = new WeakMap<Delta, number>();
  private readonly quill: Quill;
  private readonly count: (text: string) => number;

  constructor(quill: Quill, count: (text: string) => number) {
    this.quill = quill;
    this.count = count;
  }

  get words(): number {
    return this.quill.scroll.lines().reduce((sum, line) => sum + this.ofLine(line.delta()), 0);
  }

  private ofLine(line: Delta): number {
    const known = this.counted.get(line);
    if (known !== undefined) return known;
    const words = this.count(line.ops.map(({ insert }) => (typeof insert === 'string' ? insert : '')).join(''));
    this.counted.set(line, words);
    return words;
  }
}
