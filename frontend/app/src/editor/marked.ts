import type Quill from 'quill/core';

const name = 'quire-marked';

/** Highlights a range without changing the page, by the CSS Custom Highlight API. Does nothing in a browser without it. */
export function markRange(quill: Quill, at: { index: number; length: number } | null): void {
  if (typeof CSS === 'undefined' || !('highlights' in CSS)) return;
  CSS.highlights.delete(name);
  if (!at || at.length === 0) return;
  const [start, end] = [quill.scroll.leaf(at.index + 1), quill.scroll.leaf(at.index + at.length)];
  const [from, fromOffset] = start[0]?.position(Math.max(0, start[1] - 1), true) ?? [];
  const [to, toOffset] = end[0]?.position(end[1], true) ?? [];
  if (!from || !to) return;
  const range = document.createRange();
  range.setStart(from, fromOffset ?? 0);
  range.setEnd(to, toOffset ?? 0);
  CSS.highlights.set(name, new Highlight(range));
}
