import type Quill from 'quill/core';
import Delta, { AttributeMap } from 'quill-delta';
import { lineFormats } from './commands';

/**
 * A part of a text, as it is copied and pasted. A line's formats are carried by its newline, and the newline behind the last
 * line is not part of a selection that ends there: without `line` its formats would stay behind.
 */
export interface Fragment {
  text: Delta;
  /** Formats of the last line, which the text holds whole but for its newline. */
  line?: AttributeMap;
}

interface Range {
  index: number;
  length: number;
}

/** What a range holds. The last line counts as whole where it is one of several, or all there is. */
export function fragmentAt(quill: Quill, { index, length }: Range): Fragment {
  const text = quill.getContents(index, length);
  const end = index + length;
  const [line, offset] = quill.getLine(end);
  const ofAll = end === quill.getLength() - 1;
  const whole = line?.length() === offset + 1 && (ofAll || offset > 0);
  const several = index < end - offset;
  return whole && (several || isAll(quill, { index, length })) ? { text, line: lineFormats(quill, end) } : { text };
}

/** Whether a range is all there is, but for the last newline, which a document keeps. */
export function isAll(quill: Quill, { index, length }: Range): boolean {
  return index === 0 && length > 0 && length === quill.getLength() - 1;
}

/** A page whose last line has formats holds that line whole. */
export function ofPage(page: Delta): Fragment {
  const last = page.ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n') || !last.attributes) return { text: page };
  return { text: page.slice(0, page.length() - 1), line: last.attributes };
}

/**
 * The fragment as it goes in for a range: what is inserted, and how the line that it ends in is changed. Where nothing
 * follows in that line the line becomes the fragment's last; else what follows keeps its own, on a line of its own.
 */
export function fitted(quill: Quill, range: Range, { text, line }: Fragment): Fragment {
  if (!line) return { text };
  const end = range.index + range.length;
  const [target, offset] = quill.getLine(end);
  const [, before] = quill.getLine(range.index);
  const change = AttributeMap.diff(lineFormats(quill, end), line);
  if (!change) return { text };
  if ((target?.length() ?? 1) > offset + 1) return { text: text.concat(new Delta().insert('\n', line)) };
  return before === 0 || hasLines(text) ? { text, line: change } : { text };
}

function hasLines(text: Delta): boolean {
  return text.ops.some(({ insert }) => typeof insert === 'string' && insert.includes('\n'));
}
