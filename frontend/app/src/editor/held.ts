import type Delta from 'quill-delta';

/**
 * Changes of others that the editor must not show yet. While an input method composes a word, Quill would take a change of the text
 * around it for typing; a very large document is redrawn once per frame, not once per op; and the rest of a long change waits.
 *
 * What the user types meanwhile was made without the held changes, so it is transformed over them, and they over it. As between
 * server and client, the others' changes come first.
 */
export class Held {
  private changes: Delta[] = [];

  get empty(): boolean {
    return this.changes.length === 0;
  }

  add(change: Delta): void {
    this.changes.push(change);
  }

  /** Takes in a local change of what the editor shows. Returns it transformed over the held changes, which stay held. */
  local(change: Delta): Delta {
    let moved = change;
    this.changes = this.changes.map((held) => {
      const shown = moved.transform(held, false);
      moved = held.transform(moved, true);
      return shown;
    });
    return moved;
  }

  /** Returns everything held as one change of what the editor shows now, or null. Nothing is held afterwards. */
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
