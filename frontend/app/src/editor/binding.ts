import { type Change, type QuireDocument, QuireError } from '@quire/client';
import Quill, { Delta } from 'quill/core';
import { keepingPlace } from './anchor';
import { applyChange } from './apply';
import { replacement, sameText } from './drift';
import { Held } from './held';
import { Progress } from './progress';
import { soon } from './soon';

/** In a document of more units than this, others' changes are drawn once per frame, not once per op, which takes over 5 ms each. */
const large = 200_000;

/** How much of a change is written in one turn: at most so many pieces, and not longer than so many ms. The rest waits for the next
 * turn. Quill's own work on what was written comes on top, and takes at most as long again. */
export const stretch = { most: 1_000, least: 250, ms: 12 };

/** A text of more units or ops than this is shown piece by piece from its start. */
const atOnce = { units: 10_000, ops: 200 };

/** After so long without a change, ms, the editor's text is compared with the document's. */
const checkDelay = 5_000;

export interface BindingEvents {
  /** Called after every change of what is shown, whoever made it. */
  onChange?: () => void;
  /** Called when the whole text is shown for the first time. */
  onShown?: () => void;
  /** Called when the editor had drifted from the document and shows its text again. */
  onHealed?: () => void;
  /** Called with how much of a long change is shown, in percent, 0–99; null: all of it. */
  onProgress?: (percent: number | null) => void;
}

/**
 * Binds Quill to a document: what the user writes goes out (source `user`), what others write is shown (source `api`), and what must
 * not be shown yet is held. One binding per editor; `release` ends it.
 */
export class Binding {
  private readonly held = new Held();
  private readonly ends: (() => void)[] = [];
  /** Length of what is shown of the document, in UTF-16 code units. The editor may have one more, see {@link dropExtraNewline}. */
  private length = 0;
  /** Cancels the next flush; null: none is scheduled. */
  private due: (() => void) | null = null;
  private readonly progress: Progress;
  /** The change that is being shown lies below what the user looks at. */
  private behind = false;
  private check: ReturnType<typeof setTimeout> | undefined;
  private readonly quill: Quill;
  private readonly document: QuireDocument;
  private readonly events: BindingEvents;

  constructor(quill: Quill, document: QuireDocument, events: BindingEvents = {}) {
    this.quill = quill;
    this.document = document;
    this.events = { ...events };
    this.progress = new Progress((percent) => this.events.onProgress?.(percent));
    const onText = (change: Delta, _old: Delta, source: string) => this.changed(change, source);
    const onComposed = () => queueMicrotask(() => this.flush());
    quill.on('text-change', onText);
    quill.on('composition-end', onComposed);
    this.ends.push(
      document.on('change', (change) => this.received(change)),
      document.on('load', (contents) => this.open(contents)),
      () => quill.off('text-change', onText),
      () => quill.off('composition-end', onComposed),
    );
    if (document.getSnapshot().loaded) this.open(document.contents());
    this.tellShown();
  }

  release(): void {
    for (const end of this.ends) end();
    this.due?.();
    clearTimeout(this.check);
  }

  /** True if the editor shows everything that has arrived. */
  get settled(): boolean {
    return this.held.empty && !this.quill.composition.isComposing;
  }

  /** Shows the text in a new editor. A long one is held and shown piece by piece, like a change of somebody else. Its last newline is
   * shown first, because Quill cannot be without one. */
  private open(contents: Delta): void {
    const length = contents.length();
    if (length <= atOnce.units && contents.ops.length <= atOnce.ops) return this.load(contents);
    const last = contents.slice(length - 1);
    const newline = last.ops[0]?.insert === '\n';
    this.load(newline ? last : new Delta());
    this.held.add(newline ? contents.slice(0, length - 1) : contents);
    this.flush();
  }

  /** Shows a text that replaces the present one as a whole. The undo steps no longer fit it. */
  private load(contents: Delta): void {
    this.held.clear();
    this.progress.end();
    this.behind = false;
    const range = this.quill.selection.lastRange;
    this.quill.setContents(contents, Quill.sources.API);
    this.length = contents.length();
    this.quill.history.clear();
    if (range && this.quill.hasFocus())
      this.quill.setSelection(Math.min(range.index, this.quill.getLength() - 1), 0, 'silent');
    this.events.onChange?.();
  }

