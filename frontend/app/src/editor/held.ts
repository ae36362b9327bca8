import type Delta from 'quill-delta';

/**
 * Changes of others that the editor must not show yet: while an input method composes a word, Quill would take a change of
 * the text around it for something the writer typed; a very large document is redrawn once per frame, not once per op; and of
 * a change that takes long, the rest waits.
 *
 * What the writer does meanwhile was made without the held changes and is moved over them, and they over it: the same
 * transform as between server and client, the others first.
 */
export class Held {
  private changes: Delta[] = [];

  get empty(): boolean {
    return this.changes.length === 0;
  }

  add(change: Delta): void {
    this.changes.push(change);
  }

  /** A local change, made to what the editor shows. Gives it as it is on top of the held ones, which stay held. */
  local(change: Delta): Delta {
    let moved = change;
    this.changes = this.changes.map((held) => {
      const shown = moved.transform(held, false);
      moved = held.transform(moved, true);
      return shown;
    });
    return moved;
  }

  /** Everything held, as one change to what the editor shows now; nothing is held afterwards. */
  take(): Delta | null {
    const [first, ...rest] = this.changes;
    this.changes = [];
    return first ? rest.reduce((all, next) => all.compose(next), first) : null;
  }

  /** Forgets what is held: the text is about to be replaced as a whole. */
  clear(): void {
    this.changes = [];
  }
}
