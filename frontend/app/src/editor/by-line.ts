import { type Blot, ParentBlot, TextBlot } from 'parchment';
import Block, { bubbleFormats } from 'quill/blots/block';
import type Scroll from 'quill/blots/scroll';
import type Quill from 'quill/core';
import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { documentFormats } from './blots/kept';
import { behind, difference, LineText, lineLength, sameFormats, sameOps, unitsOf } from './line-text';

/** The selections before and after a change, by which Quill tells which of several equal letters was typed. */
type Selections = NonNullable<Parameters<Quill['editor']['update']>[2]>;

/** Returns the text as its blots have it. Only lines that have changed are read again. */
export function textOf(scroll: Scroll): LineText {
  const lines: Delta[] = [];
  for (const line of linesOf(scroll)) lines.push(line.delta());
  return new LineText(lines);
}

/** Iterates over the lines of a document, in order. */
export function* linesOf(scroll: Scroll): Generator<Block> {
  let line = firstLine(scroll.children.head);
  while (line) {
    yield line;
    line = lineAfter(line);
  }
}

/** Returns the first line in a blot or after it. */
export function firstLine(from: Blot | null): Block | null {
  return firstOf(from, null, (blot): blot is Block => blot instanceof Block);
}

/** Returns the line after a line. */
export function lineAfter(line: Block): Block | null {
  return firstLine(after(line, null));
}

/** Returns the first blot of a kind in a blot or after it, within `top`. */
function firstOf<B extends Blot>(from: Blot | null, top: Blot | null, is: (blot: Blot) => blot is B): B | null {
  let blot = from;
  while (blot && !is(blot)) blot = (blot as ParentBlot).children?.head ?? after(blot, top);
  return blot;
}

/** Returns the next blot that is not inside this one: its sibling, or that of its nearest ancestor with one. */
function after(from: Blot, top: Blot | null): Blot | null {
  let blot = from;
  while (!blot.next) {
    if (!blot.parent || blot.parent === (top as unknown)) return null;
    blot = blot.parent as unknown as Blot;
  }
  return blot.next;
}

/**
 * Brings `editor.delta` up to date with the blots, by the lines that changed, so that the cost of a key does not grow with the text.
 * Returns the change that was made, which is `asked` if that is what it came to.
 */
export function takeOver(
  quill: Quill,
  asked: Delta | null,
  mutations: MutationRecord[],
  selections?: Selections,
): Delta {
  const { editor, scroll } = quill;
  const before = editor.delta as LineText;
  const typed = asked ? null : typedChange(quill, before, mutations, selections);
  if (typed) return typed;
  const text = textOf(scroll);
  editor.delta = text;
  const { from, before: was, after: is } = difference(before.lines, text.lines);
  const inner = asked && behind(asked, from);
  if (asked && inner && sameOps(was.compose(inner).ops, is.ops)) return asked;
  return new Delta()
    .retain(from)
    .concat(was.diff(is, within(selections, from)))
    .chop();
}

/** Quill's shortcut: if all that happened is that characters were typed into one text node, the change is known without comparing. */
function typedChange(
  quill: Quill,
  before: LineText,
  [mutation, ...more]: MutationRecord[],
  selections?: Selections,
): Delta | null {
  if (!mutation || more.length > 0 || mutation.type !== 'characterData') return null;
  const { data } = mutation.target as Text;
  const blot = quill.scroll.find(mutation.target);
  if (!/^[ -~]*$/.test(data) || !(blot instanceof TextBlot)) return null;
  const line = lineOf(blot);
  if (!line) return null;
  const [at, from] = placeOf(quill.scroll, before, line);
  const known = before.lines[at];
  const start = blot.offset(line);
  const was = new Delta().insert((mutation.oldValue ?? '').replace('\ufeff', ''));
  const change = was.diff(new Delta().insert(blot.value()), within(selections, from + start));
  const formats = documentFormats(bubbleFormats(blot));
  const inner = new Delta().retain(start);
  for (const op of change.ops) typeof op.insert === 'string' ? inner.insert(op.insert, formats) : inner.push(op);
  const now = known?.compose(inner);
  if (!now || now.length() !== line.length()) return null;
  line.cache.delta = now;
  const lines = before.lines.slice();
  lines[at] = now;
  quill.editor.delta = new LineText(lines);
  return new Delta().retain(from).concat(inner).chop();
}

