import { applyChange } from './apply-change.ts';
import { Delta, type Op } from './delta.ts';
import { type SplitLimits, split } from './split.ts';

/** What was typed in this editor and the server has not confirmed: one op in flight, and everything typed since, composed into
 * one. `revision` is the server's revision beneath both. Pure: every function returns a new value and changes no argument.
 *
 * The op in flight is never composed with anything again, because the server may have it already. It is only transformed. */
export interface Pending {
  readonly revision: number;
  readonly inFlight: Delta | null;
  readonly waiting: Delta | null;
}

export function nothingPending(revision: number): Pending {
  return { revision, inFlight: null, waiting: null };
}

/** A local edit, made to what the editor shows. */
export function edited(p: Pending, delta: Delta): Pending {
  if (delta.ops.length === 0) return p;
  const waiting = p.waiting ? p.waiting.compose(delta) : delta;
  return { ...p, waiting: waiting.ops.length === 0 ? null : waiting };
}

/** Puts the waiting edits in flight, or as much of them as one frame may hold. Does nothing while an op is in flight. */
export function taken(p: Pending, limits: SplitLimits): Pending {
  if (p.inFlight || !p.waiting) return p;
  const [first, rest] = split(p.waiting, limits);
  return { ...p, inFlight: first, waiting: rest };
}

/** Applies somebody else's op at `revision`. Returns `show`, the same op as a change of what the editor shows. The committed op comes
 * first, as on the server. */
export function received(p: Pending, remote: Delta): [Pending, show: Delta] {
  let show = remote;
  const over = (mine: Delta | null): Delta | null => {
    if (!mine) return null;
    const moved = show.transform(mine, true);
    show = mine.transform(show, false);
    return moved;
  };
  const inFlight = over(p.inFlight); // in this order: the waiting edits were typed on top of the op in flight
  const waiting = over(p.waiting);
  // An op in flight that became empty stays in flight, because its acknowledgement is still to come.
  return [{ revision: p.revision + 1, inFlight, waiting: waiting?.ops.length === 0 ? null : waiting }, show];
}

/** Our op in flight was committed at `revision`. */
export function acknowledged(p: Pending): Pending {
  return { ...p, revision: p.revision + 1, inFlight: null };
}

/** Returns everything pending as one delta over the server's text, or null if nothing is pending. */
export function total(p: Pending): Delta | null {
  if (p.inFlight && p.waiting) return p.inFlight.compose(p.waiting);
  return p.inFlight ?? p.waiting;
}

export function isPending(p: Pending): boolean {
  return p.inFlight !== null || p.waiting !== null;
}

/** Returns a server text with everything pending applied to it. */
export function withPending(base: Delta, p: Pending): Delta {
  const mine = total(p);
  return mine ? applyChange(base, mine) : base;
}

/** Returns a copy of a delta, because an editor may go on changing its own. Null formats on inserts are left out: they mean nothing,
 * and whether they stay in the text would depend on the order of composition. */
export function copyOf(delta: { ops: Delta['ops'] }): Delta {
  return delta.ops.reduce((copy, op) => copy.push(withoutNulls(op)), new Delta());
}

function withoutNulls(op: Op): Op {
  const { attributes, ...bare } = op;
  if (op.insert === undefined || !attributes) return op;
  const kept = Object.entries(attributes).filter(([, value]) => value !== null);
  if (kept.length === Object.keys(attributes).length) return op;
  return kept.length === 0 ? bare : { ...bare, attributes: Object.fromEntries(kept) };
}
