import type Quill from 'quill/core';
import { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { afterEach, describe, expect, test } from 'vitest';
import { applyChange, unbounded } from './apply';
import type { QuireClipboard } from './clipboard';
import { sameDocument } from './drift';
import { createQuill } from './editor';
import { insertText } from './large-paste';
import { typist } from './typist';

afterEach(() => document.body.replaceChildren());

const around = (insert: unknown, attributes?: object): Op[] => [
  { insert: 'x' },
  { insert, ...(attributes && { attributes }) } as Op,
  { insert: 'y\n' },
];
const text = (attributes: object): Op[] => [{ insert: 'x', attributes: { ...attributes } }, { insert: 'y\n' }];
const line = (attributes: object): Op[] => [
  { insert: 'x' },
  { insert: '\n', attributes: { ...attributes } },
  { insert: 'y\n' },
];

/** Names that Quill has parts of its own for, and names that objects have. */
const names =
  'block break container cursor inline scroll text list-container code-block-container kept bold list align header code-block constructor toString'.split(
    ' ',
  );

/** quill-delta takes what every object has for a format that is there: as formats these are lost on the way here. */
const formats = names.filter((name) => !(name in {}));

const documents: [string, Op[]][] = [
  ...names.map((name): [string, Op[]] => [`an embed named ${name}`, around({ [name]: 1 })]),
  ...formats.map((name): [string, Op[]] => [`a value of ${name} that text cannot have`, text({ [name]: { a: [1] } })]),
  ...formats.map((name): [string, Op[]] => [`a value of ${name} that a line cannot have`, line({ [name]: ['no'] })]),
  ['an embed of no name', around({ '': 5 })],
  ['an embed of a strange name', around({ 'a b<>"é😀': '<img src=x onerror=alert(1)>' })],
  ['an embed of two names', around({ a: 5, b: 6 })],
  ['an embed without a value', around({ poll: null })],
  ['an insert that is a number', around(5)],
  ['an insert that is a list', around(['a', 1])],
  ['an insert that is true', around(true)],
  [
    'an embed with all kinds of attributes',
    around({ poll: 1 }, { width: 5, alt: 'a', header: 1, bold: true, block: 0 }),
  ],
  ['a picture that is no address', around({ image: { src: 'q' } }, { alt: 'a' })],
  ['a picture that is a number', around({ image: 5 })],
  ['a picture with attributes it cannot have', around({ image: '/a.png' }, { width: 5, alt: 'a', float: 'left' })],
  ['dots with a value', around({ divider: { thick: 2 } })],
  ['text with attributes of pictures', text({ width: '5', alt: 'a', image: 'q', divider: true })],
  ['text with formats of lines', text({ header: 1, list: 'bullet' })],
  ['a line with formats of text', line({ bold: true, link: 'https://a.example' })],
  ['a format of lines and then of text', [...line({ mood: 1 }).slice(0, 2), ...text({ mood: 1 })]],
  ['a format of text and then of lines', [...text({ mood: 1 }).slice(0, 1), { insert: '\n', attributes: { mood: 1 } }]],
  ['a format of text and lines at once', [{ insert: 'x\ny\n', attributes: { mood: { a: 0 } } }]],
  ['formats that are nothing', [{ insert: 'x', attributes: { mood: 0, tone: false, note: '' } }, { insert: '\n' }]],
  ['a format named like one that is kept', text({ 'kept-text:mood': 1, mood: 2 })],
  ['an address that runs', text({ link: 'javascript:alert(1)' })],
  ['values of another application', text({ bold: 'yes', color: 'zzz', background: 5, script: 'mid' })],
  [
    'lines of another application',
    line({ header: 9, list: 'roman', indent: 12, align: 'middle', 'code-block': { a: 1 } }),
  ],
  ['line ends of other systems', [{ insert: 'a\r\nb\rc\n' }]],
  ['byte order marks', [{ insert: '\ufeffa\ufeffb', attributes: { bold: true } }, { insert: '\ufeff\n' }]],
  ['characters that are not seen', [{ insert: 'a\u0000b\u200b\u2028c\n' }]],
  [
    'an embed and line ends in code',
    [
      { insert: 'x' },
      { insert: { poll: 1 } } as Op,
      { insert: 'y\r' },
      { insert: '\n', attributes: { 'code-block': true } },
      { insert: 'z\n' },
    ],
  ],
  ['half a character', [{ insert: 'a\ud800b\n' }]],
];

const ways: [string, (quill: Quill, change: Delta) => void][] = [
  ['Quill', (quill, change) => quill.updateContents(change, 'api')],
  ['the writer', (quill, change) => void applyChange(quill, change, 'api', unbounded, { ops: 0, units: 0 })],
];

function create(): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  (quill.clipboard as QuireClipboard).options.insert = (range, delta, line) =>
    insertText(quill, range, delta, () => {}, line);
  return quill;
}

