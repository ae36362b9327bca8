import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';

/**
 * A document as a list of Deltas, one for each line with its newline. They are joined only when `ops` is read, and then once; the cost
 * of a slice follows the slice. It and the Deltas of its lines are immutable, so that lines that are the same object are the same text.
 */
export class LineText extends Delta {
  readonly lines: readonly Delta[];

  constructor(lines: readonly Delta[]) {
    super();
    this.lines = lines;
    let ops: Op[] | null = null;
    const get = () => {
      ops ??= joined(lines).ops;
      return ops;
    };
    Object.defineProperty(this, 'ops', { get, enumerable: true, configurable: true });
  }

  override length(): number {
    return unitsOf(this.lines);
  }

  override slice(start = 0, end = Number.POSITIVE_INFINITY): Delta {
    const parts: Delta[] = [];
    let at = 0;
    for (const line of this.lines) {
      if (at >= end) break;
      const next = at + lineLength(line);
      if (next > start) parts.push(at >= start && next <= end ? line : line.slice(Math.max(0, start - at), end - at));
      at = next;
    }
    return joined(parts);
  }
}

const lengths = new WeakMap<Delta, number>();

/** Returns the length of a line in UTF-16 code units, newline included; counted once per line. */
export function lineLength(line: Delta): number {
  const known = lengths.get(line);
  if (known !== undefined) return known;
  const length = line.length();
  lengths.set(line, length);
  return length;
}

/** Returns the length of several lines in UTF-16 code units. */
export function unitsOf(lines: readonly Delta[]): number {
  let units = 0;
  for (const line of lines) units += lineLength(line);
  return units;
}

/** Returns lines as one Delta. */
export function joined(lines: readonly Delta[]): Delta {
  const all = new Delta();
  for (const line of lines) {
    const [first, ...rest] = line.ops;
    if (first) all.push(first);
    for (const op of rest) all.ops.push(op);
  }
  return all;
}

/** How two texts differ, by lines: `before` and `after` are the lines between those that are the same at the start and at the end.
 * `first` is the index of the first of them, `from` its position in units. */
export interface Difference {
  from: number;
  first: number;
  before: Delta;
  after: Delta;
}

/** Compares two lists of lines by identity. Null is a line that differs from all others. */
export function difference(before: readonly (Delta | null)[], after: readonly (Delta | null)[]): Difference {
  const most = Math.min(before.length, after.length);
  let first = 0;
  while (first < most && before[first] !== null && before[first] === after[first]) first++;
  let last = 0;
  while (last < most - first && before.at(-1 - last) !== null && before.at(-1 - last) === after.at(-1 - last)) last++;
  const part = (lines: readonly (Delta | null)[]) =>
    joined(lines.slice(first, lines.length - last).filter((line) => line !== null));
  return { from: unitsOf(before.slice(0, first) as Delta[]), first, before: part(before), after: part(after) };
}

/** Returns a change of a text as a change of the part that starts at `from`, or null if it changes something before that. */
export function behind(change: Delta, from: number): Delta | null {
  const [first, ...rest] = change.ops;
  if (from === 0) return change;
  if (typeof first?.retain !== 'number' || first.attributes || first.retain < from) return null;
  return new Delta().retain(first.retain - from).concat(new Delta(rest));
}

/** Reports whether two lists of ops are the same. */
export function sameOps(a: readonly Op[], b: readonly Op[]): boolean {
  return a.length === b.length && a.every((op, at) => sameOp(op, b[at] as Op));
}

function sameOp(a: Op, b: Op): boolean {
  const sameInsert =
    typeof a.insert === 'string' ? a.insert === b.insert : JSON.stringify(a.insert) === JSON.stringify(b.insert);
  return sameInsert && sameFormats(a.attributes, b.attributes);
}

/** Reports whether two sets of formats are the same. Values that are objects belong to formats that this page does not know. */
export function sameFormats(a: Op['attributes'], b: Op['attributes']): boolean {
  if (a === b) return true;
  const names = Object.keys(a ?? {});
  if (names.length !== Object.keys(b ?? {}).length) return false;
  return names.every((name) => {
    const [one, other] = [a?.[name], b?.[name]];
    return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
  });
}
