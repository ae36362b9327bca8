import Quill, { Delta } from 'quill/core';
import { applyChange } from './apply';
import { asPasted, type QuireClipboard } from './clipboard';
import { cutOf, fragmentAt, pasteOf, type Range } from './fragment';

/**
 * Drag and drop. The browser would move mark-up around in the page and leave Quill to guess what happened. Here a drop is an op like
 * any other: what comes from outside is pasted, what comes from this text is moved.
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
      if (this.dragged) this.dragged = afterChange(this.dragged, change);
    });
  }

  private start(event: DragEvent): void {
    const range = this.quill.getSelection();
    this.dragged = range && range.length > 0 ? range : null;
    if (!event.dataTransfer || !range || !this.dragged) return;
    (this.quill.clipboard as QuireClipboard).put(range, event.dataTransfer);
    event.dataTransfer.effectAllowed = 'copyMove';
  }

  /** The end of a drag has no mouseup, for which Quill waits before it reads the selection again. */
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
    const { dragged } = this;
    this.dragged = null;
    if (!dragged) (this.quill.clipboard as QuireClipboard).take({ index: at, length: 0 }, event.dataTransfer);
    else if (dragged.length > 0) this.put(dragged, at, event.ctrlKey || event.altKey);
  }

  /** Does in one undo step what copying or cutting, and then pasting, would do. It moves what is in the range now: what others deleted
   * during the drag stays deleted. */
  private put(from: Range, to: number, copy: boolean): void {
    if (!copy && to >= from.index && to <= from.index + from.length) return;
    const document = this.quill.getContents();
    const out = copy ? new Delta() : cutOf(document, from);
    const left = document.compose(out);
    const index = out.transformPosition(to);
    const fragment = asPasted(left, index, fragmentAt(document, from));
    this.quill.history.cutoff();
    applyChange(this.quill, out.compose(pasteOf(left, index, fragment)), Quill.sources.USER);
    this.quill.history.cutoff();
    this.quill.setSelection(index, fragment.text.length(), Quill.sources.SILENT);
  }
}

/** Returns the dragged range after a change. What somebody inserted right before or after it is not part of it. */
function afterChange(range: Range, change: Delta): Range {
  const index = change.transformPosition(range.index);
  const end = change.transformPosition(range.index + range.length, true);
  return { index, length: Math.max(0, end - index) };
}

interface PointDocument {
  caretPositionFromPoint?: (x: number, y: number) => { offsetNode: Node; offset: number } | null;
  caretRangeFromPoint?: (x: number, y: number) => globalThis.Range | null;
}

/** Returns the position in the text at a point of the window, or null if there is none. */
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
