import Quill, { Delta } from 'quill/core';
import { afterEach, describe, expect, test } from 'vitest';
import { createClipboard, openWith as open } from './copying';
import { sameDocument } from './drift';

afterEach(() => document.body.replaceChildren());

const selectAll = (quill: Quill) => quill.setSelection(0, quill.getLength(), Quill.sources.USER);

const last: [string, Record<string, unknown>][] = [
  ['a plain line', {}],
  ['a heading', { header: 2 }],
  ['an item', { list: 'bullet', indent: 1 }],
  ['a ticked box', { list: 'checked' }],
  ['a quotation', { blockquote: true }],
  ['code', { 'code-block': 'js' }],
  ['an aligned line', { align: 'center' }],
];
const first = new Delta().insert('Title').insert('\n', { header: 1 }).insert('item').insert('\n', { list: 'ordered' });

describe.each(last)('a text whose last line is %s', (_what, formats) => {
  const texts = [
    first.concat(new Delta().insert('last').insert('\n', formats)),
    first.concat(new Delta().insert('\n', formats)),
    new Delta().insert('all').insert('\n', formats),
  ];

  test('is the same after cut and paste of everything, there and anywhere, and one undo takes the paste back', () => {
    for (const text of texts) {
      const clipboard = createClipboard();
      const quill = open(text);
      selectAll(quill);
      clipboard.tell(quill, 'cut');
      expect(quill.getText()).toBe('\n');
      clipboard.tell(quill, 'paste');
      expect(quill.getContents().ops).toEqual(text.ops);
      selectAll(quill);
      clipboard.tell(quill, 'paste'); // in place of itself
      expect(quill.getContents().ops).toEqual(text.ops);
      for (const place of [{}, { list: 'checked' }, { header: 3 }]) {
        const other = open(new Delta().insert('\n', place));
        other.setSelection(0, 0, Quill.sources.USER);
        clipboard.tell(other, 'paste');
        expect(other.getContents().ops).toEqual(text.ops);
        other.history.undo();
        expect(other.getContents().ops).toEqual(new Delta().insert('\n', place).ops);
      }
    }
  });

  test('pasted into and behind words, leaves them theirs', () => {
    const [text] = texts as [Delta];
    const clipboard = createClipboard();
    const quill = open(text);
    selectAll(quill);
    clipboard.tell(quill, 'copy');
    const around = new Delta().insert('before after').insert('\n', { align: 'right' });
    const within = open(around);
    within.setSelection(7, 0, Quill.sources.USER);
    clipboard.tell(within, 'paste');
    expect(within.getContents().ops.at(-1)).toEqual({ insert: '\n', attributes: { align: 'right' } });
    expect(within.getText()).toBe('before Title\nitem\nlast\nafter\n');
    const behind = open(around);
    behind.setSelection(12, 0, Quill.sources.USER);
    clipboard.tell(behind, 'paste');
    expect(behind.getText()).toBe('before afterTitle\nitem\nlast\n');
    expect(behind.getFormat(behind.getLength() - 1)).toEqual(formats);
  });
});

test.each(last)('a part of a text that ends with %s keeps every line’s format', (_what, formats) => {
  const part = first.concat(new Delta().insert('last').insert('\n', formats));
  const text = new Delta().insert('before\n').concat(part).insert('after\n');
  for (const from of [0, 3, 7, 9, 13]) {
    const clipboard = createClipboard();
    const quill = open(text);
    quill.setSelection(from, 7 + part.length() - 1 - from, Quill.sources.USER);
    clipboard.tell(quill, 'copy');
    const other = open(new Delta().insert('\n'));
    other.setSelection(0, 0, Quill.sources.USER);
    clipboard.tell(other, 'paste');
    expect(other.getContents().ops, `from ${from}`).toEqual(text.slice(from, 7 + part.length()).ops);
  }
});

const empty: [html: string, formats: Record<string, unknown>][] = [
  ['<h2><br></h2>', { header: 2 }],
  ['<ul><li></li></ul>', { list: 'bullet' }],
  ['<ol><li><br></li></ol>', { list: 'ordered' }],
  ['<blockquote><br></blockquote>', { blockquote: true }],
  ['<p style="text-align:center"><br></p>', { align: 'center' }],
];

test.each(empty)('a page of one line without words is that line wherever it is pasted: %s', (html, formats) => {
  const line = new Delta().insert('\n', formats);
  const words = { align: 'right' };
  const text = new Delta().insert('words').insert('\n', words);
  const places: [number, Delta][] = [
    [0, line.concat(text)],
    [2, new Delta().insert('wo').insert('\n', words).concat(line).insert('rds').insert('\n', words)],
    [5, text.concat(line)],
  ];
  for (const [at, expected] of places) {
    const quill = open(text);
    quill.setSelection(at, 0, Quill.sources.USER);
    createClipboard({ 'text/html': html }).tell(quill, 'paste');
    expect(quill.getContents().ops, `at ${at}`).toEqual(expected.ops);
  }
  const quill = open(new Delta().insert('\n'));
  quill.setSelection(0, 0, Quill.sources.USER);
  createClipboard({ 'text/html': html }).tell(quill, 'paste');
  expect(quill.getContents().ops).toEqual(line.ops);
});

test('the only words of a document are words where they are pasted among others', () => {
  const clipboard = createClipboard();
  const quill = open(new Delta().insert('new').insert('\n', { header: 1 }));
  selectAll(quill);
  clipboard.tell(quill, 'copy');
  const other = open(new Delta().insert('before  after\n'));
  other.setSelection(7, 0, Quill.sources.USER);
  clipboard.tell(other, 'paste');
  expect(other.getContents().ops).toEqual([{ insert: 'before new after\n' }]);
});

test.each(last.slice(0, 3))('a page whose last line is %s ends in that line', (_what, formats) => {
  const text = first.concat(new Delta().insert('last').insert('\n', formats));
  const clipboard = createClipboard();
  const quill = open(text);
  selectAll(quill);
  clipboard.tell(quill, 'copy');
  clipboard.foreign();
  const other = open(new Delta().insert('\n'));
  other.setSelection(0, 0, Quill.sources.USER);
  clipboard.tell(other, 'paste');
  expect(sameDocument(other.getContents(), text), JSON.stringify(other.getContents().ops)).toBe(true);
});

test('words of one line take the formats of the line they are pasted into', () => {
  const clipboard = createClipboard();
  const quill = open(first.concat(new Delta().insert('last\n')));
  quill.setSelection(0, 5, Quill.sources.USER);
  clipboard.tell(quill, 'copy');
  quill.setSelection(quill.getLength() - 1, 0, Quill.sources.USER);
  clipboard.tell(quill, 'paste');
  expect(quill.getContents().ops.at(-1)).toEqual({ insert: 'lastTitle\n' });
});
