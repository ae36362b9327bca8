import type { Person, QuireDocument } from '@quire/client';
import Quill from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { toast } from '../ui/toasts';
import { countWords } from '../words';
import { Binding } from './binding';
import { dropEmptyFormats } from './blots/attributes';
import { RESTORED } from './blots/guarded-scroll';
import { describeBoxes } from './blots/list-item';
import { Carets } from './carets';
import { QuireClipboard } from './clipboard';
import { type Commands, createCommands, type Formats, linkAt } from './commands';
import { sameDocument } from './drift';
import { QuireUploader } from './drop';
import { historyOf, QuireHistory } from './history';
import { Input } from './input';
import { insertText, type PasteProgress } from './large-paste';
import { makeLinear } from './linear';
import { markRange } from './marked';
import { createRegistry } from './registry';
import { Returning } from './returning';
import { guardDiff } from './safe-diff';
import { listenForKeys, type PageActions, shortcutsFor } from './shortcuts';
import { applyRules } from './typing';
import { keepUnknown } from './unknown';
import { WordSum } from './word-sum';

/** The part of the editor's state that React draws. It is a new object exactly when something in it changed. Most keys change nothing
 * in it, because the caret's position is not part of it: see `range`. */
export interface EditorSnapshot {
  /** Formats at the selection. */
  formats: Formats;
  focused: boolean;
  canUndo: boolean;
  canRedo: boolean;
  paste: PasteProgress | null;
  /** How far a long text, or a long change of others, is shown; null: completely. */
  showing: { opening: boolean; percent: number } | null;
}

/** The part that is about writing. */
export type Writing = Pick<EditorSnapshot, 'formats' | 'focused' | 'canUndo' | 'canRedo'>;

/** What a test learns by dispatching `quire:inspect` on the editor's element, which has `data-testid="editor"`. `detail` of the event
 * is filled in before dispatchEvent returns. */
export interface Inspection {
  shown: unknown[];
  document: unknown[];
  revision: number;
  same: boolean;
  settled: boolean;
}

export type Editor = ReturnType<typeof createEditor>;

/** Registers our modules with Quill, once per page. */
function registerModules(): void {
  Quill.register(
    {
      'modules/clipboard': QuireClipboard,
      'modules/history': QuireHistory,
      'modules/uploader': QuireUploader,
      'modules/cursors': QuillCursors,
    } as never,
    true,
  );
  dropEmptyFormats();
}
registerModules();

/** Makes an editor of a document in `host`. `destroy` ends it; the document stays open. */
export function createEditor(host: HTMLElement, document: QuireDocument, page: PageActions) {
  const quill = createQuill(host);
  const commands = createCommands(quill);
  const sum = new WordSum(quill, countWords);
  const listeners = new Set<() => void>();
  let range: { index: number; length: number } | null = null;
  let snapshot: EditorSnapshot = {
    formats: {},
    focused: false,
    canUndo: false,
    canRedo: false,
    paste: null,
    showing: null,
  };
  let queued = false;
  let opening = true;

  const set = (change: Partial<EditorSnapshot>) => {
    if (sameFields({ ...snapshot, ...change }, snapshot)) return;
    snapshot = { ...snapshot, ...change };
    for (const listener of listeners) listener();
  };
  /** Refreshes the snapshot once per turn: a keystroke changes text, selection and history. */
  const refresh = () => {
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      range = quill.selection.lastRange ?? range;
      const focused = quill.hasFocus();
      const now = range && !quill.composition.isComposing ? quill.getFormat(within(quill, range)) : snapshot.formats;
      const formats = sameFields(now, snapshot.formats) ? snapshot.formats : now;
      const { canUndo, canRedo } = historyOf(quill);
      set({ formats, focused, canUndo, canRedo });
      if (range && focused) document.setSelection({ index: range.index, length: range.length });
    });
  };

  const clipboard = quill.clipboard as QuireClipboard;
  clipboard.options.insert = (range, text, line) => insertText(quill, range, text, (paste) => set({ paste }), line);
  clipboard.options.onLeftOut = (what) =>
    toast(
      what === 'files'
        ? 'Files can’t be put into documents yet. A picture on the web can: copy it from its page.'
        : 'Pictures that are files were left out; they can’t be put into documents yet.',
    );

  clipboard.options.onTables = () =>
    toast('Tables can’t be kept yet: each row became a line, its cells parted by tabs.');

  const returning = new Returning(quill, document.id, () => range?.index ?? 0);
  const binding = new Binding(quill, document, {
    onChange: refresh,
    onShown: () => {
      opening = false;
      returning.shown();
    },
    onProgress: (percent) => set({ showing: percent === null ? null : { opening, percent } }),
    onHealed: () => toast('This page had drifted from the server and was put right. Nothing you wrote was lost.'),
  });
  const input = new Input(quill, (done) => applyRules(quill, done));
  const carets = new Carets(quill, document);
  quill.on('editor-change', refresh);
  const stopKeys = listenForKeys(quill.root, shortcutsFor(commands, page));

  const onInspect = (event: Event) => {
    const contents = document.getSnapshot().loaded ? document.contents() : null;
    const inspection: Inspection = {
      shown: quill.getContents().ops,
      document: contents?.ops ?? [],
      revision: document.getSnapshot().revision,
      same: contents !== null && sameDocument(quill.getContents(), contents),
      settled: binding.settled,
    };
    Object.assign((event as CustomEvent<object>).detail ?? {}, inspection);
  };
  host.addEventListener('quire:inspect', onInspect);

  return {
    commands: commands satisfies Commands,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    getSnapshot: () => snapshot,
    /** Calls back after each change of the text, whoever made it. */
    onText(listener: () => void) {
      quill.on('text-change', listener);
      return () => void quill.off('text-change', listener);
    },
    /** The last selection; kept when the focus leaves the text. */
    range: () => range,
    /** Focuses the text, with the caret where it was; the first time, where it was when this browser last showed the document. */
    focus() {
      quill.focus({ preventScroll: range === null });
      if (!range) quill.setSelection(returning.first(), 0, Quill.sources.SILENT);
    },
    enable(may: boolean) {
      if (!may) input.commit(); // so that a word being composed is parked with the rest
      // Without contenteditable, Tab would not reach the text to read and scroll it, and a focus in it would be lost.
      if (!may) quill.root.tabIndex = 0;
      quill.enable(may);
      if (may) quill.root.removeAttribute('tabindex');
      describeBoxes(quill.scroll);
      quill.root.setAttribute('aria-readonly', String(!may));
    },
    hideCarets: (hidden: boolean) => carets.hide(hidden),
    nameCarets: (nameOf: (person: Person) => string) => carets.name(nameOf),
    /** Scrolls to somebody's caret and shows their name. Returns false if they have none. */
    pointTo(person: string): boolean {
      const place = carets.point(person);
      const bounds = place && quill.selection.getBounds(Math.min(place.index, quill.getLength() - 1));
      if (bounds) window.scrollBy({ top: bounds.top - window.innerHeight / 3, behavior: 'smooth' });
      return bounds !== null;
    },
    text: () => quill.getText(),
    /** Counts the words of the text. Returns null while the text is not completely shown, or when there is more to count than one turn
     * may take; ask again then. */
    words: () => (binding.settled ? sum.count() : null),
    selectedText: () => (range ? quill.getText(range) : ''),
    linkAt: (index: number) => linkAt(quill, index),
    /** Puts the focus back into the text, with this selection. */
    select(at: { index: number; length: number }) {
      quill.focus({ preventScroll: true });
      quill.setSelection(at.index, at.length, Quill.sources.SILENT);
      refresh();
    },
    textOf: (at: { index: number; length: number }) => quill.getText(at),
    /** Highlights the words a dialog is about while it has the focus; null: no longer. */
    mark: (at: { index: number; length: number } | null) => markRange(quill, at),
    /** Returns where a range is on the screen. */
    bounds: (range: { index: number; length: number }) => quill.selection.getBounds(range.index, range.length),
    /** Call it before the text is removed from the page. */
    keepPlace: returning.keep,
    destroy() {
      input.commit();
      stopKeys();
      returning.release();
      host.removeEventListener('quire:inspect', onInspect);
      carets.release();
      input.release();
      binding.release();
      quill.off('editor-change', refresh);
      listeners.clear();
      host.replaceChildren();
    },
  };
}

