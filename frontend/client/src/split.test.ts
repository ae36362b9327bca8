import { describe, expect, it } from 'vitest';
import { randomChange, randomText } from '../test/deltas.ts';
import { Random } from '../test/random.ts';
import { Delta } from './delta.ts';
import { defaultSplitLimits, split } from './split.ts';

function pieces(op: Delta, limits = defaultSplitLimits): Delta[] {
  const all: Delta[] = [];
  let rest: Delta | null = op;
  while (rest) {
    const [first, more]: [Delta, Delta | null] = split(rest, limits);
    all.push(first);
    rest = more;
  }
  return all;
}

const bytes = (delta: Delta) => new TextEncoder().encode(JSON.stringify(delta.ops)).length;

describe('splitting a large op', () => {
  it('leaves a small one alone', () => {
    const op = new Delta().retain(3).insert('a');
    expect(split(op)).toEqual([op, null]);
  });

  it('the pieces, one after another, have the effect of the whole', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const random = new Random(seed);
      const text = randomText(random, 20);
      let op = new Delta();
      for (let i = 0; i < 6; i++) op = op.compose(randomChange(random, text.compose(op).length()));
      const all = pieces(op, { bytes: 64 + random.below(100), components: 1 + random.below(6) });
      const result = all.reduce((shown, piece) => shown.compose(piece), text);
      expect(result, `seed ${seed}`).toEqual(text.compose(op));
    }
  });

  it('no piece is larger than 32 kB or 5,000 components', () => {
    const op = new Delta().retain(10).insert('é😀"\n'.repeat(30_000)).delete(3);
    for (let i = 0; i < 12_000; i++) op.insert('x', { bold: i % 2 === 0 }).retain(1);
    const all = pieces(op);
    expect(all.length).toBeGreaterThan(10);
    for (const piece of all) {
      expect(bytes(piece)).toBeLessThanOrEqual(defaultSplitLimits.bytes + 64); // and the retain in front
      expect(piece.ops.length).toBeLessThanOrEqual(defaultSplitLimits.components + 1);
    }
    const base = new Delta().insert('.'.repeat(13_000));
    expect(all.reduce((shown, piece) => shown.compose(piece), base)).toEqual(base.compose(op));
  });

  it('does not cut a surrogate pair', () => {
    for (const piece of pieces(new Delta().insert('😀'.repeat(30_000)))) {
      const text = piece.ops.map((op) => op.insert ?? '').join('');
      expect(encodeURIComponent(text)).not.toBe(''); // throws on half a pair
    }
  });

  it('sends an embed larger than the limit alone, and goes on', () => {
    const op = new Delta()
      .insert('a')
      .insert({ image: `/${'x'.repeat(40_000)}` })
      .insert('b');
    expect(pieces(op).map((piece) => piece.length())).toEqual([1, 2, 3]);
  });
});
