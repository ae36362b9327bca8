import type Quill from 'quill/core';
import type Delta from 'quill-delta';
import { firstLineInView } from './place';

/**
 * Applies somebody else's change without moving what the user looks at: the caret's line if it is in view, else the first line in
 * view. Returns whether the change could move that at all. Not every browser anchors scrolling itself, and none anchors it to the
 * caret, so the page turns the browser's way off (`overflow-anchor: none`).
 */
export function keepingPlace(quill: Quill, change: Delta, apply: () => void): { moved: boolean } {
  const place = caretPlace(quill) ?? linePlace(quill);
  // A change after it cannot move it, and measuring its position would make the browser lay out the text at once.
  if (!place || isAfter(quill, change, place.line)) {
    apply();
    return { moved: false };
  }
  const before = place.top();
  apply();
  const after = place.top();
  if (before !== null && after !== null && Math.abs(after - before) >= 1) window.scrollBy(0, after - before);
  return { moved: true };
}

interface Place {
  line: Node;
  /** Returns its distance from the top of the window, in px; null if it is gone. */
  top: () => number | null;
}

/** Reports whether all of a change comes after a line. */
function isAfter(quill: Quill, change: Delta, line: Node): boolean {
  const [first] = change.ops;
  const from = typeof first?.retain === 'number' && !first.attributes ? first.retain : 0;
  const [changed] = quill.getLine(from);
  return !changed || (line.compareDocumentPosition(changed.domNode) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function caretPlace(quill: Quill): Place | null {
  if (!quill.hasFocus()) return null;
  const range = quill.selection.lastRange;
  const line = range && quill.getLine(range.index)[0]?.domNode;
  if (!line) return null;
  const top = () => {
    const now = quill.selection.lastRange;
    const bounds = now && quill.selection.getBounds(now.index);
    return bounds ? bounds.top : null;
  };
  const now = top();
  return now !== null && now >= 0 && now <= window.innerHeight ? { line, top } : null;
}

function linePlace(quill: Quill): Place | null {
  const line = firstLineInView(quill);
  return line && { line, top: () => (line.isConnected ? line.getBoundingClientRect().top : null) };
}