/** Between a copy or a cut and a paste. */
function createClipboard(quill: Quill) {
  const held = new Map<string, string>();
  const clipboardData = {
    files: [],
    getData: (type: string) => held.get(type) ?? '',
    setData: (type: string, data: string) => void held.set(type, data),
  };
  return (type: 'copy' | 'cut' | 'paste') =>
    void quill.root.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { clipboardData }));
}

describe('P4: what is in no table is shown as it is, and survives', () => {
  test.each(documents)('%s', (_what, ops) => {
    const wanted = new Delta(ops);
    for (const [by, apply] of ways) {
      const quill = create();
      const told: Delta[] = [];
      quill.on('text-change', (change: Delta, _before: Delta, source: string) => {
        if (source === 'user') told.push(change);
      });
      const expectSame = (document: Delta, when: string) =>
        expect(
          sameDocument(quill.getContents(), document),
          `${by}, ${when}: ${JSON.stringify(quill.getContents().ops)}, not ${JSON.stringify(document.ops)}`,
        ).toBe(true);

      apply(quill, wanted.concat(new Delta()));
      if (quill.getLength() > wanted.length())
        quill.updateContents(new Delta().retain(wanted.length()).delete(1), 'api');
      expectSame(wanted, 'shown');

      quill.setSelection(0, 0, 'silent');
      typist(quill).type('Q');
      quill.setSelection(quill.getLength() - 1, 0, 'silent');
      typist(quill).type('Z');
      let document = told.reduce((all, change) => all.compose(change), wanted);
      expectSame(document, 'typed around');
      expect(document.length()).toBe(wanted.length() + 2);

      const clipboard = createClipboard(quill);
      quill.setSelection(0, quill.getLength(), 'user');
      clipboard('cut');
      expect(quill.getLength()).toBe(1);
      quill.history.undo();
      expectSame(document, 'cut and undone');
      quill.history.redo();
      clipboard('paste');
      expectSame(document, 'cut and pasted');
      quill.setSelection(1, 0, 'user');
      clipboard('paste');
      quill.history.undo();
      expectSame(document, 'pasted and undone');
      expectSame(
        told.reduce((all, change) => all.compose(change), wanted),
        'told',
      );

      if (ops.some(({ attributes }) => attributes?.['code-block'] === true)) continue; // text in code has no formats here
      document = quill.getContents();
      apply(
        quill,
        new Delta()
          .retain(1)
          .insert('R')
          .retain(document.length() - 1, { tone: { a: 1 }, bold: null }),
      );
      document = document.compose(
        new Delta()
          .retain(1)
          .insert('R')
          .retain(document.length() - 1, { tone: { a: 1 }, bold: null }),
      );
      expectSame(document, 'changed by others');
    }
  });

  test('a known value takes the place of an unknown one, and the other way round', () => {
    const quill = create();
    let wanted = new Delta()
      .insert('xyz', { bold: 'yes' })
      .insert({ poll: 1 }, { bold: 'yes' })
      .insert('\n', { header: 9 });
    quill.setContents(wanted, 'api');
    for (const attributes of [
      { bold: true, header: 2 },
      { bold: 'no', header: 'big' },
      { bold: null, header: null },
    ]) {
      const change = new Delta().retain(4, { bold: attributes.bold }).retain(1, { header: attributes.header });
      quill.updateContents(change, 'api');
      wanted = wanted.compose(change);
      expect(quill.getContents().ops).toEqual(wanted.ops);
    }
  });
});