function lineOf(blot: Blot): Block | null {
  let line: Blot | null = blot;
  while (line && !(line instanceof Block)) line = line.parent;
  return line;
}

/** Returns the index of a line among the known ones, and how many units come before it. */
function placeOf(scroll: Scroll, known: LineText, line: Block): [at: number, from: number] {
  let at = 0;
  for (const one of linesOf(scroll)) {
    if (one === line) break;
    at++;
  }
  return [at, unitsOf(known.lines.slice(0, at))];
}

function within(selections: Selections | undefined, from: number): Selections | undefined {
  if (!selections) return undefined;
  const { oldRange, newRange } = selections;
  if (oldRange.index < from || newRange.index < from) return undefined;
  const moved = ({ index, length }: { index: number; length: number }) => ({ index: index - from, length });
  return { oldRange: moved(oldRange), newRange: moved(newRange) };
}

/**
 * Brings `editor.delta` up to date with one part of a change. `unread` is the line that the next part goes on writing: it may be long, so
 * it is not read from the blots but assumed to be what was asked for. It is read when the whole change is written.
 */
export function takeOverPart(quill: Quill, part: Delta, unread: Block | null): void {
  const before = quill.editor.delta as LineText;
  const blots = [...linesOf(quill.scroll)];
  const lines = blots.map((line) => (line === unread && !line.cache.delta ? null : line.delta()));
  const at = lines.indexOf(null);
  if (at >= 0 && unread) lines[at] = expected(before, part, lines, at, unread.length()) ?? unread.delta();
  quill.editor.delta = new LineText(lines as Delta[]);
}

function expected(before: LineText, part: Delta, lines: (Delta | null)[], at: number, length: number): Delta | null {
  const { from, first, before: was } = difference(before.lines, lines);
  const inner = behind(part, from);
  if (!inner || at < first) return null;
  const start = unitsOf(lines.slice(first, at) as Delta[]);
  const line = was.compose(inner).slice(start, start + length);
  return line.length() === length && lineLength(line) > 0 ? line : null;
}

/** How far a line has been read. Stored by its cache, which Quill replaces when the line changes. */
interface Reading {
  next: Blot | null;
  ops: Op[];
}

const readings = new WeakMap<object, Reading>();

/** Reads a line, at most `leaves` leaves of it. Returns false if there is more. */
export function readLine(line: Block, leaves = Number.POSITIVE_INFINITY): boolean {
  if (line.cache.delta) return true;
  const reading = readings.get(line.cache) ?? { next: firstLeaf(line.children.head, line), ops: [] };
  for (let count = 0; reading.next; count++) {
    if (count >= leaves) {
      readings.set(line.cache, reading);
      return false;
    }
    readLeaf(reading.ops, reading.next);
    reading.next = firstLeaf(after(reading.next, line), line);
  }
  line.cache.delta = new Delta(reading.ops).insert('\n', documentFormats(bubbleFormats(line)));
  return true;
}

/** Does what Delta's `insert` does, without its deep copy of every op. */
function readLeaf(ops: Op[], leaf: Blot): void {
  if (leaf.length() === 0) return;
  const insert = (leaf as unknown as { value(): string | Record<string, unknown> }).value();
  if (insert === '') return;
  const formats = documentFormats(bubbleFormats(leaf));
  const attributes = Object.keys(formats).length > 0 ? formats : undefined;
  const last = ops.at(-1);
  if (typeof insert === 'string' && typeof last?.insert === 'string' && sameFormats(last.attributes, attributes))
    last.insert += insert;
  else ops.push(attributes ? { insert, attributes } : { insert });
}

function firstLeaf(from: Blot | null, line: Block): Blot | null {
  return firstOf(from, line, (blot): blot is Blot => !(blot instanceof ParentBlot));
}
