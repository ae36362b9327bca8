import Quill from 'quill/core';
import { goTo, keepPlace, keptPlace, type Place, placeNow, placesSince } from './place';

/** A place is stored once it has not changed for this long, ms. */
const settleTime = 400;

/** Events that show that the user has begun to read or write, and must not be scrolled any more. */
const firstTouches = ['keydown', 'pointerdown', 'wheel', 'touchstart'] as const;

/**
 * Returns a user who opens a document again to where they last were in it, in this browser: the same line in the window, the caret where
 * it was. Unless they have touched the page by then, because a long text takes some moments to arrive.
 */
export class Returning {
  private readonly quill: Quill;
  private readonly document: string;
  private readonly caret: () => number;
  private readonly kept: Place | null;
  private readonly mayKeep = placesSince();
  private whole = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private touched = false;
  private readonly touch = () => {
    this.touched = true;
  };
  private readonly later = () => {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), settleTime);
  };
  /** Stores the place. Also call it before the text is removed from the page, after which it has none. */
  readonly keep = () => {
    clearTimeout(this.timer);
    if (this.whole && this.quill.root.isConnected && this.mayKeep())
      keepPlace(this.document, placeNow(this.quill, this.caret()));
  };

  constructor(quill: Quill, document: string, caret: () => number) {
    this.quill = quill;
    this.document = document;
    this.caret = caret;
    this.kept = keptPlace(document);
    for (const event of firstTouches) addEventListener(event, this.touch, { capture: true, once: true, passive: true });
  }

  /** The whole text is shown. From now on the place is stored. */
  shown(): void {
    this.whole = true;
    if (this.kept && !this.touched) {
      if (this.quill.hasFocus()) this.quill.setSelection(this.first(), 0, Quill.sources.SILENT);
      goTo(this.quill, this.kept);
    }
    addEventListener('scroll', this.later, { passive: true });
    addEventListener('pagehide', this.keep);
    this.quill.on('selection-change', this.later);
  }

  /** Returns where the caret goes when the text first gets the focus. */
  first(): number {
    return Math.min(this.kept?.caret ?? 0, this.quill.getLength() - 1);
  }

  release(): void {
    this.keep();
    for (const event of firstTouches) removeEventListener(event, this.touch, { capture: true });
    removeEventListener('scroll', this.later);
    removeEventListener('pagehide', this.keep);
    this.quill.off('selection-change', this.later);
  }
}
