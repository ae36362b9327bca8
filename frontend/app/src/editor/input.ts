import Quill, { type Delta } from 'quill/core';
import type { GuardedScroll } from './blots/guarded-scroll';

/** One input of a person: its kind, as the browser names it (`inputType`), and what it did to the text. */
export interface Done {
  kind: string;
  change: Delta;
}

/**
 * Follows what a person puts in, from the browser's word that it is about to change the text to the moment it has, and Quill
 * has read it. Whatever else changes the text (undo, others, commands, another program in the page) is no input.
 *
 * `done` is called when Quill is through: a selection set within its own events would be set back by it right after.
 */
export class Input {
  private kind: string | null = null;
  private change: Delta | null = null;
  private readonly ends: (() => void)[] = [];
  private readonly quill: Quill;
  private readonly scroll: GuardedScroll;
  private readonly done: (input: Done) => void;

  constructor(quill: Quill, done: (input: Done) => void) {
    this.quill = quill;
    this.scroll = quill.scroll as unknown as GuardedScroll;
    this.done = done;
    const onText = (change: Delta, _before: Delta, source: string) => this.changed(change, source);
    quill.on(Quill.events.TEXT_CHANGE, onText);
    this.ends.push(() => quill.off(Quill.events.TEXT_CHANGE, onText));
    this.listenForInput();
    this.listenForEnter();
    this.listenForTicks();
  }

  release(): void {
    for (const end of this.ends) end();
  }

  /** Takes what an input method has in hand as it stands: it cannot go on. */
  commit(): void {
    if (!this.quill.composition.isComposing) return;
    this.scroll.batchEnd();
    this.quill.root.blur();
  }

  /** The person is about to change the text. */
  begin(kind: string): void {
    this.scroll.settle(); // what waits is not of this input
    this.kind = kind;
    this.change = null;
  }

  /** The text in the page is changed. */
  end(): void {
    this.scroll.read();
    if (this.kind === null) return;
    const { kind, change } = this;
    this.cancel();
    if (change && !this.quill.composition.isComposing) this.done({ kind, change });
  }

  /** Nothing came of it, or somebody else dealt with it. */
  private cancel(): void {
    this.scroll.awaited = false;
    this.kind = null;
    this.change = null;
  }

  private changed(change: Delta, source: string): void {
    if (this.kind === null || source !== Quill.sources.USER) return;
    this.change = this.change ? this.change.compose(change) : change;
  }

  /**
   * First of all and last of all: what others do while they hear of the input is not the input. Quill replaces a selection
   * itself and prevents the browser from it; then there is no `input`. And there is no `beforeinput` for what the person has
   * another program type.
   */
  private listenForInput(): void {
    this.listen(window, 'beforeinput', true, (event) => this.begin((event as InputEvent).inputType));
    this.listen(window, 'beforeinput', false, (event) => {
      if (event.defaultPrevented) this.end();
      else this.expect();
    });
    this.listen(window, 'input', true, () => this.end());
  }

  /** The page is changed next, or, if there is nothing to change, never. */
  private expect(): void {
    this.scroll.settle();
    this.scroll.awaited = true;
    setTimeout(() => {
      this.scroll.awaited = false;
    });
  }

  /** Quill makes the new line of Enter itself, and there is no `beforeinput`. Phones report one, and no key. */
  private listenForEnter(): void {
    const isEnter = (event: Event) => (event as KeyboardEvent).key === 'Enter' && !(event as KeyboardEvent).isComposing;
    this.listen(this.quill.root, 'keydown', true, (event) => {
      if (isEnter(event)) this.begin('insertParagraph');
    });
    this.listen(this.quill.root, 'keydown', false, (event) => {
      if (isEnter(event) && event.defaultPrevented) this.end();
      else this.cancel();
    });
  }

  /** The box of a checklist is changed in the page by Quill. */
  private listenForTicks(): void {
    const onBox = (event: Event) => event.target instanceof Element && event.target.matches('.ql-ui');
    for (const type of ['mousedown', 'touchstart']) {
      this.listen(this.quill.root, type, true, (event) => {
        if (!onBox(event)) return;
        this.begin('tick');
        this.expect();
      });
      this.listen(this.quill.root, type, false, (event) => {
        if (onBox(event)) this.end();
      });
    }
  }

  private listen(target: EventTarget, type: string, capture: boolean, act: (event: Event) => void): void {
    const { root } = this.quill;
    const listener = (event: Event) => {
      if (event.isTrusted && event.target instanceof Node && root.contains(event.target)) act(event);
    };
    target.addEventListener(type, listener, capture);
    this.ends.push(() => target.removeEventListener(type, listener, capture));
  }
}
