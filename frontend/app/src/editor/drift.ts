import Delta, { type Op } from 'quill-delta';
import { sameFormats } from './line-text';

/** Reports whether two documents have the same text, and embeds at the same positions. Formats may differ: another application may have
 * put two on one line of which our editor can show only one. */
export function sameText(a: Delta, b: Delta): boolean {
  return plain(a) === plain(b);
}

/** Reports whether two documents are the same, formats included, however their text is divided into ops. */
export function sameDocument(a: Delta, b: Delta): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Returns the change from one text to another that replaces everything between their common start and end. It takes linear time; a
 * real diff of two very different texts may take very long. */
export function replacement(from: Delta, to: Delta): Delta {
  let [start, end] = [0, 0];
  let [a, b] = [0, from.ops.length];
  const most = Math.min(from.ops.length, to.ops.length);
  while (a < most && sameOp(from.ops[a], to.ops[a])) start += unitsIn(from.ops[a++]);
  const behind = to.ops.length - from.ops.length;
  while (b > a && b + behind > a && sameOp(from.ops[b - 1], to.ops[b - 1 + behind])) end += unitsIn(from.ops[--b]);
  const [was, is] = [from.ops[a], to.ops[a]];
  const inOne = b === a + 1 && b + behind === a + 1;
  if (
    inOne &&
    typeof was?.insert === 'string' &&
    typeof is?.insert === 'string' &&
    sameFormats(was.attributes, is.attributes)
  ) {
    const room = Math.min(was.insert.length, is.insert.length);
    let [front, back] = [0, 0];
    while (front < room && was.insert[front] === is.insert[front]) front++;
    while (back < room - front && was.insert.at(-1 - back) === is.insert.at(-1 - back)) back++;
    start += front;
    end += back;
  }
  const made = new Delta().retain(start).concat(to.slice(start, to.length() - end));
  return made.delete(from.length() - start - end).chop();
}

function sameOp(a: Op | undefined, b: Op | undefined): boolean {
  return sameFormats(a?.attributes, b?.attributes) && JSON.stringify(a?.insert) === JSON.stringify(b?.insert);
}

function unitsIn(op: Op | undefined): number {
  return typeof op?.insert === 'string' ? op.insert.length : 1;
}

function plain(delta: Delta): string {
  return delta.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\ufffc')).join('');
}

function canonical(delta: Delta): unknown[] {
  const out: { insert: unknown; attributes: string }[] = [];
  for (const op of delta.ops) {
    const attributes = JSON.stringify(
      Object.entries(op.attributes ?? {})
        .filter(([, value]) => value !== null && value !== '')
        .sort(),
    );
    const last = out.at(-1);
    if (typeof op.insert === 'string' && typeof last?.insert === 'string' && last.attributes === attributes)
      last.insert += op.insert;
    else out.push({ insert: op.insert, attributes });
  }
  return out;
}
