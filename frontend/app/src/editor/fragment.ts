import Delta, { AttributeMap } from 'quill-delta';

/**
 * A part of a text that is copied, pasted or moved. A line's formats are on its newline, and the newline of the last line is not part of
 * a selection that ends before it: without `line`, the formats of that line would be lost.
 */
export interface Fragment {
  text: Delta;
  /** The formats of the last line, if the text holds that line whole except for its newline. */
  line?: AttributeMap;
}

export interface Range {
  index: number;
  length: number;
}

/** A line of a document: its start, the position of its newline, and the newline's formats. */
export interface Line {
  start: number;
  end: number;
  formats: AttributeMap;
}

/** Returns the line at `index`. */
export function lineAt(document: Delta, index: number): Line {
  let at = 0;
  let start = 0;
  for (const { insert, attributes = {} } of document.ops) {
    if (typeof insert !== 'string') {
      at++;
      continue;
    }
    const newline = insert.indexOf('\n', Math.max(0, index - at));
    if (newline >= 0) {
      const before = newline > 0 ? insert.lastIndexOf('\n', newline - 1) : -1;
      return { start: before >= 0 ? at + before + 1 : start, end: at + newline, formats: attributes };
    }
    if (insert.includes('\n')) start = at + insert.lastIndexOf('\n') + 1;
    at += insert.length;
  }
  return { start, end: at, formats: {} };
}

/** Returns what a range holds. Its last line counts as whole if there are several lines, or if the range is the whole document. */
export function fragmentAt(document: Delta, range: Range): Fragment {
  const end = range.index + range.length;
  const text = document.slice(range.index, end);
  const line = lineAt(document, end);
  const ofAll = end === document.length() - 1;
  const whole = line.end === end && (ofAll || end > line.start);
  const several = range.index < line.start;
  return whole && (several || isAll(document, range)) ? { text, line: line.formats } : { text };
}

/** Reports whether a range is the whole document, except for its last newline. */
export function isAll(document: Delta, { index, length }: Range): boolean {
  return index === 0 && length > 0 && length === document.length() - 1;
}

/** Returns a pasted page as a fragment. If its last line has formats, the page holds that line whole. */
export function ofPage(page: Delta): Fragment {
  const last = page.ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n') || !last.attributes) return { text: page };
  return { text: page.slice(0, page.length() - 1), line: last.attributes };
}

/**
 * Fits a fragment to the range it replaces. Returns the text to insert, and in `line` the change of formats of the line it ends in. If
 * nothing follows in that line, it takes the formats of the fragment's last line; if something does, that moves to a line of its own
 * and keeps its formats. One line of text inserted after other text is only text; an empty line is a line anywhere.
 */
export function fitted(document: Delta, range: Range, { text, line }: Fragment): Fragment {
  if (!line) return { text };
  const end = range.index + range.length;
  const target = lineAt(document, end);
  const behind = lineAt(document, range.index).start < range.index;
  if (text.length() === 0) return emptyLine(line, target, behind, target.end > end);
  const change = AttributeMap.diff(target.formats, line);
  if (!change || (behind && !hasLines(text))) return { text };
  return target.end > end ? { text: text.concat(new Delta().insert('\n', line)) } : { text, line: change };
}

/** Fits an empty line into a line, between the text before it, if there is any (`behind`), and the text after it (`followed`). */
function emptyLine(line: AttributeMap, { formats }: Line, behind: boolean, followed: boolean): Fragment {
  const text = behind ? new Delta().insert('\n', formats) : new Delta();
  return followed ? { text: text.insert('\n', line) } : { text, line: AttributeMap.diff(formats, line) ?? {} };
}

/** Returns the change that deletes a range. If that is the whole document, the line that stays becomes a plain one. */
export function cutOf(document: Delta, range: Range): Delta {
  const change = new Delta().retain(range.index).delete(range.length);
  if (isAll(document, range)) change.retain(1, AttributeMap.diff(lineAt(document, range.length).formats, {}));
  return change.chop();
}

/** Returns the change that inserts a fragment at a position. */
export function pasteOf(document: Delta, index: number, fragment: Fragment): Delta {
  const { text, line = {} } = fitted(document, { index, length: 0 }, fragment);
  return new Delta().retain(index).concat(text).retain(1, line).chop();
}

function hasLines(text: Delta): boolean {
  return text.ops.some(({ insert }) => typeof insert === 'string' && insert.includes('\n'));
}