/** Makes Quill as we use it, with our placeholder and labels. */
export function createQuill(host: HTMLElement): Quill {
  const quill = new Quill(host, {
    registry: createRegistry() as never,
    placeholder: 'Write here',
    modules: {
      // Quill's own rule for `- ` and `1. ` would run after ours (typing.ts) and delete the line's newline.
      keyboard: { bindings: { 'plain at start': plainAtStart, 'list autofill': null } },
      clipboard: {},
      uploader: {},
      // A delay would also hold back every move of a flag. The speed is that of the caret, so that both move together.
      cursors: { selectionChangeSource: null, hideDelayMs: 0, hideSpeedMs: 80 },
    },
  });
  makeLinear(quill);
  guardDiff(quill);
  keepUnknown(quill);
  const { root } = quill;
  root.setAttribute('role', 'textbox');
  root.setAttribute('aria-multiline', 'true');
  root.setAttribute('aria-label', 'Document text');
  root.setAttribute('aria-describedby', 'editor-hint');
  root.setAttribute('data-testid', 'text');
  root.setAttribute('spellcheck', 'true');
  // A browser may translate the page around the text, but reading a document must not change it.
  root.setAttribute('translate', 'no');
  root.classList.add('notranslate');
  // Before every commit React saves the selection of an editable element, for which it walks through the whole text. Nothing it draws
  // takes the focus from here, so tell it that this is not one.
  Object.defineProperty(root, 'contentEditable', { get: () => 'inherit' });
  quill.emitter.on(RESTORED, () => keepSelection(quill));
  return quill;
}

/** Sets the selection again: replacing text nodes, or removing them and putting them back, loses it. */
function keepSelection(quill: Quill): void {
  const { lastRange } = quill.selection;
  if (lastRange && quill.hasFocus() && !quill.composition.isComposing)
    quill.setSelection(lastRange.index, lastRange.length, Quill.sources.SILENT);
}

/** Backspace at the start of a heading or quotation turns it into a plain paragraph first. */
const plainAtStart = {
  key: 'Backspace',
  collapsed: true,
  offset: 0,
  format: ['header', 'blockquote'],
  handler(this: { quill: Quill }, _range: unknown, context: { format: Formats }) {
    for (const name of ['header', 'blockquote'])
      if (context.format[name]) this.quill.format(name, false, Quill.sources.USER);
    return false;
  },
};

function within(quill: Quill, range: { index: number; length: number }): { index: number; length: number } {
  const last = Math.max(0, quill.getLength() - 1);
  const index = Math.min(range.index, last);
  return { index, length: Math.min(range.length, last + 1 - index) };
}

/** Reports whether two flat objects have the same fields; lists count as the same if their values are. */
function sameFields(a: object, b: object): boolean {
  const names = Object.keys(a);
  const other = b as Record<string, unknown>;
  return (
    names.length === Object.keys(b).length &&
    Object.entries(a).every(
      ([name, value]) =>
        Object.is(value, other[name]) ||
        (Array.isArray(value) && JSON.stringify(value) === JSON.stringify(other[name])),
    )
  );
}
