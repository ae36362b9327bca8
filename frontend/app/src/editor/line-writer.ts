import type { Blot, ParentBlot } from 'parchment';
import { Scope } from 'parchment';
import Block from 'quill/blots/block';
import Break from 'quill/blots/break';
import type Scroll from 'quill/blots/scroll';
import type { AttributeMap } from 'quill-delta';

/**
 * Writes into the blots at one place that only moves forward. Quill looks for the place of each op from the start of the
 * document and of the line, which for many ops takes time that grows with their square; here each op begins where the last
 * one ended. What stands there afterwards is what Quill would make of the same ops, once `scroll.optimize` has run.
 */
export class LineWriter {
  private readonly scroll: Scroll;
  /** Null: behind the last line. */
  private line: Block | null;
  /** The child of the line in front of which the place is; null: at the line's end. */
  private next: Blot | null = null;
  /** The line made for what is written behind the last one; it goes again if nothing stays in it. */
  private extra: Block | null = null;

  constructor(scroll: Scroll) {
    this.scroll = scroll;
    this.line = firstLine(scroll.children.head);
    this.toStart();
  }

  /** Moves over `length` units and gives them formats; a newline, those of lines. */
  retain(length: number, formats: AttributeMap | undefined): void {
    let rest = length;
    while (rest > 0 && this.line) {
      for (const child of this.upTo(rest)) {
        rest -= child.length();
        if (formats) formatRun(this.line, child, formats);
      }
      if (rest === 0) return;
      rest--;
      const after = lineAfter(this.line);
      if (formats) formatLine(this.line, formats);
      this.line = after;
      this.toStart();
    }
  }

  delete(length: number): void {
    let rest = length;
    while (rest > 0 && this.line) {
      for (const child of this.upTo(rest)) {
        rest -= child.length();
        child.remove();
      }
      if (rest === 0) return;
      rest--;
      if (!this.joinNext()) return; // the last newline stays
    }
  }

  /** Puts in text without a newline, or an embed. */
  insert(content: string | Record<string, unknown>, formats: AttributeMap | undefined): void {
    const line = this.here();
    const [kind, value] = typeof content === 'string' ? ['text', content] : (Object.entries(content)[0] ?? []);
    if (kind === undefined) return;
    const leaf = this.scroll.create(kind, value);
    line.insertBefore(leaf, this.next);
    if (formats) formatRun(line, leaf, formats);
  }

  /** Ends the line at the place, as a line of these formats; what follows stays in the line as it was. */
  newline(formats: AttributeMap | undefined): void {
    const line = this.here();
    const made = this.makeLine(formats ?? {}, line);
    while (line.children.head && line.children.head !== this.next) made.appendChild(line.children.head);
  }

  end(): void {
    if (this.extra?.children.length === 0) this.extra.remove();
  }

  /** The children of the line from the place on, cut so that they are at most `length` units; the place is then after them. */
  private upTo(length: number): Blot[] {
    const children: Blot[] = [];
    let rest = length;
    while (this.next && rest > 0) {
      const child = this.next;
      if (child.length() > rest) child.split(rest);
      rest -= child.length();
      children.push(child);
      this.next = child.next;
    }
    return children;
  }

  /** Takes the newline at the place away: what is in the line goes on in the next one, which keeps its formats. */
  private joinNext(): boolean {
    const line = this.line;
    const after = line && lineAfter(line);
    if (!line || !after) return false;
    this.line = after;
    this.toStart();
    if (line.length() > 1) line.moveChildren(after, this.next);
    line.remove();
    return true;
  }

  private here(): Block {
    if (this.line) return this.line;
    this.extra = this.scroll.create('block') as Block;
    this.scroll.appendChild(this.extra);
    this.line = this.extra;
    return this.line;
  }

  private toStart(): void {
    const head = this.line?.children.head ?? null;
    this.next = head instanceof Break ? null : head;
  }

  /** A line in front of another. Of two kinds of line the last counts, as in Quill. */
  private makeLine(formats: AttributeMap, before: Block): Block {
    const isKind = (name: string) => this.scroll.query(name, Scope.BLOCK & Scope.BLOT) != null;
    const kind = Object.keys(formats).filter(isKind).at(-1);
    const made = this.scroll.create(kind ?? 'block', kind && formats[kind]) as Block;
    const container = made.statics.requiredContainer;
    if (container && before.parent instanceof container) before.parent.insertBefore(made, before);
    else this.scroll.insertBefore(made, this.onTop(before));
    for (const [name, value] of Object.entries(formats)) if (!isKind(name)) made.format(name, value);
    return made;
  }

  /** What on the top level begins with a line; a list is parted before it. */
  private onTop(line: Block): Blot {
    let blot: Blot = line;
    while (blot.parent !== (this.scroll as unknown)) {
      if (blot.prev) (blot.parent as ParentBlot).splitAfter(blot.prev);
      blot = blot.parent as Blot;
    }
    return blot;
  }
}

function firstLine(from: Blot | null): Block | null {
  let blot = from;
  while (blot && !(blot instanceof Block)) blot = (blot as ParentBlot).children.head;
  return blot;
}

function lineAfter(line: Block): Block | null {
  let blot: Blot = line;
  while (!blot.next) {
    if (blot.parent === (line.scroll as unknown)) return null;
    blot = blot.parent as Blot;
  }
  return firstLine(blot.next);
}

/** Formats for a child of a line. It may be wrapped or replaced by it. */
function formatRun(line: Block, child: Blot, formats: AttributeMap): void {
  let top = child;
  for (const [name, value] of Object.entries(formats)) {
    if (line.scroll.query(name, Scope.BLOCK) != null) continue;
    const { prev } = top;
    top.formatAt(0, top.length(), name, value);
    top = (prev ? prev.next : line.children.head) as Blot;
  }
}

function formatLine(line: Block, formats: AttributeMap): void {
  const parent = line.parent as ParentBlot;
  const { prev } = line;
  let now = line;
  for (const [name, value] of Object.entries(formats)) {
    now.format(name, value);
    now = (prev ? prev.next : parent.children.head) as Block;
  }
}
