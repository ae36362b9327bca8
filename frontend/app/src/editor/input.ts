import Quill, { type Delta } from 'quill/core';
import type { GuardedScroll } from './blots/guarded-scroll';
import { Composed } from './composed';
import { carryOut, editOf, type Planned, planOf, wasDone } from './planned';
import { tickByPointer } from './ticks';
import { typedFor } from './typed-for';

/** One completed input of a person: its kind, as the browser names it (`inputType`), and what it did to the text. */
export interface Done {
  kind: string;
  change: Delta;
}

/** Inputs that format text. A browser may have menus and keys for them of which the page sees only these. */
const formats: Record<string, string> = {
  formatBold: 'bold',
  formatItalic: 'italic',
  formatUnderline: 'underline',
  formatStrikeThrough: 'strike',
};

/**
 * Turns a person's inputs into edits. The input event decides what is sent (what goes where), never what changed in the page
 * meanwhile, because other programs change pages too, at the same moment. The browser itself makes those changes that stay within one
 * text node, and they count if the page then reads as expected; all others are made in the model. Any other change of the text (undo,
 * other people, commands, other programs in the page) is not an input.
 *
 * `done` is called after Quill's own events: a selection set within those would be reset right after.
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
    // Quill's handler would use the event's range as it is after other programs changed the page.
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

  /** Ends a composition with the text as it stands. */
  commit(): void {
    const { composition } = this.quill;
    if (!composition.isComposing) return;
    // The browser may not fire an event for a composition that the page ends.
    (composition as unknown as { handleCompositionEnd(event: Event): void }).handleCompositionEnd(
      new Event('compositionend'),
    );
    this.quill.root.blur();
  }

  /** An input begins; `event` describes it, if there is one. */
  begin(kind: string, event: InputEvent | null = null): void {
    this.scroll.settle(); // changes that wait are not part of this input
    this.kind = kind;
    this.change = null;
    this.planned = null;
    if (!event) return;
    if (this.quill.composition.isComposing) this.composed?.step(event);
    else if (event.cancelable !== false) this.planned = planOf(this.quill, event);
    this.expect();
  }

  /** All listeners have seen the event. Returns true if the input was made in the model; if not, the browser makes it now. */
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

  /** The input was made in the model, by us or by whoever prevented the browser's default. */
  end(): void {
    this.scroll.awaited = false;
    this.scroll.settle();
    if (this.kind === null) return;
    const { kind, change } = this;
    this.cancel();
    if (change && !this.quill.composition.isComposing) this.done({ kind, change });
  }

  /** The browser has made the input. */
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

  /** Makes an input that is a format or a new line. */
  private command(kind: string): void {
    const format = formats[kind];
    if (format) this.quill.format(format, this.quill.getFormat()[format] !== true, Quill.sources.USER);
    if (!/^insert(Paragraph|LineBreak)$/.test(kind)) return;
    const shiftKey = kind === 'insertLineBreak';
    this.quill.root.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey, cancelable: true }));
  }

  /** The input came to nothing, or something else handled it. */
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
   * Listens before and after all other listeners, because what those do on an event is not the input. There is no `beforeinput` for
   * what another program types on the person's behalf, and no `input` for what such a program only announces.
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

  /** A spelling checker asks for words to be replaced, by an event like the browser's. */
  private asked(event: InputEvent): void {
    this.scroll.settle();
    const planned = event.defaultPrevented ? null : planOf(this.quill, event);
    const edit = planned && editOf(this.quill, planned);
    if (!edit || edit.length === 0) return;
    event.preventDefault();
    carryOut(this.quill, edit);
  }

  /** Awaits the browser's change of the page, which comes in this turn or not at all. */
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

  /** A composition has ended: what it made of its words becomes an edit, and the page is put back to match the model. */
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

  /** On Enter, Quill makes the new line itself and there is no `beforeinput`. Phones fire that instead, without a key. */
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
