import type Quill from 'quill/core';
import { type Edit, formatsAt } from './planned';
import { type Splice, shownLine, spliceOf } from './shown-line';

/**
 * One composition of an input method in one line. It cannot be prevented and must not be disturbed, so the page is read when it has
 * ended: only this line, and only the units that its events named.
 */
export class Composed {
  private readonly quill: Quill;
  private readonly line: Node;
  private readonly before: string;
  private readonly formats: Record<string, unknown>;
  /** The range of the text before that the events named (-1: none yet), and what they made of it. */
  private from = -1;
  private to = -1;
  private made = '';
  /** The range it replaces, if that reaches beyond the line. */
  private wide: { index: number; length: number } | null = null;

  /** Starts at the selection, while the page matches the model. Returns null without a selection. */
  static at(quill: Quill): Composed | null {
    const [range] = quill.selection.getRange();
    const [line] = range ? quill.getLine(range.index) : [null];
    return range && line ? new Composed(quill, line.domNode, formatsAt(quill, range.index, 0)) : null;
  }

  private constructor(quill: Quill, line: Node, formats: Record<string, unknown>) {
    this.quill = quill;
    this.line = line;
    this.formats = formats;
    this.before = shownLine(quill, line).text;
  }

  /** The browser is about to make a step of the composition. */
  step(event: InputEvent): void {
    const target = event.getTargetRanges?.()[0];
    if (!target) return;
    const { startContainer, startOffset, endContainer, endOffset } = target;
    const start = this.place(startContainer, startOffset);
    const end = this.place(endContainer, endOffset);
    if (this.wide || start === null || end === null) {
      this.replaceMore(target, event.data);
      return;
    }
    if (this.from < 0) this.from = this.to = start;
    const { before } = this;
    if (start < this.from) {
      this.made = before.slice(start, this.from) + this.made;
      this.from = start;
    }
    const beyond = Math.min(end - this.from - this.made.length, before.length - this.to);
    if (beyond > 0) {
      this.made += before.slice(this.to, this.to + beyond);
      this.to += beyond;
    }
    const { from, made } = this;
    this.made = made.slice(0, start - from) + (event.data ?? '') + made.slice(end - from);
  }

  /** A phone composes over a selection of several lines, which disappears from the page. */
  private replaceMore(target: StaticRange, data: string | null): void {
    const normalized = this.wide || this.from >= 0 ? null : this.quill.selection.normalizeNative(target as never);
    if (normalized) this.wide = this.quill.selection.normalizedToRange(normalized);
    if (this.wide) this.made = data ?? '';
  }

  /** Returns what changed in the line, and where the caret is. Call it before the page is put back. */
  result(): { splice: Splice | null; caret: number | null } {
    const selection = document.getSelection();
    const at = selection?.focusNode ? { node: selection.focusNode, offset: selection.focusOffset } : undefined;
    const { text: now, place: caret } = shownLine(this.quill, this.line, at);
    const { before, from, to } = this;
    if (this.wide) return { splice: null, caret: null };
    if (from < 0) return { splice: spliceOf(before, now, caret ?? now.length), caret };
    const whole =
      now.length >= from + before.length - to &&
      now.startsWith(before.slice(0, from)) &&
      now.endsWith(before.slice(to));
    const text = whole ? now.slice(from, now.length - (before.length - to)) : this.made;
    return { splice: least(before, { from, to, text }), caret: whole ? caret : null };
  }

  /** Returns the edit if it replaces more than the line, else null. */
  replacement(): Edit | null {
    return this.wide && { ...this.wide, text: this.made };
  }

  /** Returns the position of the line, or null if it is gone. Call it after the page was put back. */
  index(): number | null {
    const blot = this.quill.scroll.find(this.line);
    return blot && this.quill.root.contains(this.line) ? this.quill.getIndex(blot) : null;
  }

  /** Returns the formats for the new text: those of what it replaces or, if that is nothing, of where the composition started. */
  formatsFor(index: number, { from, to }: Splice): Record<string, unknown> {
    return to > from ? formatsAt(this.quill, index + from, to - from) : this.formats;
  }

  private place(node: Node, offset: number): number | null {
    return shownLine(this.quill, this.line, { node, offset }).place;
  }
}

/** Returns the replacement without the text that stays the same at both ends, which keeps its formats. Null if nothing is left. */
function least(before: string, { from, to, text }: Splice): Splice | null {
  let start = 0;
  while (start < Math.min(to - from, text.length) && before[from + start] === text[start]) start++;
  let end = 0;
  const most = Math.min(to - from, text.length) - start;
  while (end < most && before[to - 1 - end] === text[text.length - 1 - end]) end++;
  const splice = { from: from + start, to: to - end, text: text.slice(start, text.length - end) };
  return splice.from === splice.to && splice.text === '' ? null : splice;
}
