import Delta, { AttributeMap } from 'quill-delta';

/**
 * A part of a text, as it is copied, pasted and moved. A line's formats are carried by its newline, and the newline behind
 * the last line is not part of a selection that ends there: without `line` its formats would stay behind.
 */
export interface Fragment {
  text: Delta;
  /** Formats of the last line, which the text holds whole but for its newline. */
  line?: AttributeMap;
}

export interface Range {
  index: number;
  length: number;
}

/** A line of a document: where it begins, where its newline is, and what formats that has. */
export interface Line {
  start: number;
  end: number;
  formats: AttributeMap;
}

/** The line at `index`. */
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

/** What a range holds. The last line counts as whole where it is one of several, or all there is. */
export function fragmentAt(document: Delta, range: Range): Fragment {
  const end = range.index + range.length;
  const text = document.slice(range.index, end);
  const line = lineAt(document, end);
  const ofAll = end === document.length() - 1;
  const whole = line.end === end && (ofAll || end > line.start);
  const several = range.index < line.start;
  return whole && (several || isAll(document, range)) ? { text, line: line.formats } : { text };
}

/** Whether a range is all there is, but for the last newline, which a document keeps. */
export function isAll(document: Delta, { index, length }: Range): boolean {
  return index === 0 && length > 0 && length === document.length() - 1;
}

/** A page whose last line has formats holds that line whole. */
export function ofPage(page: Delta): Fragment {
  const last = page.ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n') || !last.attributes) return { text: page };
  return { text: page.slice(0, page.length() - 1), line: last.attributes };
}

/**
 * The fragment as it goes in for a range: what is inserted, and how the line that it ends in is changed. Where nothing
 * follows in that line the line becomes the fragment's last; else what follows keeps its own, on a line of its own. Words
 * that go in behind others are no line, whatever line they were; a line without words is one anywhere.
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

/** A line without words, between what is before it and behind it in the line it goes into. */
function emptyLine(line: AttributeMap, { formats }: Line, behind: boolean, followed: boolean): Fragment {
  const text = behind ? new Delta().insert('\n', formats) : new Delta();
  return followed ? { text: text.insert('\n', line) } : { text, line: AttributeMap.diff(formats, line) ?? {} };
}

/** The change that takes a range out. Where it was all there is, the line that stays is a plain one. */
export function cutOf(document: Delta, range: Range): Delta {
  const change = new Delta().retain(range.index).delete(range.length);
  if (isAll(document, range)) change.retain(1, AttributeMap.diff(lineAt(document, range.length).formats, {}));
  return change.chop();
}

/** The change that puts a fragment in at a place of the document. */
export function pasteOf(document: Delta, index: number, fragment: Fragment): Delta {
  const { text, line = {} } = fitted(document, { index, length: 0 }, fragment);
  return new Delta().retain(index).concat(text).retain(1, line).chop();
}

function hasLines(text: Delta): boolean {
  return text.ops.some(({ insert }) => typeof insert === 'string' && insert.includes('\n'));
}
