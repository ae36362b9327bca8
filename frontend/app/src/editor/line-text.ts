import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';

/**
 * A document as the Deltas of its lines, each with its newline. Put together as one Delta only when somebody asks for its ops, and
 * then once; a part of it costs what the part is long. Immutable, and so are the Deltas of the lines: lines that are the same
 * object are the same text.
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

export function lineLength(line: Delta): number {
  const known = lengths.get(line);
  if (known !== undefined) return known;
  const length = line.length();
  lengths.set(line, length);
  return length;
}

export function unitsOf(lines: readonly Delta[]): number {
  let units = 0;
  for (const line of lines) units += lineLength(line);
  return units;
}

/** Lines as one text. */
export function joined(lines: readonly Delta[]): Delta {
  const all = new Delta();
  for (const line of lines) {
    const [first, ...rest] = line.ops;
    if (first) all.push(first);
    for (const op of rest) all.ops.push(op);
  }
  return all;
}

/** How two texts differ, by lines: so many are the same at the beginning and at the end, `from` units before what differs. */
export interface Difference {
  from: number;
  first: number;
  before: Delta;
  after: Delta;
}

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

/** A change of a text as a change of what lies `from` units behind its beginning; null if it changes something before. */
export function behind(change: Delta, from: number): Delta | null {
  const [first, ...rest] = change.ops;
  if (from === 0) return change;
  if (typeof first?.retain !== 'number' || first.attributes || first.retain < from) return null;
  return new Delta().retain(first.retain - from).concat(new Delta(rest));
}

/** Whether two texts are the same, op by op. */
export function sameOps(a: readonly Op[], b: readonly Op[]): boolean {
  return a.length === b.length && a.every((op, at) => sameOp(op, b[at] as Op));
}

function sameOp(a: Op, b: Op): boolean {
  const sameInsert =
    typeof a.insert === 'string' ? a.insert === b.insert : JSON.stringify(a.insert) === JSON.stringify(b.insert);
  return sameInsert && sameFormats(a.attributes, b.attributes);
}

/** Values that are no words or numbers are those of formats that this page does not know. */
export function sameFormats(a: Op['attributes'], b: Op['attributes']): boolean {
  if (a === b) return true;
  const names = Object.keys(a ?? {});
  if (names.length !== Object.keys(b ?? {}).length) return false;
  return names.every((name) => {
    const [one, other] = [a?.[name], b?.[name]];
    return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other));
  });
}
