import type Delta from 'quill-delta';

/** A selection, in UTF-16 code units. */
export interface Place {
  index: number;
  length: number;
}

/** One undo or redo step: a change of the text as it is when the step's turn comes, and the selection after it. */
export interface Step {
  readonly delta: Delta;
  readonly place: Place | null;
}

/** The direction of a step. */
export type Way = 'undo' | 'redo';

/** Changes within this time of the first, ms, form one step. */
const joinWithin = 800;

/** The most steps that are kept. */
const maxSteps = 500;

/**
 * What the user did, as changes that undo it, newest last. Each step deletes only units whose insertion it recorded, and is
 * transformed over everything that others do, so that undoing never touches what somebody else wrote. No DOM, no Quill.
 */
export class UndoStack {
  private steps: Record<Way, Step[]> = { undo: [], redo: [] };
  /** Until when a change joins the newest step, ms since 1970. */
  private openUntil = 0;

  has(way: Way): boolean {
    return this.steps[way].length > 0;
  }

  /** Records the user's own change of `before`; `place` is the selection before it, `now` in ms since 1970. Clears the redo steps. */
  record(change: Delta, before: Delta, place: Place | null, now: number): void {
    this.steps.redo = [];
    const back = change.invert(before);
    const joined = now < this.openUntil ? this.steps.undo.pop() : undefined;
    if (!joined) this.openUntil = now + joinWithin;
    this.push('undo', joined ? back.compose(joined.delta) : back, joined ? joined.place : place);
  }

  /** Removes and returns the newest step. After replaying it, call {@link replayed}. */
  take(way: Way): Step | undefined {
    this.openUntil = 0;
    return this.steps[way].pop();
  }

  /** A step was replayed. `change` is what it did to `before`, which is not always what it asked for. */
  replayed(way: Way, step: Step, change: Delta, before: Delta): void {
    const back = change.invert(before);
    this.push(way === 'undo' ? 'redo' : 'undo', back, moved(step.place, back));
  }

  /** Takes in somebody else's change of the present text. */
  others(change: Delta): void {
    this.steps = { undo: rebased(this.steps.undo, change), redo: rebased(this.steps.redo, change) };
  }

  /** Makes the next change a step of its own. */
  cutoff(): void {
    this.openUntil = 0;
  }

  clear(): void {
    this.steps = { undo: [], redo: [] };
    this.openUntil = 0;
  }

  private push(way: Way, delta: Delta, place: Place | null): void {
    if (delta.ops.length > 0) this.steps[way].push({ delta, place });
    if (this.steps[way].length > maxSteps) this.steps[way].shift();
  }
}

/** Returns the steps transformed over a change of others. The newest applies to the present text, each one below it to the text after
 * the one above. */
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

/** Returns a selection as it is after a change. */
export function moved(place: Place | null, change: Delta): Place | null {
  if (!place) return null;
  const index = change.transformPosition(place.index);
  return { index, length: change.transformPosition(place.index + place.length) - index };
}
