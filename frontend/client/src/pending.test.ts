import { describe, expect, it } from 'vitest';
import { randomChange, randomText } from '../test/deltas.ts';
import { Random } from '../test/random.ts';
import { Delta } from './delta.ts';
import {
  acknowledged,
  copyOf,
  edited,
  isPending,
  nothingPending,
  type Pending,
  received,
  taken,
  total,
  withPending,
} from './pending.ts';
import { defaultSplitLimits } from './split.ts';

const limits = defaultSplitLimits;

function seeds(n: number, run: (random: Random) => void): void {
  for (let seed = 1; seed <= n; seed++) {
    try {
      run(new Random(seed));
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
}

/** A queue with something in flight and something waiting, and the text beneath it. */
function busy(random: Random): { text: Delta; pending: Pending } {
  const text = randomText(random, 10);
  let pending = nothingPending(5);
  for (let i = 0; i < 3; i++) pending = edited(pending, randomChange(random, withPending(text, pending).length()));
  pending = taken(pending, limits);
  for (let i = 0; i < 3; i++) pending = edited(pending, randomChange(random, withPending(text, pending).length()));
  return { text, pending };
}

describe('the pending queue', () => {
  it('shows what was typed: total is the composition of all edits', () => {
    seeds(300, (random) => {
      const text = randomText(random, 10);
      let shown = text;
      let pending = nothingPending(0);
      for (let i = 0; i < 8; i++) {
        const change = randomChange(random, shown.length());
        shown = shown.compose(change);
        pending = edited(pending, change);
        if (random.chance(0.3)) pending = taken(pending, limits);
        expect(withPending(text, pending)).toEqual(shown);
      }
    });
  });

  it('P6: over a remote op, the editor and the server meet in one text', () => {
    seeds(600, (random) => {
      const { text, pending } = busy(random);
      const remote = randomChange(random, text.length());
      const [next, show] = received(pending, remote);
      expect(withPending(text, pending).compose(show)).toEqual(withPending(text.compose(remote), next));
      expect(next.revision).toBe(pending.revision + 1);
    });
  });

  it('P6: the op in flight is moved exactly as the server moves it', () => {
    seeds(400, (random) => {
      const { text, pending } = busy(random);
      const first = randomChange(random, text.length());
      const second = randomChange(random, text.compose(first).length());
      const sent = pending.inFlight;
      if (!sent) return;
      const here = received(received(pending, first)[0], second)[0].inFlight;
      const there = second.transform(first.transform(sent, true), true);
      expect(here).toEqual(there);
    });
  });

  it('P2: never composes new typing into the op in flight', () => {
    const p = taken(edited(nothingPending(0), new Delta().insert('a')), limits);
    const more = edited(p, new Delta().retain(1).insert('b'));
    expect(more.inFlight).toBe(p.inFlight);
    expect(more.waiting).toEqual(new Delta().retain(1).insert('b'));
    expect(taken(more, limits)).toBe(more);
  });

  it('an acknowledgement leaves the text as it is shown', () => {
    seeds(300, (random) => {
      const { text, pending } = busy(random);
      const confirmed = text.compose(pending.inFlight ?? new Delta());
      expect(withPending(confirmed, acknowledged(pending))).toEqual(withPending(text, pending));
    });
  });

  it('keeps an op in flight that became empty, because its acknowledgement is still to come', () => {
    const deletes = taken(edited(nothingPending(0), new Delta().delete(1)), limits);
    const [next] = received(deletes, new Delta().delete(1));
    expect(next.inFlight).toEqual(new Delta());
    expect(isPending(next)).toBe(true);
  });

  it('lets go of what waits when it became empty', () => {
    const [next, show] = received(edited(nothingPending(0), new Delta().delete(1)), new Delta().delete(1));
    expect(isPending(next)).toBe(false);
    expect(show).toEqual(new Delta());
  });

  it('total of nothing is null', () => expect(total(nothingPending(3))).toBe(null));

  it('a copy shares nothing and has no formats that are null on text', () => {
    const given = new Delta([
      { insert: 'a', attributes: { bold: null, italic: true } },
      { retain: 1, attributes: { bold: null } },
    ]);
    const copy = copyOf(given);
    expect(copy.ops).toEqual([
      { insert: 'a', attributes: { italic: true } },
      { retain: 1, attributes: { bold: null } },
    ]);
    expect(copyOf(new Delta([{ insert: 'a', attributes: { bold: null } }])).ops).toEqual([{ insert: 'a' }]);
  });
});
