import { Delta, type Op } from './delta.ts';
import { putInto } from './put-into.ts';
import { type SplitLimits, split } from './split.ts';

/** What this editor has typed and the server has not confirmed: one op in flight, everything typed since composed into one.
 * `revision` is the server's revision beneath both. Pure: every function gives a new value and never touches a delta it was given.
 *
 * The op in flight is never composed with anything again: the server may hold it already. It only moves over what others did. */
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

/** Moves what waits, or as much of it as one frame may hold, in flight. Only while nothing is in flight. */
export function taken(p: Pending, limits: SplitLimits): Pending {
  if (p.inFlight || !p.waiting) return p;
  const [first, rest] = split(p.waiting, limits);
  return { ...p, inFlight: first, waiting: rest };
}

/** An op of someone else at `revision`: gives what the editor has to show of it. The committed op comes first, as on the server. */
export function received(p: Pending, remote: Delta): [Pending, show: Delta] {
  let show = remote;
  const over = (mine: Delta | null): Delta | null => {
    if (!mine) return null;
    const moved = show.transform(mine, true);
    show = mine.transform(show, false);
    return moved;
  };
  const inFlight = over(p.inFlight); // in this order: what waits was typed on top of what is in flight
  const waiting = over(p.waiting);
  // An op in flight that became empty stays in flight, because its acknowledgement is still to come.
  return [{ revision: p.revision + 1, inFlight, waiting: waiting?.ops.length === 0 ? null : waiting }, show];
}

/** Our own op came back at `revision`. */
export function acknowledged(p: Pending): Pending {
  return { ...p, revision: p.revision + 1, inFlight: null };
}

/** Everything pending as one delta over the server's text, or null. */
export function total(p: Pending): Delta | null {
  if (p.inFlight && p.waiting) return p.inFlight.compose(p.waiting);
  return p.inFlight ?? p.waiting;
}

export function isPending(p: Pending): boolean {
  return p.inFlight !== null || p.waiting !== null;
}

/** The text with everything pending in it. */
export function shownOver(base: Delta, p: Pending): Delta {
  const mine = total(p);
  return mine ? putInto(base, mine) : base;
}

/** A copy that shares nothing with an editor that goes on changing its own. A null format on an insert says nothing, and
 * would stay in the text or not depending on how ops are composed: it is left out. */
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
