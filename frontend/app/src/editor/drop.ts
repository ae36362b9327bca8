import Quill, { Delta, type Range } from 'quill/core';
import type { QuireClipboard } from './clipboard';

/**
 * Dragging. The browser would move mark-up about in the page and leave Quill to guess what happened; here a drop is an op
 * like any other: what comes from outside goes the way of a paste, what comes from this text is moved.
 */
export class QuireUploader {
  static readonly DEFAULTS = {};
  private dragged: Range | null = null;
  private readonly quill: Quill;

  constructor(quill: Quill) {
    this.quill = quill;
    quill.root.addEventListener('dragstart', (event) => this.start(event));
    quill.root.addEventListener('dragend', () => this.end());
    quill.root.addEventListener('drop', (event) => this.drop(event));
    quill.on(Quill.events.TEXT_CHANGE, (change: Delta) => {
      if (this.dragged) this.dragged = kept(this.dragged, change);
    });
  }

  private start(event: DragEvent): void {
    this.dragged = this.quill.getSelection();
    if (!event.dataTransfer || !this.dragged || this.dragged.length === 0) return;
    (this.quill.clipboard as QuireClipboard).put(this.dragged, event.dataTransfer);
    event.dataTransfer.effectAllowed = 'copyMove';
  }

  /** A drag ends without the button's release, for which Quill waits before it looks at the selection again. */
  private end(): void {
    this.dragged = null;
    this.quill.selection.mouseDown = false;
    this.quill.selection.update(Quill.sources.USER);
  }

  /** Quill calls this for pasted files; our clipboard never does. */
  upload(): void {}

  private drop(event: DragEvent): void {
    event.preventDefault();
    if (!event.dataTransfer || !this.quill.isEnabled()) return;
    const at = indexAt(this.quill, event.clientX, event.clientY);
    if (at === null) return;
    const dragged = this.dragged;
    this.dragged = null;
    this.quill.history.cutoff();
    if (dragged && dragged.length > 0 && !event.ctrlKey && !event.altKey) this.move(dragged, at);
    else (this.quill.clipboard as QuireClipboard).take({ index: at, length: 0 }, event.dataTransfer);
  }

  private move(from: Range, to: number): void {
    if (to >= from.index && to <= from.index + from.length) return;
    const text = this.quill.getContents(from.index, from.length);
    const remove = new Delta().retain(from.index).delete(from.length);
    const target = to > from.index ? to - from.length : to;
    const insert = new Delta().retain(target).concat(text);
    this.quill.updateContents(remove.compose(insert), Quill.sources.USER);
    this.quill.setSelection(target, from.length, Quill.sources.SILENT);
  }
}

/** What is dragged, after a change: what somebody put right before or behind it stays there. */
function kept(range: Range, change: Delta): Range {
  const index = change.transformPosition(range.index);
  const end = change.transformPosition(range.index + range.length, true);
  return { index, length: Math.max(0, end - index) };
}

interface PointDocument {
  caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?: (x: number, y: number) => globalThis.Range | null;
}

function indexAt(quill: Quill, x: number, y: number): number | null {
  const page = document as Document & PointDocument;
  const native = document.createRange();
  const position = page.caretPositionFromPoint?.(x, y);
  const range = position ? null : page.caretRangeFromPoint?.(x, y);
  if (position) native.setStart(position.offsetNode, position.offset);
  else if (range) native.setStart(range.startContainer, range.startOffset);
  else return null;
  native.collapse(true);
  const normalized = quill.selection.normalizeNative(native);
  return normalized ? quill.selection.normalizedToRange(normalized).index : null;
}
