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

/** What a browser says of an input in the first text of the page. */
function said(quill: Quill, inputType: string, [from, to]: [number, number], data: string | null = null) {
  const node = quill.getLeaf(1)[0]?.domNode as Text;
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

test('of a letter with its marks a browser may delete the last mark only', () => {
  const quill = editor(new Delta().insert('ae\u0301\u0323z\n'));
  const deleted = said(quill, 'deleteContentBackward', [1, 4]);
  expect(counts(quill, deleted, 'az')).toBe(true);
  expect(counts(quill, deleted, 'ae\u0301z')).toBe(true);
  expect(counts(quill, deleted, 'ae\u0301\u0323z')).toBe(false);
  expect(counts(quill, deleted, 'a')).toBe(false);
  expect(counts(quill, deleted, 'e\u0301\u0323z')).toBe(false);
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
