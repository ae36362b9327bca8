import Quill, { Delta } from 'quill/core';
import { allowsFormat } from './table';

/** What the toolbar and the shortcuts do. Each is one undo step. */

export type BlockStyle = 'paragraph' | 1 | 2 | 3 | 4 | 5 | 6;
export type ListKind = 'bullet' | 'ordered' | 'check';
export type InlineFormat = 'bold' | 'italic' | 'underline' | 'strike' | 'code';
export type Alignment = 'left' | 'center' | 'right' | 'justify';

/** The formats at the selection; values that differ within it are an array. */
export type Formats = Record<string, unknown>;

const user = Quill.sources.USER;

/** Returns the commands of an editor. They do nothing while it is read-only. */
export function createCommands(quill: Quill) {
  const range = () => quill.getSelection(true) ?? { index: 0, length: 0 };
  const formats = (): Formats => quill.getFormat(range());
  /** Runs a command as an undo step of its own. */
  const alone = (run: () => void) => {
    if (!quill.isEnabled()) return;
    quill.history.cutoff();
    run();
    quill.history.cutoff();
  };

  return {
    undo: () => quill.isEnabled() && quill.history.undo(),
    redo: () => quill.isEnabled() && quill.history.redo(),

    toggle(format: InlineFormat) {
      alone(() => quill.format(format, formats()[format] !== true, user));
    },
    style(style: BlockStyle) {
      alone(() => {
        const now = formats();
        if (style !== 'paragraph') quill.format('header', style, user);
        else
          for (const name of ['header', 'blockquote', 'code-block', 'list'])
            if (now[name]) quill.format(name, false, user);
      });
    },
    list(kind: ListKind) {
      alone(() => {
        const now = formats().list;
        const on = kind === 'check' ? now === 'checked' || now === 'unchecked' : now === kind;
        if (on && formats().indent) quill.format('indent', false, user);
        quill.format('list', on ? false : kind === 'check' ? 'unchecked' : kind, user);
      });
    },
    /** Ticks the checklist items in the selection, or unticks them if all are ticked. */
    tick() {
      const { index, length } = range();
      const items = quill.getLines(index, Math.max(length, 1)).filter((line) => isTickable(line.formats().list));
      if (items.length === 0) return;
      const to = items.every((item) => item.formats().list === 'checked') ? 'unchecked' : 'checked';
      alone(() => {
        const change = new Delta();
        let at = 0;
        for (const item of items) {
          const end = quill.getIndex(item) + item.length();
          change.retain(end - 1 - at).retain(1, { list: to });
          at = end;
        }
        quill.updateContents(change, user);
      });
    },
    indent(by: 1 | -1) {
      alone(() => quill.format('indent', by > 0 ? '+1' : '-1', user));
    },
    align(to: Alignment) {
      alone(() => quill.format('align', to === 'left' ? false : to, user));
    },
    quote() {
      alone(() => quill.format('blockquote', !formats().blockquote, user));
    },
    codeBlock() {
      alone(() => quill.format('code-block', !formats()['code-block'], user));
    },
    /** Sets a colour, or removes it if `value` is null. */
    colour(kind: 'color' | 'background', value: string | null) {
      if (value === null || allowsFormat(kind, value)) alone(() => quill.format(kind, value ?? false, user));
    },
    divider() {
      alone(() => insertDivider(quill, range().index, range().length));
    },
    /** Links a range, or inserts the address as a link if the range is empty. Returns false if the address is not allowed. */
    link(address: string, at: { index: number; length: number }): boolean {
      if (!allowsFormat('link', address)) return false;
      alone(() => {
        if (at.length > 0) quill.formatText(at.index, at.length, 'link', address, user);
        else quill.updateContents(new Delta().retain(at.index).insert(address, { link: address }), user);
        quill.setSelection(at.index + (at.length || address.length), 0, Quill.sources.SILENT);
      });
      return true;
    },
    unlink(at: { index: number; length: number }) {
      alone(() => quill.formatText(at.index, at.length, 'link', false, user));
    },
    clear() {
      alone(() => {
        const { index, length } = range();
        if (length > 0) quill.removeFormat(index, length, user);
        else clearLine(quill, index);
      });
    },
    moveLines(up: boolean) {
      alone(() => moveLines(quill, up));
    },
    selectAll() {
      quill.setSelection(0, quill.getLength(), user);
    },
  };
}

export type Commands = ReturnType<typeof createCommands>;

function isTickable(list: unknown): boolean {
  return list === 'checked' || list === 'unchecked';
}

/** Inserts a divider on a line of its own. An empty line after it becomes a plain one: an empty heading or list item there would only be
 * in the way. */
function insertDivider(quill: Quill, index: number, length: number): void {
  const [line, offset] = quill.getLine(index);
  const formats = lineFormats(quill, index);
  const delta = new Delta().retain(index);
  if (offset > 0) delta.insert('\n', formats);
  delta.insert({ divider: true }).insert('\n').delete(length);
  const rest = (line?.length() ?? 1) - offset - 1;
  const cleared = Object.fromEntries(Object.keys(formats).map((name) => [name, null]));
  if (length === 0 && rest === 0 && Object.keys(cleared).length > 0) delta.retain(1, cleared);
  quill.updateContents(delta, user);
  quill.setSelection(index + (offset > 0 ? 3 : 2), 0, Quill.sources.SILENT);
}

/** Returns the formats of the line at `index`, which its newline carries. */
export function lineFormats(quill: Quill, index: number): Formats {
  const [line, offset] = quill.getLine(index);
  if (!line) return {};
  const end = index - offset + line.length() - 1;
  return quill.getContents(end, 1).ops[0]?.attributes ?? {};
}

function clearLine(quill: Quill, index: number): void {
  const [line, offset] = quill.getLine(index);
  if (line) quill.removeFormat(index - offset, line.length(), user);
}

/** Moves the lines of the selection past the one above or below. */
function moveLines(quill: Quill, up: boolean): void {
  const range = quill.getSelection();
  if (!range) return;
  const lines = quill.getLines(range.index, Math.max(range.length, 1));
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last) return;
  const start = quill.getIndex(first);
  const end = quill.getIndex(last) + last.length();
  const [other] = quill.getLine(up ? start - 1 : end);
  if (!other || (up && start === 0) || (!up && end >= quill.getLength())) return;
  const from = up ? start - other.length() : start;
  const middle = up ? start : end;
  const to = up ? end : end + other.length();
  const before = quill.getContents(from, to - from);
  const after = quill.getContents(middle, to - middle).concat(quill.getContents(from, middle - from));
  // As a diff, because the last newline of a document must not be deleted.
  quill.updateContents(new Delta().retain(from).concat(before.diff(after)), user);
  const shift = up ? -other.length() : other.length();
  quill.setSelection(range.index + shift, range.length, Quill.sources.SILENT);
}

/** Returns the whole link around `index`, or null: its start, its length, and its address. */
export function linkAt(quill: Quill, index: number): { index: number; length: number; address: string } | null {
  const [line, offset] = quill.getLine(index);
  if (!line) return null;
  const start = index - offset;
  const ops = quill.getContents(start, line.length()).ops;
  let at = start;
  let found: { index: number; length: number; address: string } | null = null;
  for (const op of ops) {
    const length = typeof op.insert === 'string' ? op.insert.length : 1;
    const address = op.attributes?.link;
    if (typeof address === 'string' && found && found.address === address && found.index + found.length === at)
      found.length += length;
    else if (typeof address === 'string' && (!found || at <= index)) found = { index: at, length, address };
    at += length;
  }
  return found && found.index <= index && index <= found.index + found.length ? found : null;
}
