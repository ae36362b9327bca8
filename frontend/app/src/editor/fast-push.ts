import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { sameFormats } from './line-text';

const { push } = Delta.prototype;

/** Does what Delta's own `push` does, without its deep copies and comparisons, which take most of the time of composing and transforming
 * a long change. Ops with embeds are left to the original. */
export function pushFast(this: Delta, op: Op): Delta {
  if (typeof op.insert === 'object' || typeof op.retain === 'object') return push.call(this, op);
  const { ops } = this;
  const last = ops.at(-1);
  if (op.delete !== undefined) {
    if (last?.delete === undefined) ops.push({ delete: op.delete });
    else ops[ops.length - 1] = { delete: last.delete + op.delete };
    return this;
  }
  // Delta puts an insert before a deletion at the same position: either order has the same effect.
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