  private changed(change: Delta, source: string): void {
    this.checkLater();
    if (source === Quill.sources.USER) this.send(change);
    this.events.onChange?.();
  }

  private send(change: Delta): void {
    this.length += change.changeLength();
    try {
      this.document.edit(this.held.local(change));
    } catch (error) {
      if (!(error instanceof QuireError && error.code === 'out-of-range')) throw error;
      queueMicrotask(() => this.heal(change)); // not within Quill's event: Quill would reset the caret after it
    }
  }

  private received({ delta }: Change): void {
    this.held.add(delta);
    if (this.due) return;
    // Reading a long change took this turn's time: show it in the next.
    if (delta.ops.length > atOnce.ops) this.due = soon(() => this.flush());
    else if (this.quill.getLength() <= large) this.flush();
    // A hidden page gets no frames, and nobody is watching it.
    else this.later(document.hidden ? 1_000 : 16);
  }

  private later(ms: number): void {
    const timer = setTimeout(() => this.flush(), ms);
    this.due = () => clearTimeout(timer);
  }

  /** Calls `onShown` once, when the whole text is shown. Deferred, so that the caller of the constructor has its editor by then. */
  private tellShown(): void {
    const { onShown } = this.events;
    if (!onShown || !this.held.empty) return;
    delete this.events.onShown;
    queueMicrotask(onShown);
  }

  private flush(): void {
    this.due?.();
    this.due = null;
    if (this.quill.composition.isComposing) return; // flushed again when the composition ends
    const change = this.held.take();
    if (!change) return;
    let rest: Delta | null = null;
    const apply = () => {
      const budget = { ...stretch, end: performance.now() + stretch.ms };
      rest = applyChange(this.quill, change, Quill.sources.API, budget);
    };
    // If part of a change was below what the user looks at, so is the rest.
    if (this.behind) apply();
    else this.behind = !keepingPlace(this.quill, change, apply).moved;
    this.behind &&= rest !== null;
    this.length += change.changeLength() - lengthChange(rest);
    if (rest) {
      this.held.add(rest);
      this.progress.at(rest, performance.now());
      this.due = soon(() => this.flush());
    } else {
      this.progress.end();
      this.dropExtraNewline();
      this.tellShown();
    }
  }

  /** Quill cannot show a text without a last newline and adds one. The server adds one too, as an op (E6); then the editor has both, and
   * this removes Quill's. */
  private dropExtraNewline(): void {
    const extra = this.quill.getLength() - this.length;
    if (extra <= 0) return;
    const last = this.document.contents().ops.at(-1)?.insert;
    if (typeof last !== 'string' || !last.endsWith('\n')) return;
    this.quill.updateContents(new Delta().retain(this.length).delete(extra), Quill.sources.API);
  }

  private checkLater(): void {
    clearTimeout(this.check);
    this.check = setTimeout(() => {
      if (!this.settled || !this.document.getSnapshot().loaded) return;
      if (!sameText(this.quill.getContents(), this.document.contents())) this.heal(null);
    }, checkDelay);
  }

  /** Shows the document's text again, by changing only what differs, so that the time follows the difference and the caret stays. What
   * the user just typed (`lost`) is inserted again at its old position, or as near as the document reaches. */
  private heal(lost: Delta | null): void {
    const typed = lost?.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '')).join('') ?? '';
    if (typed) {
      const wished = typeof lost?.ops[0]?.retain === 'number' ? lost.ops[0].retain : 0;
      const at = Math.max(0, Math.min(wished, this.document.contents().length() - 1));
      this.document.edit(new Delta().retain(at).insert(typed));
    }
    const contents = this.document.contents();
    const change = replacement(this.quill.getContents(), contents);
    this.held.clear();
    this.behind = false;
    this.quill.history.clear(); // what could be undone no longer fits
    this.length = contents.length() - change.changeLength();
    if (change.ops.length > 0) {
      this.held.add(change);
      this.flush();
    }
    this.events.onHealed?.();
  }
}

function lengthChange(change: Delta | null): number {
  return change?.changeLength() ?? 0;
}
