import Delta from 'quill-delta';
import { expect, test } from 'vitest';
import { Held } from './held';

/** Numbers from a seed, so that what failed once fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomChange(length: number, next: (below: number) => number): Delta {
  const change = new Delta();
  let at = 0;
  while (at < length && next(3) > 0) {
    const keep = next(length - at + 1);
    change.retain(keep, next(4) === 0 ? { bold: true } : undefined);
    at += keep;
    if (next(2) === 0) change.insert('abcdef'.slice(0, 1 + next(5)));
    else if (at < length) {
      const gone = 1 + next(Math.min(4, length - at));
      change.delete(gone);
      at += gone;
    }
  }
  return change;
}

test('P4: held changes and local ones meet in the document’s text, whatever their order (seeds 1–400)', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const next = numbers(seed);
    const held = new Held();
    let shown = new Delta().insert('The quick brown fox\n');
    let document = shown; // what the client has: everything, as it arrives
    for (let step = 0; step < 12; step++) {
      if (next(2) === 0) {
        const remote = randomChange(document.length(), next);
        document = document.compose(remote);
        held.add(remote);
      } else {
        const local = randomChange(shown.length(), next);
        shown = shown.compose(local);
        document = document.compose(held.local(local));
      }
      if (next(5) === 0) {
        const change = held.take();
        if (change) shown = shown.compose(change);
        expect(shown.ops, `seed ${seed}`).toEqual(document.ops);
      }
    }
    const rest = held.take();
    if (rest) shown = shown.compose(rest);
    expect(shown.ops, `seed ${seed}`).toEqual(document.ops);
    expect(held.empty).toBe(true);
  }
});
