import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test } from 'vitest';
import type { QuireClipboard } from './clipboard';
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

/** What an event carries from where it is taken to where it is put. */
function carried() {
  const held = new Map<string, string>();
  const data = {
    files: [],
    getData: (type: string) => held.get(type) ?? '',
    setData: (type: string, text: string) => void held.set(type, text),
  };
  return (quill: Quill, type: string, more = {}) => {
    const event = new Event(type, { cancelable: true });
    quill.root.dispatchEvent(Object.assign(event, { clipboardData: data, dataTransfer: data, ...more }));
  };
}

/** Drags the selection to a place; `meanwhile` happens before it is let go. */
function drag(quill: Quill, to: number, ctrlKey = false, meanwhile = () => {}): void {
  const tell = carried();
  tell(quill, 'dragstart');
  meanwhile();
  const [offsetNode, offset] = quill.selection.rangeToNative({ index: to, length: 0 } as never);
  // Of all this only a browser knows which place is under the mouse.
  Object.assign(document, { caretPositionFromPoint: () => ({ offsetNode, offset }) });
  tell(quill, 'drop', { ctrlKey });
  tell(quill, 'dragend');
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const lines = [
  {},
  {},
  { header: 1 },
  { blockquote: true },
  { list: 'bullet' },
  { list: 'checked', indent: 1 },
  { 'code-block': 'js' },
  { align: 'center' },
];
const runs = [{}, {}, { bold: true }, { link: 'https://a.example' }, { mood: 1 }];

function randomText(next: (below: number) => number): Delta {
  const text = new Delta();
  for (let line = 1 + next(5); line > 0; line--) {
    const formats = lines[next(lines.length)] as Record<string, unknown>;
    const code = formats['code-block'] !== undefined;
    for (let run = next(3); run > 0; run--) {
      if (next(6) === 0 && !code) text.insert({ image: '/a.png' }, { alt: 'a', width: '5' });
      else text.insert(['ab', 'word ', 'é'][next(3)] as string, code ? {} : runs[next(runs.length)]);
    }
    text.insert('\n', formats);
  }
  return text;
}

test('to drag is to cut, or to copy, and to paste there, and one step back (seeds 1–300)', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const next = numbers(seed);
    const text = randomText(next);
    const last = text.length() - 1;
    const index = next(last + 1);
    const length = next(last - index + 1);
    const to = next(last + 1);
    const copy = next(3) === 0;
    if (length === 0 || (!copy && to >= index && to <= index + length)) continue;
    const told = `seed ${seed}: ${JSON.stringify(text.ops)}, ${length} units at ${index} to ${to}`;

    const dragged = open(text);
    dragged.setSelection(index, length, 'silent');
    drag(dragged, to, copy);

    const pasted = open(text);
    const tell = carried();
    pasted.setSelection(index, length, 'silent');
    tell(pasted, copy ? 'copy' : 'cut');
    pasted.setSelection(to < index || copy ? to : to - length, 0, 'silent');
    tell(pasted, 'paste');

    expect(dragged.getContents().ops, told).toEqual(pasted.getContents().ops);
    dragged.history.undo();
    expect(dragged.getContents().ops, told).toEqual(text.ops);
    document.body.replaceChildren();
  }
});

test('lines keep their formats when they are dragged behind another', () => {
  const text = new Delta().insert('head').insert('\n', { header: 1 }).insert('mid').insert('\n', { blockquote: true });
  const quill = open(text.insert('end\n'));
  quill.setSelection(0, 8, 'silent');
  drag(quill, 12);
  expect(quill.getContents().ops).toEqual([
    { insert: '\n', attributes: { blockquote: true } },
    { insert: 'endhead' },
    { insert: '\n', attributes: { header: 1 } },
    { insert: 'mid' },
    { insert: '\n', attributes: { blockquote: true } },
  ]);
});

test.each([false, true])('what others take out while it is dragged does not come back (copied: %s)', (copy) => {
  const text = new Delta().insert('alpha beta gamma\ndelta\n');
  const taken: [gone: Delta, left: string][] = [
    [new Delta().retain(6).delete(5), 'alpha gamma\ndelta\n'],
    [new Delta().retain(7).delete(4), copy ? 'alpha bgamma\nbdelta\n' : 'alpha gamma\nbdelta\n'],
  ];
  for (const [gone, left] of taken) {
    const quill = open(text);
    quill.setSelection(6, 5, 'silent');
    const place = gone.transformPosition(17);
    drag(quill, place, copy, () => quill.updateContents(gone, 'api'));
    expect(quill.getText()).toBe(left);
  }
});
