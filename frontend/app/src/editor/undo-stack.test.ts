import Delta from 'quill-delta';
import { expect, test } from 'vitest';
import { UndoStack, type Way } from './undo-stack';

/** Numbers from a seed, so that what failed once fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A text of units of which no two are alike, so that each can be told from all others; and who put each there. */
class Text {
  delta = new Delta();
  readonly owners = new Map<string, 'me' | 'others'>();
  private count = 0;

  units(length: number): string {
    return Array.from({ length }, () => String.fromCharCode(0x4e00 + this.count++)).join('');
  }

  /** Each unit with its attributes. */
  all(delta = this.delta): [unit: string, attributes: Record<string, unknown>][] {
    return delta.ops.flatMap((op) => [...String(op.insert)].map((unit) => [unit, op.attributes ?? {}] as never));
  }

  apply(change: Delta, by: 'me' | 'others'): void {
    const had = new Set(this.all().map(([unit]) => unit));
    this.delta = this.delta.compose(change);
    for (const [unit] of this.all()) if (!had.has(unit)) this.owners.set(unit, by);
  }

  /** What others put there and nobody took away, in its order, as others see it. Bold is what only the writer makes. */
  ofOthers(delta = this.delta): string {
    const theirs = this.all(delta).filter(([unit]) => this.owners.get(unit) === 'others');
    return theirs.map(([unit, { color }]) => `${unit}${color ?? ''}`).join('');
  }
}

function randomChange(text: Text, format: Record<string, unknown>, next: (below: number) => number): Delta {
  const change = new Delta();
  const length = text.delta.length();
  let at = 0;
  do {
    const keep = next(length - at + 1);
    change.retain(keep, next(4) === 0 ? format : undefined);
    at += keep;
    if (next(2) === 0) change.insert(text.units(1 + next(4)));
    else if (at < length) {
      const gone = 1 + next(Math.min(4, length - at));
      change.delete(gone);
      at += gone;
    }
  } while (at < length && next(3) === 0);
  return change.chop();
}

test('undo and redo never touch a unit their user did not put there, and all undone gives the others’ text (seeds 1–200)', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = numbers(seed);
    const told = `seed ${seed}`;
    const text = new Text();
    const stack = new UndoStack();
    let now = 1_000;
    text.apply(new Delta().insert(text.units(8)), 'others');
    const replay = (way: Way) => {
      const step = stack.take(way);
      if (!step) return false;
      const before = text.delta;
      const theirs = text.ofOthers();
      text.apply(step.delta, 'me');
      stack.replayed(way, step, step.delta, before);
      expect(text.ofOthers(), told).toBe(theirs);
      return true;
    };
    const back = () => {
      const before = text.delta;
      if (!replay('undo')) return;
      const undone = text.delta;
      replay('redo');
      expect(text.delta.ops, `${told}: redone is as it was`).toEqual(before.ops);
      replay('undo');
      expect(text.delta.ops, `${told}: undone again is as it was undone`).toEqual(undone.ops);
    };
    for (let step = 0; step < 14; step++) {
      const what = next(8);
      if (what === 0) back();
      else if (what === 1) replay('redo');
      else if (what < 5) {
        const change = randomChange(text, { bold: true }, next);
        stack.record(change, text.delta, null, now);
        text.apply(change, 'me');
      } else {
        const change = randomChange(text, { color: '#f00' }, next);
        stack.others(change);
        text.apply(change, 'others');
      }
      now += next(1_000);
    }
  }
});

test('what is done at one stretch is one step, and a cutoff, a pause or an undo ends it', () => {
  const stack = new UndoStack();
  let text = new Delta();
  const type = (letter: string, now: number) => {
    const change = new Delta().retain(text.length()).insert(letter);
    stack.record(change, text, { index: text.length(), length: 0 }, now);
    text = text.compose(change);
  };
  type('a', 0);
  type('b', 700);
  type('c', 1_400);
  stack.cutoff();
  type('d', 1_401);
  const undone: string[] = [];
  for (let step = stack.take('undo'); step; step = stack.take('undo')) {
    text = text.compose(step.delta);
    undone.push(text.ops.map((op) => op.insert).join(''));
  }
  expect(undone).toEqual(['abc', 'ab', '']);
});
