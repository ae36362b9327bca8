import Quill, { Delta } from 'quill/core';
import { afterEach, describe, expect, test } from 'vitest';
import type { QuireClipboard } from './clipboard';
import { sameDocument } from './drift';
import { createQuill } from './editor';
import { insertText } from './large-paste';

afterEach(() => document.body.replaceChildren());

function open(contents: Delta): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(contents, Quill.sources.API);
  const clipboard = quill.clipboard as QuireClipboard;
  clipboard.options.insert = (range, text, line) => insertText(quill, range, text, () => {}, line);
  return quill;
}

/** The clipboard between two events. */
function createClipboard() {
  const held = new Map<string, string>();
  const data = {
    files: [],
    getData: (type: string) => held.get(type) ?? '',
    setData: (type: string, text: string) => void held.set(type, text),
  };
  return {
    /** Only what other programs read. */
    foreign: () => void held.delete('application/x-quire-delta+json'),
    tell(quill: Quill, type: 'copy' | 'cut' | 'paste') {
      quill.root.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { clipboardData: data }));
    },
  };
}

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
