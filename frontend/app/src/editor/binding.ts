import { type Change, type QuireDocument, QuireError } from '@quire/client';
import Quill, { Delta } from 'quill/core';
import { keepingPlace } from './anchor';
import { applyChange } from './apply';
import { replacement, sameText } from './drift';
import { Held } from './held';
import { Progress } from './progress';
import { soon } from './soon';

/** Above so many units a change is drawn once per frame instead of once per op, which takes over 5 ms each. */
const large = 200_000;

/** So much of a change is written at a stretch, and no longer than so many ms; the rest waits for the next turn. What Quill does
 * with what was written comes on top, and is as long again at most. */
export const stretch = { most: 1_000, least: 250, ms: 12 };

/** A text of more units or ops than this is shown from its beginning on, a stretch at a time. */
const atOnce = { units: 10_000, ops: 200 };

/** After so much quiet, in ms, the editor's text is compared with the document's. */
const quiet = 5_000;

export interface BindingEvents {
  /** After every change of what is shown, whoever made it. */
  onChange?: () => void;
  /** The whole text is shown for the first time. */
  onShown?: () => void;
  /** The editor had parted from the document and shows its text again. */
  onHealed?: () => void;
  /** How far a change is that takes long to show, 0–99; null: it is shown. */
  onProgress?: (percent: number | null) => void;
}

/**
 * Joins Quill to a document: what the writer does goes out (source `user`), what comes in is shown (source `api`), and what
 * must not be shown yet is held. One binding per editor; `release` ends it.
 */
export class Binding {
  private readonly held = new Held();
  private readonly ends: (() => void)[] = [];
  /** Units of the document as far as it is shown. The editor may have one more, see {@link dropExtraNewline}. */
  private length = 0;
  /** Calls the next flush off; null: none is due. */
  private due: (() => void) | null = null;
  private readonly progress: Progress;
  /** The change that is being shown lies behind what the reader looks at. */
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
    this.told();
  }

  release(): void {
    for (const end of this.ends) end();
    this.due?.();
    clearTimeout(this.check);
  }

  /** Whether the editor shows everything that has arrived. */
  get settled(): boolean {
    return this.held.empty && !this.quill.composition.isComposing;
  }

  /** The text when the editor is new: a long one is held and shown like a change of somebody else. Its last newline comes
   * first, because Quill cannot be without. */
  private open(contents: Delta): void {
    const length = contents.length();
    if (length <= atOnce.units && contents.ops.length <= atOnce.ops) return this.load(contents);
    const last = contents.slice(length - 1);
    const newline = last.ops[0]?.insert === '\n';
    this.load(newline ? last : new Delta());
    this.held.add(newline ? contents.slice(0, length - 1) : contents);
    this.flush();
  }

  /** The text as a whole, when the server had to replace it. What could be undone no longer fits. */
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
      queueMicrotask(() => this.heal(change)); // within Quill's event, Quill would set the caret back afterwards
    }
  }

  private received({ delta }: Change): void {
    this.held.add(delta);
    if (this.due) return;
    // What arrived was read in this turn, which took its time.
    if (delta.ops.length > atOnce.ops) this.due = soon(() => this.flush());
    else if (this.quill.getLength() <= large) this.flush();
    // A hidden page gets no frames, and nobody is watching it.
    else this.later(document.hidden ? 1_000 : 16);
  }

  private later(ms: number): void {
    const timer = setTimeout(() => this.flush(), ms);
    this.due = () => clearTimeout(timer);
  }

  /** Says once that the whole text is here; later than the editor is made, so that whoever makes it knows it. */
  private told(): void {
    const { onShown } = this.events;
    if (!onShown || !this.held.empty) return;
    delete this.events.onShown;
    queueMicrotask(onShown);
  }

  private flush(): void {
    this.due?.();
    this.due = null;
    if (this.quill.composition.isComposing) return; // when it ends, this is called again
    const change = this.held.take();
    if (!change) return;
    let rest: Delta | null = null;
    const apply = () => {
      const budget = { ...stretch, end: performance.now() + stretch.ms };
      rest = applyChange(this.quill, change, Quill.sources.API, budget);
    };
    // Where a part of a change lay behind what is looked at, the rest of it does too.
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
      this.told();
    }
  }

  /** Quill cannot show a text without a last newline and adds one by itself. The server does too (E6), as an op: then the
   * editor would have both. */
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
    }, quiet);
  }

  /** Shows the document's text again, by what differs from it: a long text takes no longer than what parted, and the caret stays.
   * What the writer just typed is put where it was, as far as that place exists. */
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
