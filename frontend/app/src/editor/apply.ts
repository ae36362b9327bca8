import Quill, { Delta, type EmitterSource } from 'quill/core';
import type { Op } from 'quill-delta';
import { linesOf, readLine, takeOverPart } from './by-line';
import { LineWriter } from './line-writer';
import { shownOps } from './unknown';

/** How much may be written or read in one turn: at most `most` runs, embeds and newlines, and not past `end` (as performance.now). The
 * clock is read only after every `least` of them, so that even a slow machine does not draw a change in very many parts. */
export interface Budget {
  most: number;
  least: number;
  end: number;
}

export const unbounded: Budget = {
  most: Number.POSITIVE_INFINITY,
  least: Number.POSITIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

/** How many leaves can be read in the time of writing one. */
const readsPerWrite = 8;

/** A change up to this size is left to Quill: ops, new lines, and units that are deleted or formatted. */
export const few = { ops: 40, units: 500 };

/**
 * Does what Quill's `updateContents` does, events included, but in time that grows with the change, not with its square, and within a
 * budget. Returns what is left of the change, relative to what is shown now, or null. If the change left has no ops, everything is
 * written but not yet read.
 */
export function applyChange(
  quill: Quill,
  change: Delta,
  source: EmitterSource,
  budget = unbounded,
  small = few,
): Delta | null {
  if (change.ops.length > 0 && isSmall(change, small) && isRead(quill)) {
    quill.updateContents(change, source);
    return null;
  }
  if (source === Quill.sources.USER && !quill.isEnabled()) return null;
  const range = quill.hasFocus() ? quill.getSelection() : null;
  const before = quill.editor.delta;
  quill.scroll.update();
  const work = new Work(budget);
  const writer = new LineWriter(quill.scroll, () => work.goesOn());
  const [done, rest] = write(quill, writer, change.ops);
  quill.scroll.optimize();
  const left = rest ?? (readAll(quill, work) ? null : new Delta());
  if (left) takeOverPart(quill, done, writer.at);
  const made = left ? done.chop() : quill.editor.update(done.chop());
  if (range) {
    const from = made.transformPosition(range.index, source !== Quill.sources.USER);
    const to = made.transformPosition(range.index + range.length, source !== Quill.sources.USER);
    quill.setSelection(from, to - from, Quill.sources.SILENT);
  }
  if (made.ops.length > 0) {
    quill.emitter.emit(Quill.events.EDITOR_CHANGE, Quill.events.TEXT_CHANGE, made, before, source);
    quill.emitter.emit(Quill.events.TEXT_CHANGE, made, before, source);
  }
  return left;
}

/** Counts work against a budget. */
class Work {
  private done = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Counts a piece of work, and reports whether another may follow. */
  goesOn(cost = 1): boolean {
    const { most, least, end } = this.budget;
    const looks = Math.floor((this.done + cost) / least) > Math.floor(this.done / least);
    this.done += cost;
    return this.done < most && !(looks && performance.now() >= end);
  }

  /** How many leaves may be read now. */
  get leaves(): number {
    return (this.budget.most - this.done) * readsPerWrite;
  }
}

/** Writes the ops until the writer stops. Returns what was written, and the rest relative to that. */
function write(quill: Quill, writer: LineWriter, ops: Op[]): [done: Delta, rest: Delta | null] {
  const done = new Delta();
  let length = 0;
  for (const [at, op] of ops.entries()) {
    const units = writeOp(quill, writer, op);
    const [made, left] = cut(op, units);
    if (made) done.push(made);
    if (op.delete === undefined) length += units;
    if (!writer.stopped || (!left && at + 1 === ops.length)) continue;
    writer.end();
    const before = length > 0 ? [{ retain: length }] : [];
    return [done, new Delta([...before, ...(left ? [left] : []), ...ops.slice(at + 1)])];
  }
  writer.end();
  return [done, null];
}

/** Writes an op until the writer stops. Returns how many units of it were written. */
function writeOp(quill: Quill, writer: LineWriter, op: Op): number {
  let units = 0;
  for (const shown of shownOps(quill, op)) {
    units += writeShown(writer, shown);
    if (writer.stopped) break;
  }
  return units;
}

function writeShown(writer: LineWriter, { insert, retain, delete: gone, attributes }: Op): number {
  if (typeof insert === 'string') return writer.text(insert, attributes);
  if (insert !== undefined) return writer.embed(insert, attributes);
  if (gone !== undefined) return writer.delete(gone);
  return typeof retain === 'number' ? writer.retain(retain, attributes) : 1;
}

/** Cuts an op in two. */
function cut(op: Op, at: number): [Op | null, Op | null] {
  const name = op.delete === undefined ? (op.retain === undefined ? 'insert' : 'retain') : 'delete';
  const value = op[name];
  if (typeof value === 'object' || (name === 'insert' && typeof value !== 'string')) return [op, null];
  const length = typeof value === 'string' ? value.length : (value as number);
  if (at >= length) return [op, null];
  if (at === 0) return [null, op];
  const parts = typeof value === 'string' ? [value.slice(0, at), value.slice(at)] : [at, length - at];
  return [
    { ...op, [name]: parts[0] },
    { ...op, [name]: parts[1] },
  ];
}

/** Reads what was written, within the budget. Returns false if there is more to read. */
function readAll(quill: Quill, work: Work): boolean {
  for (const line of linesOf(quill.scroll)) {
    if (line.cache.delta) continue;
    if (!readLine(line, work.leaves)) return false;
    if (!work.goesOn()) return false;
  }
  return true;
}

/** Reports whether every line has been read. Otherwise Quill would read the rest all at once. */
function isRead(quill: Quill): boolean {
  for (const line of linesOf(quill.scroll)) if (!line.cache.delta) return false;
  return true;
}

function isSmall(change: Delta, small: typeof few): boolean {
  if (change.ops.length > small.ops) return false;
  let units = 0;
  let lines = 0;
  for (const { insert, retain, delete: gone, attributes } of change.ops) {
    if (typeof insert === 'string') lines += newlines(insert, small.ops);
    if (typeof retain === 'number' && attributes) units += retain;
    units += gone ?? 0;
  }
  return lines < small.ops && units <= small.units;
}

/** Counts the newlines in a text, up to `most`. */
function newlines(text: string, most: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && count < most; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
