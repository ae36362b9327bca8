import type { ConnectionState } from './client-types.ts';
import type { DocumentSnapshot, DocumentState, ErrorReason, Kept, Role } from './types.ts';

/** What the state is derived from. */
export interface Facts {
  readonly connection: ConnectionState;
  readonly caughtUp: boolean;
  readonly loaded: boolean;
  readonly gone: boolean;
  readonly replaced: boolean;
  readonly role: Role;
  readonly edits: number;
  readonly editsSince: number | null;
  readonly lostAt: number | null;
  readonly kept: Kept;
  /** The server said that it cannot store, and has not confirmed an edit since. */
  readonly unstored: boolean;
}

/** Derives the state that drives all that is shown. Saved means: the server has confirmed every edit, and we are connected to know. */
export function stateOf(facts: Facts): DocumentState {
  const { connection, edits, kept } = facts;
  const error = errorOf(facts);
  if (error) return { kind: 'error', reason: error, edits, kept };
  if (connection.kind === 'online' && (facts.caughtUp || !facts.loaded)) {
    if (facts.loaded && !mayEdit(facts.role)) return { kind: 'read-only', role: facts.role, edits };
    if (!facts.loaded) return { kind: 'loading' };
    return edits > 0 ? { kind: 'saving', edits } : { kind: 'saved' };
  }
  // A page that connects for the first time is loading, not offline.
  if (!facts.loaded && facts.lostAt === null && connection.kind !== 'offline') return { kind: 'loading' };
  const offline = connection.kind === 'offline' ? connection : null;
  return {
    kind: 'offline',
    edits,
    kept,
    reason: offline?.reason === 'restarting' ? 'restarting' : 'unreachable',
    since: facts.lostAt ?? offline?.since ?? 0,
    editsSince: facts.editsSince,
  };
}

/** Unsaved edits decide, not the connection: a server that cannot store may still accept connections. */
function errorOf({ connection, edits, gone, kept, replaced, unstored }: Facts): ErrorReason | null {
  if (replaced) return 'replaced';
  if (gone) return 'gone';
  if (connection.kind === 'stopped') return stoppedError(connection.reason);
  if (connection.kind === 'offline' && connection.reason === 'no-upgrade') return 'no-upgrade';
  if (edits > 0 && unstored) return 'unavailable';
  if (connection.kind !== 'offline' || edits === 0) return null;
  if (connection.reason === 'unavailable') return 'unavailable';
  return kept === 'tab' ? 'not-kept' : null;
}

function stoppedError(reason: Extract<ConnectionState, { kind: 'stopped' }>['reason']): ErrorReason | null {
  switch (reason) {
    case 'signed-out':
    case 'other-user':
      return 'signed-out';
    case 'forbidden':
    case 'deleted':
      return 'gone';
    case 'protocol':
    case 'unsupported':
      return 'protocol';
    case 'replaced':
      return 'replaced';
    case 'refused':
      return 'refused';
    case 'closed':
      return null;
  }
}

function mayEdit(role: Role): boolean {
  return role === 'editor' || role === 'owner';
}

/** Reports whether two snapshots look the same. `revision` and `changedAt` do not count: they are not worth showing at once. */
export function sameSnapshot(a: DocumentSnapshot, b: DocumentSnapshot): boolean {
  const keys = Object.keys(a) as (keyof DocumentSnapshot)[];
  return keys.every((key) => {
    if (key === 'revision' || key === 'changedAt') return true;
    if (key === 'state') return sameFields(a.state, b.state);
    return Object.is(a[key], b[key]);
  });
}

/** Reports whether two flat objects have the same fields. */
export function sameFields(a: object, b: object): boolean {
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.is(one[key], other[key]));
}
