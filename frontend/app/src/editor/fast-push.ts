import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { sameFormats } from './line-text';

const { push } = Delta.prototype;

/** As Delta's own, which copies and compares every op deeply: most of what composing and transforming a long change takes. Here
 * only what has depth is left to it. */
export function pushFast(this: Delta, op: Op): Delta {
  if (typeof op.insert === 'object' || typeof op.retain === 'object') return push.call(this, op);
  const { ops } = this;
  const last = ops.at(-1);
  if (op.delete !== undefined) {
    if (last?.delete === undefined) ops.push({ delete: op.delete });
    else ops[ops.length - 1] = { delete: last.delete + op.delete };
    return this;
  }
  // An insert goes before a deletion at the same place, as both do the same.
  if (last?.delete !== undefined) return push.call(this, op);
  const attributes = op.attributes && { ...op.attributes };
  const formats = attributes ? { attributes } : undefined;
  const same = sameFormats(last?.attributes, attributes) && !last?.attributes === !attributes;
  if (same && typeof op.insert === 'string' && typeof last?.insert === 'string')
    ops[ops.length - 1] = { insert: last.insert + op.insert, ...formats };
  else if (same && typeof op.retain === 'number' && typeof last?.retain === 'number')
    ops[ops.length - 1] = { retain: last.retain + op.retain, ...formats };
  else
    ops.push(op.insert === undefined ? { retain: op.retain as number, ...formats } : { insert: op.insert, ...formats });
  return this;
}
