import type { Caret, Person, QuireDocument } from '@quire/client';
import type Quill from 'quill/core';
import type QuillCursors from 'quill-cursors/core';
import type Delta from 'quill-delta';
import { colourClass } from '../people';

/** How long a name is shown beside a caret that moved, ms. */
const flagStays = 2_900;

/**
 * Draws the carets and selections of others with quill-cursors, at most once per frame. Its own bookkeeping of positions is not used:
 * the document moves carets along with everybody's edits.
 */
export class Carets {
  private frame = 0;
  private readonly flags = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly shown = new Map<string, Caret>();
  /** The carets that stood where a change of others ended: most likely its author's. */
  private readonly active = new Set<string>();
  private readonly cursors: QuillCursors;
  private readonly quill: Quill;
  private readonly document: QuireDocument;
  private readonly end: () => void;
  private hidden = false;
  private nameOf = (person: Person) => person.name;

  constructor(quill: Quill, document_: QuireDocument) {
    this.quill = quill;
    this.document = document_;
    this.cursors = quill.getModule('cursors') as QuillCursors;
    const changed = (change: Delta, _old: Delta, source: string) => this.changed(change, source === 'api');
    quill.on('text-change', changed);
    const off = document_.on('carets', () => this.later());
    this.end = () => {
      off();
      quill.off('text-change', changed);
    };
    // Letters change their width when the fonts arrive.
    void document.fonts?.ready.then(() => this.cursors.update());
    this.later();
  }

  release(): void {
    this.end();
    cancelAnimationFrame(this.frame);
    for (const timer of this.flags.values()) clearTimeout(timer);
    this.cursors.destroy();
  }

  /** Hides all carets: without a connection their positions are unknown. */
  hide(hidden: boolean): void {
    if (this.hidden === hidden) return;
    this.hidden = hidden;
    this.later();
  }

  /** Sets how people are named beside their carets. */
  name(nameOf: (person: Person) => string): void {
    this.nameOf = nameOf;
    for (const id of this.shown.keys()) this.remove(id);
    this.later();
  }

  /** Shows the name beside each of a person's carets, and returns the position of the first, or null. */
  point(person: string): { index: number } | null {
    const carets = [...this.shown.values()].filter((caret) => caret.person.id === person);
    for (const caret of carets) this.flag(caret.id);
    return carets.find((caret) => caret.range)?.range ?? null;
  }

  /** Moves the drawn carets along with a change, so that {@link draw} can tell a caret that somebody moved from one that was shifted. */
  private changed(change: Delta, others: boolean): void {
    const ends = others ? endsOf(change) : null;
    for (const [id, caret] of this.shown) {
      if (!caret.range) continue;
      const index = change.transformPosition(caret.range.index);
      const length = change.transformPosition(caret.range.index + caret.range.length) - index;
      this.shown.set(id, { ...caret, range: { index, length } });
      if (ends?.has(index)) this.active.add(id);
    }
    this.later();
  }

  private later(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    const carets = this.hidden ? [] : this.document.carets();
    const present = new Set(carets.map((caret) => caret.id));
    for (const id of this.shown.keys()) if (!present.has(id)) this.remove(id);
    for (const caret of carets) this.drawOne(caret);
  }

  private drawOne(caret: Caret): void {
    const before = this.shown.get(caret.id);
    const same = before?.person.name === caret.person.name && before.person.color === caret.person.color;
    if (before && !same) this.remove(caret.id);
    if (!caret.range) {
      this.remove(caret.id);
      return;
    }
    this.cursors.createCursor(caret.id, this.nameOf(caret.person), `var(--${colourClass(caret.person.color)})`);
    const length = this.quill.getLength() - 1;
    const index = Math.min(caret.range.index, length);
    this.cursors.moveCursor(caret.id, { index, length: Math.min(caret.range.length, length - index) });
    this.shown.set(caret.id, caret);
    const moved = before?.range?.index !== caret.range.index || before.range.length !== caret.range.length;
    if (moved || this.active.delete(caret.id)) this.flag(caret.id);
  }

  private flag(id: string): void {
    clearTimeout(this.flags.get(id));
    this.cursors.toggleFlag(id, true);
    this.flags.set(
      id,
      setTimeout(() => this.cursors.toggleFlag(id, false), flagStays),
    );
  }

  private remove(id: string): void {
    clearTimeout(this.flags.get(id));
    this.flags.delete(id);
    this.cursors.removeCursor(id);
    this.shown.delete(id);
  }
}

/** Returns where the inserts and deletes of a change end, in the text after it. */
function endsOf(change: Delta): Set<number> {
  const ends = new Set<number>();
  let index = 0;
  for (const op of change.ops) {
    if (typeof op.retain === 'number') index += op.retain;
    else {
      if (op.insert !== undefined) index += typeof op.insert === 'string' ? op.insert.length : 1;
      ends.add(index);
    }
  }
  return ends;
}
