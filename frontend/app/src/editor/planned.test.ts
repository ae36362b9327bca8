import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createQuill } from './editor';
import { editOf, formatsAt, type Planned, planOf, wasDone } from './planned';
import { typist } from './typist';

afterEach(() => document.body.replaceChildren());

function editor(contents: Delta): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(contents);
  return quill;
}

/** What a browser says of an input in the first text of the page, or the one at `index`. */
function said(quill: Quill, inputType: string, [from, to]: [number, number], data: string | null = null, index = 1) {
  const node = quill.getLeaf(index)[0]?.domNode as Text;
  const target = { startContainer: node, startOffset: from, endContainer: node, endOffset: to, collapsed: from === to };
  const event = Object.assign(new InputEvent('beforeinput', { inputType, data }), { getTargetRanges: () => [target] });
  const planned = planOf(quill, event as never) as Planned;
  return { node, planned };
}

/** Whether what a browser then did is taken for it. */
function counts(quill: Quill, { node, planned }: ReturnType<typeof said>, after: string, other?: Node): boolean {
  if (!('native' in planned)) throw new Error('the browser was not to do it');
  const record = { type: 'characterData', target: node } as unknown as MutationRecord;
  const more = other ? [{ type: 'childList', target: other } as unknown as MutationRecord] : [];
  const before = node.data;
  node.data = after;
  const done = wasDone(planned, [record, ...more]);
  node.data = before;
  quill.scroll.update();
  return done;
}

test('what the browser did counts when it is what was said, and nothing else', () => {
  const quill = editor(new Delta().insert('words\n'));
  const typed = said(quill, 'insertText', [2, 2], 'X');
  expect(counts(quill, typed, 'woXrds')).toBe(true);
  expect(counts(quill, typed, 'woYrds')).toBe(false);
  expect(counts(quill, typed, 'woXr')).toBe(false);
  expect(counts(quill, typed, 'woXrds', quill.root)).toBe(false);
  expect(editOf(quill, typed.planned)).toEqual({ index: 2, length: 0, text: 'X' });
});

test('what is typed over words counts when it stands in their place, and all of it', () => {
  const quill = editor(new Delta().insert('one\nwords\n'));
  const over = said(quill, 'insertText', [1, 3], 'X', 5);
  expect(counts(quill, over, 'wXds')).toBe(true);
  expect(counts(quill, over, 'wds')).toBe(false);
  expect(counts(quill, over, 'wrds')).toBe(false);
  expect(editOf(quill, over.planned)).toEqual({ index: 5, length: 2, text: 'X' });
  const deleted = said(editor(new Delta().insert('aXa\n')), 'deleteContentBackward', [1, 2]);
  expect(counts(quill, deleted, 'a')).toBe(false);
});

test('the browser does nothing that it might do otherwise: lines, whole texts, or in a text that is not as the model says', () => {
  const quill = editor(new Delta().insert('words\n'));
  expect(said(quill, 'insertText', [2, 2], 'a\nb').planned).toEqual({ edit: { index: 2, length: 0, text: 'a\nb' } });
  expect(said(quill, 'deleteContentBackward', [0, 5]).planned).toEqual({ edit: { index: 0, length: 5, text: '' } });
  expect(said(quill, 'deleteContentBackward', [2, 2]).planned).toBeNull();
  const text = quill.getLeaf(1)[0]?.domNode as Text;
  text.data = 'other words';
  expect(said(quill, 'insertText', [2, 2], 'X').planned).toHaveProperty('edit');
});

test('of a letter with its marks a browser may delete the last mark only', () => {
  const quill = editor(new Delta().insert('ae\u0301\u0323z\n'));
  const deleted = said(quill, 'deleteContentBackward', [1, 4]);
  expect(counts(quill, deleted, 'az')).toBe(true);
  expect(counts(quill, deleted, 'ae\u0301z')).toBe(true);
  expect(counts(quill, deleted, 'ae\u0301\u0323z')).toBe(false);
  expect(counts(quill, deleted, 'a\u0323z')).toBe(true);
  expect(counts(quill, deleted, 'a')).toBe(false);
  expect(counts(quill, deleted, 'e\u0301\u0323z')).toBe(false);
});

test('to the end of a line is not into the next, except from that end', () => {
  const quill = editor(new Delta().insert('words').insert('of', { bold: true }).insert('many').insert('\n\nlines\n'));
  const [last, bold] = [quill.getLeaf(9)[0]?.domNode as Text, quill.getLeaf(6)[0]?.domNode as Text];
  const next = quill.getLine(12)[0]?.domNode as Node; // where Chromium says that a line ends
  const plan = (inputType: string, startContainer: Text, startOffset: number) => {
    const target = { startContainer, startOffset, endContainer: next, endOffset: 0, collapsed: false };
    const event = Object.assign(new InputEvent('beforeinput', { inputType }), { getTargetRanges: () => [target] });
    return planOf(quill, event as never);
  };
  for (const kind of ['deleteSoftLineForward', 'deleteHardLineForward']) {
    // The browser does what it can, and remembers what it deleted.
    expect(plan(kind, last, 2)).toEqual({ native: { node: last, from: 2, to: 4, text: '', before: 'many' } });
    expect(plan(kind, last, 0)).toEqual({ edit: { index: 7, length: 4, text: '' } });
    expect(plan(kind, bold, 1)).toEqual({ edit: { index: 6, length: 5, text: '' } });
    expect(plan(kind, last, 4)).toEqual({ edit: { index: 11, length: 1, text: '' } });
  }
  expect(plan('deleteContentForward', last, 4)).toEqual({ edit: { index: 11, length: 1, text: '' } });
});

test('behind a link one goes on without it, within it with it', () => {
  const quill = editor(new Delta().insert('link', { link: 'https://example.org', bold: true }).insert(' on\n'));
  expect(formatsAt(quill, 4, 0)).toEqual({ bold: true });
  expect(formatsAt(quill, 2, 0)).toEqual({ bold: true, link: 'https://example.org' });
});

test('a letter within a text is left to the browser, which looks at its spelling', () => {
  const quill = editor(new Delta().insert('words\nof many\nlines\n'));
  const { type } = typist(quill);
  quill.setSelection(5, 0, Quill.sources.USER);
  const written = vi.spyOn(quill, 'updateContents');
  type('abc');
  expect(written).not.toHaveBeenCalled();
  expect(quill.getText()).toBe('wordsabc\nof many\nlines\n');
});
