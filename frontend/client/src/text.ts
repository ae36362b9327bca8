import type { Callbacks } from './callbacks.ts';
import { Delta } from './delta.ts';
import { QuireError } from './error.ts';
import type { ChangeSource, PlainText, Splice, TextChange } from './types.ts';
import { Listeners } from './watch.ts';

/** What the plain text needs from its document. */
export interface EditableDocument {
  edit(delta: Delta): void;
  /** Null until the text is here. */
  contents(): Delta | null;
}

/** A document as text without formats. It has one character for each unit of the document, so that positions are the same in both.
 * The newline that ends every document is left out: nothing can be written after it. */
export class DocumentText implements PlainText {
  readonly #document: EditableDocument;
  readonly #listeners: Listeners<{ change: (change: TextChange) => void }>;
  /** The whole text, with the newline that ends it. */
  #units: string;
  /** Whether that newline is there. After a deletion it may be missing until the server has put it back (E6); a newline at the end
   * is then one that the user typed. */
  #ended: boolean;

  constructor(callbacks: Callbacks, document: EditableDocument) {
    this.#listeners = new Listeners(callbacks);
    this.#document = document;
    this.#units = unitsOf(document.contents() ?? new Delta());
    this.#ended = this.#units.endsWith('\n');
  }

  get value(): string {
    return this.#ended ? this.#units.slice(0, -1) : this.#units;
  }

  replace(from: number, to: number, text: string): void {
    const { length } = this.value;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > length)
      throw new QuireError('out-of-range', `from ${from} to ${to} is not within a text of ${length} characters`);
    const lines = text.replace(/\r\n?/g, '\n');
    const delta = new Delta()
      .retain(from)
      .insert(lines)
      .delete(to - from);
    if (delta.changeLength() !== 0 || lines !== this.#units.slice(from, to)) this.#document.edit(delta);
  }

  update(value: string, caret = value.length): void {
    const change = difference(this.value, value, caret);
    if (change) this.replace(change.from, change.to, change.text);
  }

  on(event: 'change', listener: (change: TextChange) => void): () => void {
    return this.#listeners.on(event, listener);
  }

  // Called by the document, `changed` and `loaded` only from a queued callback.

  /** The editor made this edit itself, so it is not told. */
  edited(delta: Delta): void {
    this.#units = spliced(this.#units, splicesOf(delta));
    this.#ended &&= this.#units.endsWith('\n');
  }

  changed(delta: Delta, source: ChangeSource): void {
    const splices = splicesOf(delta);
    this.#become(spliced(this.#units, splices), splices, source);
  }

  loaded(contents: Delta): void {
    const was = this.#units;
    const is = unitsOf(contents);
    this.#become(is, [{ from: 0, to: was.length, text: is }], 'load');
  }

  #become(units: string, splices: readonly Splice[], source: TextChange['source']): void {
    const was = this.value;
    this.#units = units;
    this.#ended = units.endsWith('\n');
    const value = this.value;
    const fits = splices.every(({ to }) => to <= was.length) && spliced(was, splices) === value;
    // If the last newline changed, the splices do not fit `value`: find what changed by comparing.
    const visible = fits ? splices : [difference(was, value, value.length)].filter((one) => one !== null);
    if (visible.length === 0) return;
    this.#listeners.tell('change', {
      value,
      splices: visible,
      source,
      position: (at, after) => movePosition(at, visible, after),
    });
  }
}

/** Returns where a delta changes the text, from start to end, in positions of the text before. */
function splicesOf(delta: Delta): Splice[] {
  const splices: Splice[] = [];
  let at = 0;
  const add = (deleted: number, text: string) => {
    const last = splices.at(-1);
    if (last?.to === at) splices[splices.length - 1] = { from: last.from, to: at + deleted, text: last.text + text };
    else splices.push({ from: at, to: at + deleted, text });
    at += deleted;
  };
  for (const { insert, retain, delete: deleted } of delta.ops) {
    if (insert !== undefined) add(0, shownAs(insert));
    else if (deleted !== undefined) add(deleted, '');
    else at += typeof retain === 'number' ? retain : 1;
  }
  return splices;
}

/** Returns the text with all splices applied. */
function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: inserted } of splices) {
    result += text.slice(at, from) + inserted;
    at = to;
  }
  return result + text.slice(at);
}

/** Moves a position over splices; see `TextChange.position`. */
function movePosition(position: number, splices: readonly Splice[], after = false): number {
  let shift = 0;
  for (const { from, to, text } of splices) {
    if (from > position || (from === position && !after)) break;
    if (to > position) return from + shift + (after ? text.length : 0);
    shift += text.length - (to - from);
  }
  return position + shift;
}

/** Returns the one place where two texts differ, or null. What follows the caret is taken to be unchanged, so that of several equal
 * letters the one before the caret is the one that was typed. */
function difference(was: string, is: string, caret: number): Splice | null {
  if (was === is) return null;
  const most = Math.min(was.length, is.length);
  let same = 0; // at the end
  while (same < Math.min(most, is.length - caret) && was.at(-1 - same) === is.at(-1 - same)) same++;
  let from = 0;
  while (from < most - same && was[from] === is[from]) from++;
  while (same < most - from && was.at(-1 - same) === is.at(-1 - same)) same++;
  if (from > 0 && isHigh(was, from - 1)) from--; // does not cut a surrogate pair
  if (same > 0 && isHigh(was, was.length - same - 1)) same--;
  return { from, to: was.length - same, text: is.slice(from, is.length - same) };
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function unitsOf(contents: Delta): string {
  return contents.ops.map(({ insert }) => shownAs(insert)).join('');
}

/** Returns an insert as it is shown. An embed is one character. A carriage return becomes a space: text areas drop it, which would
 * shift every position after it. */
function shownAs(insert: unknown): string {
  return typeof insert === 'string' ? insert.replaceAll('\r', ' ') : '\ufffc';
}
