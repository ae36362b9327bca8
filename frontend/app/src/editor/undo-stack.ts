import type Delta from 'quill-delta';

export interface Place {
  index: number;
  length: number;
}

/** One step back or forth: a change to the text as it is when its turn comes, and the selection that goes with it. */
export interface Step {
  readonly delta: Delta;
  readonly place: Place | null;
}

export type Way = 'undo' | 'redo';

/** So long after the first of them, in ms, changes are one step. */
const together = 800;

const most = 500;

/**
 * What the writer did, as changes that take it back, newest last. Each step deletes only units whose insertion it recorded,
 * and each is brought along past everything that others do: so taking back never touches what somebody else wrote. Pure.
 */
export class UndoStack {
  private steps: Record<Way, Step[]> = { undo: [], redo: [] };
  /** Until when a change joins the newest step. */
  private openUntil = 0;

  has(way: Way): boolean {
    return this.steps[way].length > 0;
  }

  /** The writer's own change to `before`; `place` is the selection before it. What was taken back can't be redone now. */
  record(change: Delta, before: Delta, place: Place | null, now: number): void {
    this.steps.redo = [];
    const back = change.invert(before);
    const joined = now < this.openUntil ? this.steps.undo.pop() : undefined;
    if (!joined) this.openUntil = now + together;
    this.push('undo', joined ? back.compose(joined.delta) : back, joined ? joined.place : place);
  }

  /** Takes the newest step out; whoever replays it says so by {@link replayed}. */
  take(way: Way): Step | undefined {
    this.openUntil = 0;
    return this.steps[way].pop();
  }

  /** A step was replayed, and `change` is what it did to `before`: not always what it asked for. */
  replayed(way: Way, step: Step, change: Delta, before: Delta): void {
    const back = change.invert(before);
    this.push(way === 'undo' ? 'redo' : 'undo', back, moved(step.place, back));
  }

  /** A change of somebody else, to the text as it is now. */
  others(change: Delta): void {
    this.steps = { undo: rebased(this.steps.undo, change), redo: rebased(this.steps.redo, change) };
  }

  /** What comes next is a step of its own. */
  cutoff(): void {
    this.openUntil = 0;
  }

  clear(): void {
    this.steps = { undo: [], redo: [] };
    this.openUntil = 0;
  }

  private push(way: Way, delta: Delta, place: Place | null): void {
    if (delta.ops.length > 0) this.steps[way].push({ delta, place });
    if (this.steps[way].length > most) this.steps[way].shift();
  }
}

/** The steps past a change of others. The newest is made for the text as it is; each one below, for the text after it. */
function rebased(steps: Step[], change: Delta): Step[] {
  const kept: Step[] = [];
  let others = change;
  for (const { delta, place } of steps.toReversed()) {
    const step = { delta: others.transform(delta, true), place: moved(place, others) };
    others = delta.transform(others, false);
    if (step.delta.ops.length > 0) kept.push(step);
  }
  return kept.reverse();
}

/** A selection as it is after a change. */
export function moved(place: Place | null, change: Delta): Place | null {
  if (!place) return null;
  const index = change.transformPosition(place.index);
  return { index, length: change.transformPosition(place.index + place.length) - index };
}
