import { EmbedBlot } from 'parchment';
import Cursor from 'quill/blots/cursor';
import type Quill from 'quill/core';

/** The character for an embed, which is one unit. */
const embed = '\ufffc';

/**
 * Returns the text of a line as the page shows it, unit for unit as in the model; wrappers that other programs put around words do not
 * matter. `place` is the position of the point `at` in it, or null if the point is not in the line.
 */
export function shownLine(quill: Quill, line: Node, at?: { node: Node; offset: number }) {
  const reader = new Reader(quill, at);
  reader.read(line);
  return { text: reader.text, place: reader.place };
}

class Reader {
  text = '';
  place: number | null = null;
  private readonly quill: Quill;
  private readonly at: { node: Node; offset: number } | undefined;

  constructor(quill: Quill, at: { node: Node; offset: number } | undefined) {
    this.quill = quill;
    this.at = at;
  }

  read(node: Node): void {
    if (node instanceof Text) return this.take(node, node.data);
    if (!(node instanceof Element) || node.matches('.ql-ui')) return;
    const blot = this.quill.scroll.find(node);
    if (blot instanceof Cursor) return this.cursor(node);
    if (blot instanceof EmbedBlot && !(node instanceof HTMLBRElement)) return this.embed(node);
    node.childNodes.forEach((child, index) => {
      this.meet(node, index);
      this.read(child);
    });
    this.meet(node, node.childNodes.length);
  }

  private meet(node: Node, offset: number): void {
    if (this.at?.node === node && this.at.offset === offset) this.place = this.text.length;
  }

  private take(node: Text, data: string): void {
    if (this.at?.node === node) this.place = this.text.length + Math.min(this.at.offset, data.length);
    this.text += data;
  }

  /** Quill's cursor blot, which holds a format before any text is typed, contains a zero-width character that is not text. */
  private cursor(element: Element): void {
    const text = element.textContent ?? '';
    const { at } = this;
    if (at && element.contains(at.node)) {
      const before = at.node instanceof Text ? at.node.data.slice(0, at.offset) : text;
      this.place = this.text.length + before.replaceAll(Cursor.CONTENTS, '').length;
    }
    this.text += text.replaceAll(Cursor.CONTENTS, '');
  }

  private embed(element: Element): void {
    if (this.at && element.contains(this.at.node)) this.place = this.text.length + (this.at.offset > 0 ? 1 : 0);
    this.text += embed;
  }
}

/** One replacement within a line: `text` replaced the units from `from` to `to`. */
export interface Splice {
  from: number;
  to: number;
  text: string;
}

/** Returns the one replacement that turned a text into another, assuming that the caret is after it, or null if they are the same. */
export function spliceOf(before: string, after: string, caret: number): Splice | null {
  if (before === after) return null;
  const least = Math.min(before.length, after.length);
  let behind = 0;
  while (behind < Math.min(least, after.length - caret) && before.at(-1 - behind) === after.at(-1 - behind)) behind++;
  let ahead = 0;
  while (ahead < least - behind && before[ahead] === after[ahead]) ahead++;
  return { from: ahead, to: before.length - behind, text: after.slice(ahead, after.length - behind) };
}
