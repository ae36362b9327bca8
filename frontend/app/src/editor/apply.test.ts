import Quill, { Delta } from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { applyChange } from './apply';
import { QuireClipboard } from './clipboard';
import { sameDocument, sameText } from './drift';
import { QuireUploader } from './drop';
import { createQuill } from './editor';

beforeAll(() => {
  Quill.register(
    {
      'modules/clipboard': QuireClipboard,
      'modules/uploader': QuireUploader,
      'modules/cursors': QuillCursors,
    } as never,
    true,
  );
});
afterEach(() => document.body.replaceChildren());

const base = new Delta()
  .insert('Heading')
  .insert('\n', { header: 1 })
  .insert('plain and ')
  .insert('bold', { bold: true })
  .insert('\nitem')
  .insert('\n', { list: 'bullet' })
  .insert({ divider: true })
  .insert('\n')
  .insert('code')
  .insert('\n', { 'code-block': true })
  .insert('last\n');

const texts: [string, Delta][] = [
  ['plain lines', new Delta().insert('a\nb\nc')],
  ['whole lines', new Delta().insert('a\nb\n')],
  [
    'formatted lines',
    new Delta().insert('a', { italic: true }).insert('\n', { list: 'ordered' }).insert('b').insert('\n', { header: 2 }),
  ],
  [
    'code',
    new Delta().insert('x').insert('\n', { 'code-block': 'js' }).insert('y').insert('\n', { 'code-block': 'js' }),
  ],
  ['with a divider', new Delta().insert('a\n').insert({ divider: true }).insert('b\n')],
  ['with a picture', new Delta().insert('a\n').insert({ image: '/a.png' }, { alt: 'a' }).insert('b\nc')],
  ['only newlines', new Delta().insert('\n\n\n')],
];

test.each(texts)('P4: put in as one piece anywhere, %s give the text they should', (_name, text) => {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  const heard: Delta[] = [];
  quill.on('text-change', (change: Delta) => heard.push(change));
  for (let index = 0; index < base.length(); index++) {
    quill.setContents(base, 'silent');
    heard.length = 0;
    const change = new Delta().retain(index).concat(text);
    applyChange(quill, change, 'api', Number.POSITIVE_INFINITY, { few: 0, least: 1 });
    const made = quill.getContents();
    expect(sameText(made, base.compose(change)), `at ${index}: ${JSON.stringify(made.ops)}`).toBe(true);
    const told = heard.reduce((all, one) => all.compose(one), base);
    expect(sameDocument(told, made)).toBe(true);
    // As slow as Quill does it: in what an editor cannot show (letters in bold inside code) the two must agree.
    quill.setContents(base, 'silent');
    quill.updateContents(change, 'silent');
    expect(sameDocument(quill.getContents(), made), `at ${index}: ${JSON.stringify(made.ops)}`).toBe(true);
  }
});

/** A line of so many runs, every other one bold. */
function line(runs: number): Delta {
  const text = new Delta();
  for (let i = 0; i < runs; i++) text.insert('word ', i % 2 ? {} : { bold: true });
  return text;
}

test('P4: what takes long is done by parts, and each part leaves a change that fits what is shown', () => {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  quill.setContents(base, 'silent');
  const change = new Delta().retain(2).delete(3).retain(2, { italic: true }).concat(line(300)).insert('\n').retain(6);
  let parts = 0;
  let shown = quill.getContents();
  quill.on('text-change', (part: Delta) => {
    shown = shown.compose(part);
    parts++;
  });
  const wanted = base.compose(change);
  for (let rest: Delta | null = change; rest; ) {
    rest = applyChange(quill, rest, 'api', performance.now(), { few: 0, least: 1 });
    expect(sameDocument(rest ? quill.getContents().compose(rest) : quill.getContents(), wanted)).toBe(true);
    if (parts > 8) rest = rest && applyChange(quill, rest, 'api');
  }
  expect(parts).toBe(10);
  expect(sameDocument(shown, wanted)).toBe(true);
});
