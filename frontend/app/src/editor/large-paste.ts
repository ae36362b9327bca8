import Quill, { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { applyChange } from './apply';

/** What is shown while a large text is inserted. */
export interface PasteProgress {
  /** 0–100 */
  percent: number;
  cancel: () => void;
}

/** A text up to this size, in units and in ops of its Delta, is inserted as one op. */
const atOnce = { units: 60_000, ops: 1_500 };
/** The size of the pieces of a larger one. */
const slice = { units: 30_000, ops: 600 };

/**
 * Inserts a text in place of a range. A large one is inserted one piece per frame, so that the page stays responsive, each op stays
 * within the server's limits, and others see it arrive. The user may go on writing meanwhile: the position moves along. `line` changes
 * the formats of the line in which the text ends.
 */
export function insertText(
  quill: Quill,
  range: { index: number; length: number },
  text: Delta,
  onProgress: (progress: PasteProgress | null) => void,
  line: Record<string, unknown> = {},
): void {
  quill.history.cutoff();
  const pieces = slices(text);
  const first = pieces.shift() ?? new Delta();
  const place = new Delta().delete(range.length).retain(1, line);
  if (pieces.length === 0) {
    // As one change: if the line became code first, the text before the insertion would lose its formats.
    applyChange(quill, new Delta().retain(range.index).concat(first).concat(place).chop(), Quill.sources.USER);
  } else {
    quill.updateContents(new Delta().retain(range.index).concat(place).chop(), Quill.sources.USER);
    applyChange(quill, new Delta().retain(range.index).concat(first), Quill.sources.USER);
  }
  let index = range.index + first.length();
  quill.setSelection(index, 0, Quill.sources.SILENT);
  quill.scrollSelectionIntoView();
  if (pieces.length === 0) {
    quill.history.cutoff();
    return;
  }
  const total = text.length();
  let done = first.length();
  let cancelled = false;
  let own = false;
  const follow = (change: Delta) => {
    if (!own) index = change.transformPosition(index);
  };
  quill.on('text-change', follow);
  const end = () => {
    quill.off('text-change', follow);
    quill.history.cutoff();
    onProgress(null);
    // The caret moved along with the text, out of the window. If the user has put it elsewhere, do not scroll.
    if (quill.hasFocus() && quill.getSelection()?.index === index) quill.scrollSelectionIntoView();
  };
  const step = () => {
    const piece = cancelled || !quill.isEnabled() || !quill.root.isConnected ? undefined : pieces.shift();
    if (!piece) {
      end();
      return;
    }
    own = true;
    applyChange(quill, new Delta().retain(Math.min(index, quill.getLength() - 1)).concat(piece), Quill.sources.USER);
    own = false;
    index += piece.length();
    done += piece.length();
    onProgress({ percent: Math.min(99, Math.round((done / total) * 100)), cancel });
    setTimeout(step, 16);
  };
  const cancel = () => {
    cancelled = true;
  };
  onProgress({ percent: Math.round((done / total) * 100), cancel });
  setTimeout(step, 16);
}

/** Returns the text in pieces, in one if it is small enough. No surrogate pair is cut. */
export function slices(text: Delta): Delta[] {
  if (text.length() <= atOnce.units && text.ops.length <= atOnce.ops) return text.length() > 0 ? [text] : [];
  const pieces: Delta[] = [];
  let piece: Op[] = [];
  let units = 0;
  const close = () => {
    if (piece.length > 0) pieces.push(new Delta(piece));
    piece = [];
    units = 0;
  };
  for (const op of text.ops) {
    let rest = op;
    while (typeof rest.insert === 'string' && units + rest.insert.length > slice.units) {
      const cut = cutAt(rest.insert, slice.units - units);
      if (cut > 0) piece.push({ ...rest, insert: rest.insert.slice(0, cut) });
      rest = { ...rest, insert: rest.insert.slice(cut) };
      close();
    }
    if (rest.insert === '') continue;
    piece.push(rest);
    units += typeof rest.insert === 'string' ? rest.insert.length : 1;
    if (piece.length >= slice.ops || units >= slice.units) close();
  }
  close();
  return pieces;
}

/** Returns where to cut a text: after at most `most` units, at the end of a line if one is near, never inside a surrogate pair. */
function cutAt(text: string, most: number): number {
  if (most <= 0) return 0;
  const newline = text.lastIndexOf('\n', most - 1);
  if (newline >= most / 2) return newline + 1;
  const unit = text.charCodeAt(most - 1);
  return unit >= 0xd800 && unit < 0xdc00 ? most - 1 : most;
}
