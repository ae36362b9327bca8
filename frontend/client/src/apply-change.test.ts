import { expect, it, vi } from 'vitest';
import { randomChange, randomText } from '../test/deltas.ts';
import { Random } from '../test/random.ts';
import { applyChange } from './apply-change.ts';
import { Delta } from './delta.ts';
import { ServerText } from './server-text.ts';

/** However its ops are cut: Delta's own leaves some that are the same beside each other. */
function joined(text: Delta): Delta['ops'] {
  return text.ops.reduce((all, op) => all.push(op), new Delta()).ops;
}

it('P4: a change put into a text gives what composing gives, and touches neither (seeds 1–500)', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = new Random(seed);
    const text = randomText(random, 1 + random.below(12));
    const change = randomChange(random, text.length());
    const before = JSON.stringify([text, change]);
    const made = applyChange(text, change);
    expect(joined(made), `seed ${seed}: ${before}`).toEqual(joined(text.compose(change)));
    expect(JSON.stringify([text, change]), `seed ${seed}`).toBe(before);
  }
});

it('P4: a long op goes into the text without one of its parts composed or copied', () => {
  const op = new Delta([{ retain: 5 }]);
  for (let i = 0; i < 20_000; i++)
    op.ops.push(i % 2 ? { insert: 'word ' } : { insert: 'word ', attributes: { bold: true } });
  const text = new ServerText();
  text.load(new Delta().insert('Hello there\n'));
  text.apply(new Delta().retain(5).insert(' you'));
  const push = vi.spyOn(Delta.prototype, 'push');
  text.apply(op);
  const whole = text.whole();
  expect(push).toHaveBeenCalledTimes(0);
  push.mockRestore();
  expect(whole.length()).toBe('Hello you there\n'.length + 20_000 * 'word '.length);
  expect(whole.ops.at(-1)).toEqual({ insert: 'word  you there\n' });
});
