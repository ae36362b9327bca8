import Quill, { Delta, type EmitterSource } from 'quill/core';
import type { Op } from 'quill-delta';
import { LineWriter } from './line-writer';
import { meetUnknown } from './unknown';

/** Above `few` ops or new lines a change is written by {@link LineWriter}; the clock is looked at after each `least` steps, so
 * that on a slow machine too a change is not drawn in very many parts. */
const usual = { few: 40, least: 256 };

/**
 * `updateContents`, in time that grows with the change and not with its square, and not for longer than until `end` (as
 * performance.now): what is left then comes back, as a change to what is shown now. The events are those of a change.
 */
export function applyChange(
  quill: Quill,
  change: Delta,
  source: EmitterSource,
  end = Number.POSITIVE_INFINITY,
  { few, least } = usual,
): Delta | null {
  if (change.ops.length <= few && newlines(change, few) < few) {
    quill.updateContents(change, source);
    return null;
  }
  if (source === Quill.sources.USER && !quill.isEnabled()) return null;
  const range = quill.hasFocus() ? quill.getSelection() : null;
  const before = quill.editor.delta;
  quill.scroll.update();
  meetUnknown(quill, change);
  const [done, rest] = write(new LineWriter(quill.scroll), change.ops, end, least);
  quill.scroll.optimize();
  // What was written is compared with what is there at the end: for each part, it would cost what the document costs.
  if (rest) quill.editor.delta = before.compose(done);
  const made = rest ? done : quill.editor.update(done);
  if (range) {
    const from = made.transformPosition(range.index, source !== Quill.sources.USER);
    const to = made.transformPosition(range.index + range.length, source !== Quill.sources.USER);
    quill.setSelection(from, to - from, Quill.sources.SILENT);
  }
  quill.emitter.emit(Quill.events.EDITOR_CHANGE, Quill.events.TEXT_CHANGE, made, before, source);
  quill.emitter.emit(Quill.events.TEXT_CHANGE, made, before, source);
  return rest;
}

/** Writes the ops as far as the time allows, and at least one that changes something. What was written, and what was not. */
function write(writer: LineWriter, ops: Op[], end: number, least: number): [done: Delta, rest: Delta | null] {
  const done = new Delta();
  let length = 0;
  let changes = 0;
  for (const [at, op] of ops.entries()) {
    const steps = stepsOf(op);
    for (const [step, part] of steps.entries()) {
      if (changes > 0 && changes % least === 0 && performance.now() >= end) {
        writer.end();
        return [done, restOf(length, op, steps.slice(step), ops.slice(at + 1))];
      }
      writeStep(writer, part);
      done.push(part);
      if (part.retain === undefined || part.attributes !== undefined) changes++;
      length += part.delete === undefined ? lengthOf(part) : 0;
    }
  }
  writer.end();
  return [done, null];
}

/** A change of what is left of an op and the ops after it, behind `length` units. */
function restOf(length: number, op: Op, steps: Op[], after: Op[]): Delta {
  const first = steps.length > 1 ? [{ ...op, insert: steps.map(({ insert }) => insert).join('') }] : steps;
  return new Delta([...(length > 0 ? [{ retain: length }] : []), ...first, ...after]);
}

/** An op in parts that are quickly written: each line of a text, and its newline, are one. */
function stepsOf(op: Op): Op[] {
  if (typeof op.insert !== 'string' || !op.insert.includes('\n')) return [op];
  return op.insert
    .split(/(\n)/)
    .filter((part) => part !== '')
    .map((insert) => ({ ...op, insert }));
}

function writeStep(writer: LineWriter, { insert, retain, delete: gone, attributes }: Op): void {
  if (insert === '\n') writer.newline(attributes);
  else if (insert !== undefined) writer.insert(insert, attributes);
  else if (gone !== undefined) writer.delete(gone);
  else if (typeof retain === 'number') writer.retain(retain, attributes);
}

function lengthOf({ insert, retain }: Op): number {
  if (typeof insert === 'string') return insert.length;
  return typeof retain === 'number' ? retain : 1;
}

/** Newlines that a change puts in, counted up to `most`. */
function newlines(change: Delta, most: number): number {
  let count = 0;
  for (const { insert } of change.ops) {
    if (typeof insert !== 'string') continue;
    for (let at = insert.indexOf('\n'); at >= 0 && count < most; at = insert.indexOf('\n', at + 1)) count++;
  }
  return count;
}
