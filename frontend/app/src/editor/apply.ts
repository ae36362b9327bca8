import Quill, { Delta, type EmitterSource } from 'quill/core';

/** From so many lines on, an insert goes in as one piece. */
const many = 40;

/**
 * `updateContents`, but fast for a text of many lines. Quill puts lines in one by one and looks for the place of each from
 * the start of the document, so a thousand lines at the end of ten thousand take seconds. What it does for `setContents`
 * (build the blocks, then put them in together) is here done for an insert anywhere; the events are those of a change.
 */
export function applyChange(quill: Quill, change: Delta, source: EmitterSource, least = many): void {
  const insert = insertOnly(change);
  if (!insert || lines(insert.text, least) < least) {
    quill.updateContents(change, source);
    return;
  }
  if (source === Quill.sources.USER && !quill.isEnabled()) return;
  const range = quill.hasFocus() ? quill.getSelection() : null;
  const before = quill.editor.delta;
  const made = quill.editor.insertContents(insert.index, insert.text);
  if (range) {
    const from = made.transformPosition(range.index, source !== Quill.sources.USER);
    const to = made.transformPosition(range.index + range.length, source !== Quill.sources.USER);
    quill.setSelection(from, to - from, Quill.sources.SILENT);
  }
  quill.emitter.emit(Quill.events.EDITOR_CHANGE, Quill.events.TEXT_CHANGE, made, before, source);
  quill.emitter.emit(Quill.events.TEXT_CHANGE, made, before, source);
}

/** The change as a text put in at one place; null when it does anything else. */
function insertOnly(change: Delta): { index: number; text: Delta } | null {
  const [first, ...rest] = change.ops;
  const skips = typeof first?.retain === 'number' && !first.attributes;
  const inserts = skips ? rest : change.ops;
  if (inserts.some((op) => op.insert === undefined)) return null;
  return { index: skips ? Number(first.retain) : 0, text: new Delta(inserts) };
}

/** Newlines of a text, counted up to `most`. */
function lines(text: Delta, most: number): number {
  let count = 0;
  for (const op of text.ops) {
    if (typeof op.insert !== 'string') continue;
    for (let at = op.insert.indexOf('\n'); at >= 0 && count < most; at = op.insert.indexOf('\n', at + 1)) count++;
  }
  return count;
}
