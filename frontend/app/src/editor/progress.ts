import type Delta from 'quill-delta';

/** A change that takes no longer than this to show, ms, has no progress shown. */
const showAfter = 1_000;

/** Tells how much of a long change is shown, once it takes long. */
export class Progress {
  private total = 0;
  private since = 0;
  private readonly tell: (percent: number | null) => void;
  private told: number | null = null;

  constructor(tell: (percent: number | null) => void) {
    this.tell = tell;
  }

  /** `rest` of the change is still to be shown; `now` is in ms. */
  at(rest: Delta, now: number): void {
    const left = workIn(rest);
    if (this.total === 0) this.since = now;
    this.total = Math.max(this.total, left);
    if (now - this.since < showAfter || this.total === 0) return;
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

/** Estimates the work a change takes: making a run takes about as long as laying out a hundred units. */
function workIn({ ops }: Delta): number {
  let units = 0;
  for (const { insert, retain, delete: gone, attributes } of ops) {
    if (typeof insert === 'string') units += insert.length;
    if (typeof retain === 'number' && attributes) units += retain;
    units += gone ?? 0;
  }
  return units + 100 * ops.length;
}
