import Delta from 'quill-delta';
import type { Random } from './random.ts';

/** Returns a random text with formats, embeds and astral characters. */
export function randomText(random: Random, parts: number): Delta {
  const text = new Delta();
  for (let i = 0; i < parts; i++) insert(text, random);
  return text.insert('\n');
}

/** Returns a random change of a text of `length` units, as an editor could make it. */
export function randomChange(random: Random, length: number): Delta {
  const change = new Delta();
  let left = length - 1; // the last newline stays
  while (left > 0 && random.chance(0.7)) {
    const n = 1 + random.below(Math.min(left, 8));
    const dice = random.next();
    if (dice < 0.35) insert(change, random);
    else if (dice < 0.6) change.delete(n);
    else if (dice < 0.8) change.retain(n);
    else change.retain(n, random.pick([{ bold: true }, { bold: null }, { color: 'red' }]));
    if (dice >= 0.35) left -= n;
  }
  return change.chop();
}

function insert(delta: Delta, random: Random): void {
  const formats = random.pick([undefined, undefined, { bold: true }, { italic: true, color: '#abc' }]);
  if (random.chance(0.1)) delta.insert({ image: '/a.png' }, formats);
  else delta.insert(random.pick(['a', 'bc', '😀', 'd\ne', 'é', 'xyz']), formats);
}
