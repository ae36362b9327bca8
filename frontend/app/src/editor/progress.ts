import type Delta from 'quill-delta';

/** So long, in ms, until it is told how far something is. */
const patience = 1_000;

/** How far the showing of a long change is, once it takes long. */
export class Progress {
  private total = 0;
  private since = 0;
  private readonly tell: (percent: number | null) => void;
  private told: number | null = null;

  constructor(tell: (percent: number | null) => void) {
    this.tell = tell;
  }

  /** `rest` is still to be shown. */
  at(rest: Delta, now: number): void {
    const left = workIn(rest);
    if (this.total === 0) this.since = now;
    this.total = Math.max(this.total, left);
    if (now - this.since < patience || this.total === 0) return;
    this.say(Math.min(99, Math.floor(100 * (1 - left / this.total))));
  }

  end(): void {
    this.total = 0;
    this.say(null);
  }

  private say(percent: number | null): void {
    if (percent === this.told || (percent ?? 100) < (this.told ?? 0)) return;
    this.told = percent;
    this.tell(percent);
  }
}

/** How much there is to do for a change, roughly: a run is as long to make as some hundred units are to lay out. */
function workIn({ ops }: Delta): number {
  let units = 0;
  for (const { insert, retain, delete: gone, attributes } of ops) {
    if (typeof insert === 'string') units += insert.length;
    if (typeof retain === 'number' && attributes) units += retain;
    units += gone ?? 0;
  }
  return units + 100 * ops.length;
}
