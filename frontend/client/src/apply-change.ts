import { type AttributeMap, Delta, type Op } from './delta.ts';

/** Returns `text.compose(change)` for a document, which holds only inserts. Delta's own `compose` deep-copies and deep-compares
 * every op, which takes most of the time of receiving a long change; here the unchanged ops stay the same objects. */
export function applyChange(text: Delta, change: Delta): Delta {
  const made: Op[] = [];
  const source = new Source(text.ops);
  for (const { insert, retain, delete: gone, attributes } of change.ops) {
    if (insert !== undefined) add(made, attributes ? { insert, attributes } : { insert });
    else if (gone !== undefined) source.take(gone, () => {});
    else if (typeof retain === 'number') source.take(retain, (op) => add(made, withFormats(op, attributes)));
    else return text.compose(change); // the change reaches into an embed
    if (source.short) return text.compose(change); // the change reaches past the end
  }
  source.take(Number.POSITIVE_INFINITY, (op) => add(made, op));
  return new Delta(made);
}

/** Reads the ops of a document from its start. */
class Source {
  /** More units were asked for than are left. */
  short = false;
  readonly #ops: readonly Op[];
  #at = 0;
  /** How many units of the current op are already taken. */
  #taken = 0;

  constructor(ops: readonly Op[]) {
    this.#ops = ops;
  }

  take(units: number, use: (op: Op) => void): void {
    for (let rest = units; rest > 0; ) {
      const op = this.#ops[this.#at];
      if (!op) {
        this.short = rest !== Number.POSITIVE_INFINITY;
        return;
      }
      const end = typeof op.insert === 'string' ? op.insert.length : 1;
      const now = Math.min(rest, end - this.#taken);
      const whole = now === end || typeof op.insert !== 'string';
      use(whole ? op : { ...op, insert: (op.insert as string).slice(this.#taken, this.#taken + now) });
      rest -= now;
      this.#taken += now;
      if (this.#taken < end) continue;
      this.#at++;
      this.#taken = 0;
    }
  }
}

/** Appends an op. Text with the formats of the last op is joined to it. */
function add(ops: Op[], op: Op): void {
  const last = ops.at(-1);
  const joins = typeof op.insert === 'string' && typeof last?.insert === 'string';
  if (joins && sameFormats(last.attributes, op.attributes))
    ops[ops.length - 1] = { ...op, insert: (last.insert as string) + op.insert };
  else ops.push(op);
}

function withFormats(op: Op, change: AttributeMap | undefined): Op {
  if (!change) return op;
  const { attributes: had, ...bare } = op;
  const attributes = Object.fromEntries(Object.entries({ ...had, ...change }).filter(([, value]) => value !== null));
  return Object.keys(attributes).length > 0 ? { ...bare, attributes } : bare;
}

function sameFormats(a: AttributeMap = {}, b: AttributeMap = {}): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}
