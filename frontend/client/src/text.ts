import type { Calls } from './calls.ts';
import { Delta } from './delta.ts';
import { QuireError } from './error.ts';
import type { ChangeSource, PlainText, Splice, TextChange } from './types.ts';
import { Listeners } from './watch.ts';

/** What the plain text of a document needs of it. */
export interface Written {
  edit(delta: Delta): void;
  /** Null until the text is here. */
  contents(): Delta | null;
}

/** A document as text without formats, one character for each of its units, so that positions are the same in both. The newline
 * that ends every document is left out: behind it there is no place to write. */
export class DocumentText implements PlainText {
  readonly #document: Written;
  readonly #listeners: Listeners<{ change: (change: TextChange) => void }>;
  /** The whole text, with the newline that ends it. */
  #units: string;
  /** Whether that newline is there: for a moment it may be gone until the server has put it back, and what then is typed at the
   * end is the writer's own. */
  #ended: boolean;

  constructor(calls: Calls, document: Written) {
    this.#listeners = new Listeners(calls);
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

  // What the document tells, the last two within a call that is due.

  /** The editor made this edit itself. */
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
    const within = splices.every(({ to }) => to <= was.length) && spliced(was, splices) === value;
    // The last newline was touched: what is seen of that is found by comparing.
    const seen = within ? splices : [difference(was, value, value.length)].filter((one) => one !== null);
    if (seen.length === 0) return;
    this.#listeners.tell('change', { value, splices: seen, source, position: (at, after) => moved(at, seen, after) });
  }
}

/** Where a delta changes the text, in the order of the text as it was. */
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

function spliced(text: string, splices: readonly Splice[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: inserted } of splices) {
    result += text.slice(at, from) + inserted;
    at = to;
  }
  return result + text.slice(at);
}

function moved(position: number, splices: readonly Splice[], after = false): number {
  let shift = 0;
  for (const { from, to, text } of splices) {
    if (from > position || (from === position && !after)) break;
    if (to > position) return from + shift + (after ? text.length : 0);
    shift += text.length - (to - from);
  }
  return position + shift;
}

/** The one place where two texts differ, or null. What stands behind the caret in the new text is taken to be what stood there
 * before: of several equal letters it is the one before the caret that was typed. */
function difference(was: string, is: string, caret: number): Splice | null {
  if (was === is) return null;
  const most = Math.min(was.length, is.length);
  let same = 0; // at the end
  while (same < Math.min(most, is.length - caret) && was.at(-1 - same) === is.at(-1 - same)) same++;
  let from = 0;
  while (from < most - same && was[from] === is[from]) from++;
  while (same < most - from && was.at(-1 - same) === is.at(-1 - same)) same++;
  if (from > 0 && isHigh(was, from - 1)) from--; // no half of a pair is left
  if (same > 0 && isHigh(was, was.length - same - 1)) same--;
  return { from, to: was.length - same, text: is.slice(from, is.length - same) };
}

function isHigh(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800;
}

function unitsOf(contents: Delta): string {
  return contents.ops.map(({ insert }) => shownAs(insert)).join('');
}

/** An embed is one character. A carriage return would be dropped by whatever shows the text, and every place behind it be off. */
function shownAs(insert: unknown): string {
  return typeof insert === 'string' ? insert.replaceAll('\r', ' ') : '\ufffc';
}
