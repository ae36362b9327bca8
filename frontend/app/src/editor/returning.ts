import Quill from 'quill/core';
import { goTo, keepPlace, keptPlace, type Place, placeNow, placesSince } from './place';

/** A place is kept when it has not changed for so long, in ms. */
const rest = 400;

/** What tells that somebody has begun to read or write, and must not be moved any more. */
const begun = ['keydown', 'pointerdown', 'wheel', 'touchstart'] as const;

/**
 * Opening a document again returns to where one was in it, in this browser: the same line in the window, the caret where it
 * stood. Not once somebody has touched the page: a long text arrives over some moments.
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
    this.timer = setTimeout(() => this.keep(), rest);
  };
  /** Also to be called before the text is taken off the page, where it stands nowhere any more. */
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
    for (const event of begun) addEventListener(event, this.touch, { capture: true, once: true, passive: true });
  }

  /** The text is here as a whole. From now on the place is kept. */
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

  /** Where the caret goes when the text is first given the focus. */
  first(): number {
    return Math.min(this.kept?.caret ?? 0, this.quill.getLength() - 1);
  }

  release(): void {
    this.keep();
    for (const event of begun) removeEventListener(event, this.touch, { capture: true });
    removeEventListener('scroll', this.later);
    removeEventListener('pagehide', this.keep);
    this.quill.off('selection-change', this.later);
  }
}
