import type { Delta, Op } from './delta.ts';
import { QuireError } from './error.ts';
import { copyOf } from './pending.ts';

/** Checks an edit that the application passed in, and returns a copy. Throws a QuireError `bad-edit` that names the place where
 * it is not a Delta: applying the valid half would change the text to something nobody meant. */
export function parseEdit(given: unknown): Delta {
  const ops: unknown = isRecord(given) ? given.ops : undefined;
  if (!Array.isArray(ops)) throw badEdit('an edit is a Delta: an object with a list of ops', given);
  const effective = ops.filter((op, at) => hasEffect(op, at)) as Op[];
  return copyOf({ ops: effective }).chop();
}

/** Returns how far into the document a delta reaches, in UTF-16 code units: what it retains and deletes. */
export function reachOf(delta: Delta): number {
  let reach = 0;
  for (const op of delta.ops) reach += typeof op.retain === 'number' ? op.retain : op.retain ? 1 : (op.delete ?? 0);
  return reach;
}

/** Reports whether an op does anything; one of length 0 does not. Throws a QuireError if `op` is not an op. */
function hasEffect(op: unknown, at: number): boolean {
  if (!isRecord(op)) throw badEdit(`ops[${at}] is no op`, op);
  const kinds = (['insert', 'retain', 'delete'] as const).filter((kind) => op[kind] !== undefined);
  const [kind] = kinds;
  if (!kind || kinds.length > 1) throw badEdit(`ops[${at}] must have one of insert, retain and delete`, op);
  const { attributes } = op;
  if (attributes !== undefined && !isRecord(attributes))
    throw badEdit(`ops[${at}].attributes is no object`, attributes);
  const value = op[kind];
  if (kind === 'insert' && typeof value === 'string') return value !== '';
  if (kind !== 'delete' && isRecord(value)) return true; // an embed
  const counts = kind !== 'insert' && Number.isSafeInteger(value) && (value as number) >= 0;
  if (!counts)
    throw badEdit(`ops[${at}].${kind} is ${kind === 'insert' ? 'no text or embed' : 'no number of units'}`, value);
  return value !== 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function badEdit(why: string, what: unknown): QuireError {
  return new QuireError('bad-edit', `${why}: ${describe(what)}`);
}

function describe(what: unknown): string {
  if (typeof what === 'object' && what !== null) return Array.isArray(what) ? 'a list' : 'an object';
  return typeof what === 'string' ? 'a string' : String(what);
}
