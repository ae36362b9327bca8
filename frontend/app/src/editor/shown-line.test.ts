import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test } from 'vitest';
import { createQuill } from './editor';
import { shownLine, spliceOf } from './shown-line';

afterEach(() => document.body.replaceChildren());

function editor(contents: Delta): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(contents);
  return quill;
}

test('a line’s text and places are the model’s, whatever others wrapped', () => {
  const picture = { image: 'https://example.org/a.png' };
  const quill = editor(new Delta().insert('one ').insert('two', { bold: true }).insert(picture).insert(' three\n'));
  const line = quill.getLine(0)[0]?.domNode as HTMLElement;
  expect(shownLine(quill, line).text).toBe('one two\ufffc three');
  for (let index = 0; index <= 14; index++) {
    const [leaf, offset] = quill.getLeaf(index);
    const [node, at] = leaf?.position(offset, true) ?? [];
    expect(shownLine(quill, line, { node: node as Node, offset: at as number }).place, `at ${index}`).toBe(index);
  }
  const text = line.firstChild as Text;
  const mark = document.createElement('mark');
  text.replaceWith(mark);
  mark.append(text);
  expect(shownLine(quill, line, { node: text, offset: 3 })).toEqual({ text: 'one two\ufffc three', place: 3 });
});

test('a line’s text has no marks of the editor’s own, and every point of the page in it has its place', () => {
  const picture = { image: 'https://example.org/a.png' };
  const quill = editor(
    new Delta().insert('one').insert('\n', { list: 'bullet' }).insert('\na').insert(picture).insert('b\n'),
  );
  const [item, empty, last] = quill.getLines().map((line) => line.domNode as HTMLElement) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const mark = item.querySelector('.ql-ui') as HTMLElement;
  mark.textContent = '•';
  expect(shownLine(quill, item).text).toBe('one');
  expect(shownLine(quill, empty).text).toBe('');
  const at = (node: Node, offset: number) => shownLine(quill, last, { node, offset }).place;
  const image = last.querySelector('img') as Node;
  expect([at(last, 0), at(last, 1), at(image, 0), at(image, 1), at(last, 3)]).toEqual([0, 1, 1, 2, 3]);
  quill.setSelection(6, 0, Quill.sources.USER);
  quill.format('bold', true, Quill.sources.USER); // Quill puts a mark where the next letter goes
  const cursor = last.querySelector('.ql-cursor')?.firstChild as Text;
  expect(cursor.data).toBe('\ufeff');
  expect(shownLine(quill, last, { node: cursor, offset: 1 })).toEqual({ text: 'a\ufffcb', place: 1 });
});

test('one replacement is found where the caret says, and makes one text of the other', () => {
  expect(spliceOf('aaa', 'aaaa', 2)).toEqual({ from: 1, to: 1, text: 'a' });
  expect(spliceOf('aaa', 'aa', 1)).toEqual({ from: 1, to: 2, text: '' });
  expect(spliceOf('same', 'same', 2)).toBeNull();
  const words = ['', 'a', 'aa', 'ab', 'aba', 'bab', 'abab'];
  for (const before of words)
    for (const after of words)
      for (let caret = 0; caret <= after.length; caret++) {
        const { from, to, text } = spliceOf(before, after, caret) ?? { from: 0, to: 0, text: '' };
        expect(before.slice(0, from) + text + before.slice(to), `${before} to ${after} at ${caret}`).toBe(after);
      }
});

test('an empty value is never a format', () => {
  const quill = editor(new Delta().insert('words\n'));
  const line = quill.getLine(0)[0]?.domNode as HTMLElement;
  line.style.color = 'red';
  quill.insertText(2, '\n', Quill.sources.USER);
  expect(quill.getContents().ops).toEqual([{ insert: 'wo\nrds\n' }]);
});
