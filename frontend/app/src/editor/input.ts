import Quill, { type Delta } from 'quill/core';
import type { GuardedScroll } from './blots/guarded-scroll';
import { Composed } from './composed';
import { carryOut, editOf, type Planned, planOf, wasDone } from './planned';
import { tickByPointer } from './ticks';
import { typedFor } from './typed-for';

/** One input of a person: its kind, as the browser names it (`inputType`), and what it did to the text. */
export interface Done {
  kind: string;
  change: Delta;
}

/** Inputs that are formats; a browser may have menus and keys for them that the page does not hear of. */
const formats: Record<string, string> = {
  formatBold: 'bold',
  formatItalic: 'italic',
  formatUnderline: 'underline',
  formatStrikeThrough: 'strike',
};

/**
 * Follows what a person puts in. What is sent is decided by the event that tells of an input (what it puts where), never by
 * what changed in the page meanwhile: others change pages too, in the same moment. The browser does what stays within one
 * text, and it counts if the page then reads as it must; all else is done in the model. Whatever else changes the text (undo,
 * others, commands, another program in the page) is no input.
 *
 * `done` is called when Quill is through: a selection set within its own events would be set back by it right after.
 */
export class Input {
  private kind: string | null = null;
  private change: Delta | null = null;
  private planned: Planned | null = null;
  private composed: Composed | null = null;
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
    // Quill would replace a selection by what the event's range is after others changed the page.
    (quill.getModule('input') as { handleBeforeInput(event: Event): void }).handleBeforeInput = () => {};
    this.listenForInput();
    this.listenForComposition();
    this.listenForEnter();
    for (const type of ['mousedown', 'touchstart'])
      this.listen(quill.root, type, true, (event) => tickByPointer(quill, event));
  }

  release(): void {
    for (const end of this.ends) end();
  }

  /** Takes what an input method has in hand as it stands: it cannot go on. */
  commit(): void {
    const { composition } = this.quill;
    if (!composition.isComposing) return;
    // The browser may say nothing of the end of what is taken out of its hands.
    (composition as unknown as { handleCompositionEnd(event: Event): void }).handleCompositionEnd(
      new Event('compositionend'),
    );
    this.quill.root.blur();
  }

  /** The person is about to change the text, as an event says, if there is one. */
  begin(kind: string, event: InputEvent | null = null): void {
    this.scroll.settle(); // what waits is not of this input
    this.kind = kind;
    this.change = null;
    this.planned = null;
    if (!event) return;
    if (this.quill.composition.isComposing) this.composed?.step(event);
    else if (event.cancelable !== false) this.planned = planOf(this.quill, event);
    this.expect();
  }

  /** Everybody has heard of it. True: it is done; else the browser does it now. */
  go(): boolean {
    if (this.quill.composition.isComposing || this.kind === null) return false;
    const { planned, kind } = this;
    if (planned && 'native' in planned) return false;
    if (!planned && !formats[kind] && !/^insert(Paragraph|LineBreak)$/.test(kind)) return false;
    this.scroll.awaited = false;
    this.scroll.settle();
    if (planned) carryOut(this.quill, planned.edit);
    else this.command(kind);
    this.end();
    return true;
  }

  /** It was done in the model, by us or by who prevented the browser from it. */
  end(): void {
    this.scroll.awaited = false;
    this.scroll.settle();
    if (this.kind === null) return;
    const { kind, change } = this;
    this.cancel();
    if (change && !this.quill.composition.isComposing) this.done({ kind, change });
  }

  /** The browser has done it. */
  entered(kind: string): void {
    if (this.quill.composition.isComposing) {
      this.scroll.awaited = false;
      this.scroll.keep();
      return;
    }
    const { planned } = this;
    this.kind ??= kind;
    this.scroll.awaited = false;
    const records = this.scroll.take();
    if (planned && 'native' in planned && wasDone(planned, records)) this.scroll.follow(records);
    else if (planned) {
      this.scroll.putBack(records);
      const edit = editOf(this.quill, planned);
      if (edit) carryOut(this.quill, edit);
    } else if (records.length > 0) {
      const edit = typedFor(this.quill, kind, records);
      if (edit) carryOut(this.quill, edit);
      else this.command(kind);
    }
    this.end();
  }

  /** Inputs that are not text. */
  private command(kind: string): void {
    const format = formats[kind];
    if (format) this.quill.format(format, this.quill.getFormat()[format] !== true, Quill.sources.USER);
    if (!/^insert(Paragraph|LineBreak)$/.test(kind)) return;
    const shiftKey = kind === 'insertLineBreak';
    this.quill.root.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey, cancelable: true }));
  }

  /** Nothing came of it, or somebody else dealt with it. */
  private cancel(): void {
    this.scroll.awaited = false;
    this.kind = null;
    this.change = null;
    this.planned = null;
  }

  private changed(change: Delta, source: string): void {
    if (this.kind === null || source !== Quill.sources.USER) return;
    this.change = this.change ? this.change.compose(change) : change;
  }

  /**
   * First of all and last of all: what others do while they hear of the input is not the input. There is no `beforeinput` for
   * what the person has another program type, and no `input` for what such a program only tells of.
   */
  private listenForInput(): void {
    this.listen(window, 'beforeinput', true, (event) =>
      this.begin((event as InputEvent).inputType, event as InputEvent),
    );
    this.listen(window, 'beforeinput', false, (event) => {
      if (event.defaultPrevented) this.end();
      else if (this.go()) event.preventDefault();
    });
    this.listen(window, 'input', true, (event) => this.entered((event as InputEvent).inputType));
    this.listen(this.quill.root, 'beforeinput', false, (event) => this.asked(event as InputEvent), false);
  }

  /** A checker asks for words to be replaced, as a browser would tell of it. */
  private asked(event: InputEvent): void {
    this.scroll.settle();
    const planned = event.defaultPrevented ? null : planOf(this.quill, event);
    const edit = planned && editOf(this.quill, planned);
    if (!edit || edit.length === 0) return;
    event.preventDefault();
    carryOut(this.quill, edit);
  }

  /** The page is changed next, or, if there is nothing to change, never. */
  private expect(): void {
    this.scroll.awaited = true;
    setTimeout(() => {
      if (!this.scroll.awaited) return;
      this.cancel();
      this.scroll.settle();
    });
  }

  private listenForComposition(): void {
    const { emitter } = this.quill;
    const on = (event: string, act: () => void) => {
      emitter.on(event, act);
      this.ends.push(() => emitter.off(event, act));
    };
    on('composition-before-start', () => this.scroll.settle());
    on('composition-start', () => {
      this.composed = Composed.at(this.quill);
    });
    on('composition-before-end', () => this.compose());
  }

  /** An input method is through: what it made of its words becomes an edit, and the page is ours again. */
  private compose(): void {
    const { composed, quill } = this;
    this.composed = null;
    if (!composed) return;
    this.scroll.awaited = false;
    const { splice, caret } = composed.result();
    this.scroll.putBack(this.scroll.finish());
    const { cursor } = quill.selection;
    if (cursor.parent) {
      quill.selection.composing = false;
      cursor.restore();
    }
    const more = composed.replacement();
    if (more) carryOut(quill, more);
    const index = composed.index();
    if (more || index === null) return;
    if (splice) {
      const edit = { index: index + splice.from, length: splice.to - splice.from, text: splice.text };
      carryOut(quill, edit, composed.formatsFor(index, splice));
    }
    if (caret !== null) quill.setSelection(index + caret, 0, Quill.sources.SILENT);
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

  private listen(
    target: EventTarget,
    type: string,
    capture: boolean,
    act: (event: Event) => void,
    trusted = true,
  ): void {
    const { root } = this.quill;
    const listener = (event: Event) => {
      if (event.isTrusted === trusted && event.target instanceof Node && root.contains(event.target)) act(event);
    };
    target.addEventListener(type, listener, capture);
    this.ends.push(() => target.removeEventListener(type, listener, capture));
  }
}
