import type { Delta, Op } from './delta.ts';
import { QuireError } from './error.ts';
import { copyOf } from './pending.ts';

/** What the page gives as an edit, as a copy of our own. Whatever is no Delta is refused whole, with the place where it is not one:
 * half understood it would change the text to something that nobody meant. */
export function editOf(given: unknown): Delta {
  const ops: unknown = isRecord(given) ? given.ops : undefined;
  if (!Array.isArray(ops)) throw bad('an edit is a Delta: an object with a list of ops', given);
  const said = ops.filter((op, at) => says(op, at)) as Op[];
  return copyOf({ ops: said }).chop();
}

/** How far into the document a delta reaches, in UTF-16 code units: what it retains and deletes. */
export function reachOf(delta: Delta): number {
  let reach = 0;
  for (const op of delta.ops) reach += typeof op.retain === 'number' ? op.retain : op.retain ? 1 : (op.delete ?? 0);
  return reach;
}

/** Reports whether an op says anything: one of length 0 does not. Throws for what is no op. */
function says(op: unknown, at: number): boolean {
  if (!isRecord(op)) throw bad(`ops[${at}] is no op`, op);
  const kinds = (['insert', 'retain', 'delete'] as const).filter((kind) => op[kind] !== undefined);
  const [kind] = kinds;
  if (!kind || kinds.length > 1) throw bad(`ops[${at}] must have one of insert, retain and delete`, op);
  const { attributes } = op;
  if (attributes !== undefined && !isRecord(attributes)) throw bad(`ops[${at}].attributes is no object`, attributes);
  const value = op[kind];
  if (kind === 'insert' && typeof value === 'string') return value !== '';
  if (kind !== 'delete' && isRecord(value)) return true; // an embed
  const counts = kind !== 'insert' && Number.isSafeInteger(value) && (value as number) >= 0;
  if (!counts)
    throw bad(`ops[${at}].${kind} is ${kind === 'insert' ? 'no text or embed' : 'no number of units'}`, value);
  return value !== 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(why: string, what: unknown): QuireError {
  return new QuireError('bad-edit', `${why}: ${shown(what)}`);
}

function shown(what: unknown): string {
  if (typeof what === 'object' && what !== null) return Array.isArray(what) ? 'a list' : 'an object';
  return typeof what === 'string' ? 'a string' : String(what);
}
