import type Quill from 'quill/core';

/**
 * Makes a change of somebody else without moving what the reader looks at: the line of the caret when it is in view, else
 * the first line in view. Done by hand because not every browser does it, and none does it for the caret; the page turns the
 * browser's own way off (`overflow-anchor: none`).
 */
export function keepingPlace(quill: Quill, change: () => void): void {
  const place = caretPlace(quill) ?? firstLineInView(quill);
  const before = place?.();
  change();
  const after = place?.();
  if (before === undefined || after === undefined || before === null || after === null) return;
  if (Math.abs(after - before) >= 1) window.scrollBy(0, after - before);
}

/** Distance from the top of the window, in px; null when what was followed is gone. */
type Place = () => number | null;

function caretPlace(quill: Quill): Place | null {
  if (!quill.hasFocus()) return null;
  const top = () => {
    const range = quill.selection.lastRange;
    const bounds = range && quill.selection.getBounds(range.index);
    return bounds ? bounds.top : null;
  };
  const now = top();
  return now !== null && now >= 0 && now <= window.innerHeight ? top : null;
}

function firstLineInView(quill: Quill): Place | null {
  const lines = quill.root.children;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.getBoundingClientRect().bottom ?? 0) > 0) high = middle;
    else low = middle + 1;
  }
  const line = lines[low];
  return line ? () => (line.isConnected ? line.getBoundingClientRect().top : null) : null;
}
