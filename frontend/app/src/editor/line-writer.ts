import type { Blot, ParentBlot } from 'parchment';
import { Scope } from 'parchment';
import type Block from 'quill/blots/block';
import { bubbleFormats } from 'quill/blots/block';
import Break from 'quill/blots/break';
import type Scroll from 'quill/blots/scroll';
import type { AttributeMap } from 'quill-delta';
import { KeptEmbed } from './blots/kept';
import { firstLine, lineAfter } from './by-line';
import { sameFormats } from './line-text';

/**
 * Writes ops into the blots at a position that only moves forward. For each op Quill searches its position from the start of the
 * document and of the line, which takes quadratic time for many ops; here each op starts where the last one ended. The result is what
 * Quill would make of the same ops, once `scroll.optimize` has run.
 */
export class LineWriter {
  private readonly scroll: Scroll;
  private readonly goesOn: () => boolean;
  /** The line of the position; null: after the last line. */
  private line: Block | null;
  /** The child of the line before which the position is; null: at the end of the line. */
  private next: Blot | null = null;
  /** The line made for what is written after the last line; removed at the end if it is empty. */
  private extra: Block | null = null;
  /** `goesOn` said no. Each further call still does its first piece of work. */
  stopped = false;

  /** `goesOn` is called after each piece of work: a run, an embed or a newline inserted, deleted or formatted. */
  constructor(scroll: Scroll, goesOn: () => boolean) {
    this.scroll = scroll;
    this.goesOn = goesOn;
    this.line = firstLine(scroll.children.head);
    this.toStart();
  }

  /** The line in which the position is. */
  get at(): Block | null {
    return this.line;
  }

  /** Moves over `length` units and formats them; line formats go to newlines. Like the methods below, it may stop early, and returns how
   * many units it has handled. */
  retain(length: number, formats: AttributeMap | undefined): number {
    let rest = length;
    while (rest > 0 && this.line) {
      if (this.next) {
        const child = this.take(rest);
        rest -= child.length();
        if (!formats) continue;
        formatRun(this.line, child, formats);
      } else {
        rest--;
        const line = this.line;
        this.line = lineAfter(line);
        this.toStart();
        if (!formats) continue;
        formatLine(line, formats);
      }
      if (this.stops()) return length - rest;
    }
    return length;
  }

  delete(length: number): number {
    let rest = length;
    while (rest > 0 && this.line) {
      if (this.next) {
        const child = this.take(rest);
        rest -= child.length();
        child.remove();
      } else {
        rest--;
        if (!this.joinNext()) return length; // the last newline stays
      }
      if (this.stops()) return length - rest;
    }
    return length;
  }

  /** Inserts text. Each newline ends the line at the position, as a line of these formats. */
  text(words: string, formats: AttributeMap | undefined): number {
    for (let at = 0; at < words.length; ) {
      const newline = words.indexOf('\n', at);
      if (newline === at) this.newline(formats);
      else this.put('text', words.slice(at, newline < 0 ? undefined : newline), formats);
      at = newline === at ? at + 1 : newline < 0 ? words.length : newline;
      if (this.stops()) return at;
    }
    return words.length;
  }

  embed(content: Record<string, unknown>, formats: AttributeMap | undefined): number {
    const [kind, value] = Object.entries(content)[0] ?? [];
    if (kind !== undefined) this.put(kind, value, formats);
    this.stops();
    return 1;
  }

  private put(kind: string, value: unknown, formats: AttributeMap | undefined): void {
    const line = this.here();
    const leaf = this.scroll.create(kind, value);
    line.insertBefore(leaf, this.next);
    if (formats && !(leaf instanceof KeptEmbed)) formatRun(line, leaf, formats);
  }

  private stops(): boolean {
    if (!this.goesOn()) this.stopped = true;
    return this.stopped;
  }

  /** Ends the line at the position: what comes before it moves to a new line of these formats, what follows stays. */
  private newline(formats: AttributeMap | undefined): void {
    const line = this.here();
    if (this.isShorterBehind(line) && sameFormats(bubbleFormats(line), formats)) return this.newlineBehind(line);
    const made = this.makeLine(formats ?? {}, line);
    while (line.children.head && line.children.head !== this.next) made.appendChild(line.children.head);
  }

  /** The same the other way round, where the line already has these formats and less follows: that moves to a new line. */
  private newlineBehind(line: Block): void {
    const made = line.clone() as Block;
    line.parent.insertBefore(made, line.next);
    for (let child = this.next; child; ) {
      const { next } = child;
      made.appendChild(child);
      child = next;
    }
    this.line = made;
    if (this.extra === line) this.extra = made;
  }

  /** Reports whether fewer children are after the position than before it. */
  private isShorterBehind(line: Block): boolean {
    let front: Blot | null = line.children.head;
    let behind: Blot | null = this.next;
    while (front && behind && front !== this.next) {
      front = front.next;
      behind = behind.next;
    }
    return behind === null && front !== null && front !== this.next;
  }

  /** Removes the extra line if nothing was written into it. */
  end(): void {
    if (this.extra?.children.length === 0) this.extra.remove();
  }

  /** Returns the child at the position, split so that it has at most `length` units, and moves past it. */
  private take(length: number): Blot {
    const child = this.next as Blot;
    if (child.length() > length) child.split(length);
    this.next = child.next;
    return child;
  }

  /** Deletes the newline at the position: the contents of the line move into the next one, which keeps its formats. */
  private joinNext(): boolean {
    const line = this.line;
    const after = line && lineAfter(line);
    if (!line || !after) return false;
    if (this.isShorter(after, line) && sameFormats(bubbleFormats(line), bubbleFormats(after)))
      return this.joinBehind(line, after);
    this.line = after;
    this.toStart();
    if (line.length() > 1) line.moveChildren(after, this.next);
    line.remove();
    return true;
  }

  /** The same the other way round, where the next line is shorter and of the same formats: its contents move into this one. */
  private joinBehind(line: Block, after: Block): boolean {
    const head = after.children.head instanceof Break ? null : after.children.head;
    this.next = head;
    if (head) after.moveChildren(line);
    after.remove();
    if (this.extra === after) this.extra = null;
    return true;
  }

  /** Reports whether a line has fewer children than another, in as many steps as the shorter one has children. */
  private isShorter(one: Block, other: Block): boolean {
    let [a, b]: (Blot | null)[] = [one.children.head, other.children.head];
    while (a && b) {
      a = a.next;
      b = b.next;
    }
    return a === null && b !== null;
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

  /** Makes a line before another. Of several formats that are kinds of line, the last counts, as in Quill. */
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

  /** Returns the top-level blot that starts with a line; a list is split before the line for that. */
  private onTop(line: Block): Blot {
    let blot: Blot = line;
    while (blot.parent !== (this.scroll as unknown)) {
      if (blot.prev) (blot.parent as ParentBlot).splitAfter(blot.prev);
      blot = blot.parent as Blot;
    }
    return blot;
  }
}

/** Formats a child of a line, which may wrap or replace it. */
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
