import type { Person, QuireDocument } from '@quire/client';
import Quill from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { toast } from '../ui/toasts';
import { countWords } from '../words';
import { Binding } from './binding';
import { dropEmptyFormats } from './blots/attributes';
import { RESTORED } from './blots/guarded-scroll';
import { tellItems } from './blots/list-item';
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

/** What is drawn of the editor's state. A new object when something of it changed, which most keys do not: the place of the
 * caret is asked for where it is needed. */
export interface EditorSnapshot {
  /** Formats at the selection. */
  formats: Formats;
  focused: boolean;
  canUndo: boolean;
  canRedo: boolean;
  paste: PasteProgress | null;
  /** A long text, or a long change of others, of which the rest is not shown yet. */
  showing: { opening: boolean; percent: number } | null;
}

/** What of it is about writing. */
export type Writing = Pick<EditorSnapshot, 'formats' | 'focused' | 'canUndo' | 'canRedo'>;

/** Asks the editor what it shows; dispatched by tests on its element, which has `data-testid="editor"`. `detail` is filled in
 * before dispatchEvent returns. */
export interface Inspection {
  shown: unknown[];
  document: unknown[];
  revision: number;
  same: boolean;
  settled: boolean;
}

export type Editor = ReturnType<typeof createEditor>;

/** Quill, once per page, with everything this module adds to it. */
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

/** An editor of a document, in `host`. `destroy` ends it; a document outlives its editors. */
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
  /** Once per turn: a keystroke changes text, selection and history. */
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
    /** The text, at the caret it had; the first time, at the one it had when this browser last showed it. */
    focus() {
      quill.focus({ preventScroll: range === null });
      if (!range) quill.setSelection(returning.first(), 0, Quill.sources.SILENT);
    },
    enable(may: boolean) {
      if (!may) input.commit(); // a word in composition is parked with the rest
      // Without contenteditable a keyboard could not come in to read and scroll, and who is in it would lose the focus.
      if (!may) quill.root.tabIndex = 0;
      quill.enable(may);
      if (may) quill.root.removeAttribute('tabindex');
      tellItems(quill.scroll);
      quill.root.setAttribute('aria-readonly', String(!may));
    },
    hideCarets: (hidden: boolean) => carets.hide(hidden),
    nameCarets: (nameOf: (person: Person) => string) => carets.name(nameOf),
    /** Shows where somebody is. False: they have no caret. */
    pointTo(person: string): boolean {
      const place = carets.point(person);
      const bounds = place && quill.selection.getBounds(Math.min(place.index, quill.getLength() - 1));
      if (bounds) window.scrollBy({ top: bounds.top - window.innerHeight / 3, behavior: 'smooth' });
      return bounds !== null;
    },
    text: () => quill.getText(),
    /** Words of the text; null: not all is shown, or there is more to count than one turn may take; ask again. */
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
    /** Shows which words a dialog is about, while the focus is in it; null: none any more. */
    mark: (at: { index: number; length: number } | null) => markRange(quill, at),
    /** Where a range is on the screen. */
    bounds: (range: { index: number; length: number }) => quill.selection.getBounds(range.index, range.length),
    /** Before the text is taken off the page. */
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

/** Quill as we use it; its texts are placeholders and labels, so that nothing of it speaks for itself. */
export function createQuill(host: HTMLElement): Quill {
  const quill = new Quill(host, {
    registry: createRegistry() as never,
    placeholder: 'Write here',
    modules: {
      // Quill's own rule for `- ` and `1. ` would run after ours (typing.ts) and delete the line's newline.
      keyboard: { bindings: { 'plain at start': plainAtStart, 'list autofill': null } },
      clipboard: {},
      uploader: {},
      // The delay would hold back every move of a flag as well, and the speed is the caret's: they move as one.
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
  // Browsers translate the page around the text; the text is nobody's to change by reading it.
  root.setAttribute('translate', 'no');
  root.classList.add('notranslate');
  // React notes the selection before all that it draws, and to say how far into a text that is it goes through the whole of it.
  // What it draws never takes the focus from here.
  Object.defineProperty(root, 'contentEditable', { get: () => 'inherit' });
  quill.emitter.on(RESTORED, () => keepSelection(quill));
  return quill;
}

/** The selection goes with a text that is replaced or taken out of the page, and does not come back with it. */
function keepSelection(quill: Quill): void {
  const { lastRange } = quill.selection;
  if (lastRange && quill.hasFocus() && !quill.composition.isComposing)
    quill.setSelection(lastRange.index, lastRange.length, Quill.sources.SILENT);
}

/** Backspace at the start of a heading or quotation makes it plain first. */
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

/** Whether two flat objects hold the same; of two lists, the same values. */
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
