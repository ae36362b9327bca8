import Quill, { Delta } from 'quill/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createQuill } from './editor';
import { historyOf } from './history';
import { typist } from './typist';

let quill: Quill;
let type: (words: string) => void;

function open(text: Delta): void {
  const host = document.createElement('div');
  document.body.append(host);
  quill = createQuill(host);
  quill.setContents(text, Quill.sources.API);
  historyOf(quill).clear();
  type = typist(quill).type;
  quill.setSelection(0, 0, Quill.sources.USER);
}

afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const pause = () => vi.setSystemTime(Date.now() + 1_000);

test('a list begun before a colleague’s words, undone twice and redone twice, leaves the words', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  open(new Delta().insert('Ben’s own words.\n'));
  type('-');
  pause();
  type(' ');
  expect(quill.getContents().ops).toEqual([
    { insert: 'Ben’s own words.' },
    { insert: '\n', attributes: { list: 'bullet' } },
  ]);
  historyOf(quill).undo();
  expect(quill.getText()).toBe('- Ben’s own words.\n');
  historyOf(quill).undo();
  expect(quill.getText()).toBe('-Ben’s own words.\n');
  historyOf(quill).redo();
  expect(quill.getText()).toBe('- Ben’s own words.\n');
  historyOf(quill).redo();
  expect(quill.getContents().ops).toEqual([
    { insert: 'Ben’s own words.' },
    { insert: '\n', attributes: { list: 'bullet' } },
  ]);
});

/** Numbers from a seed, so that what failed once fails again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const marks = [
  '- ',
  '# ',
  '1. ',
  '[] ',
  '> ',
  '``` ',
  '---',
  '**a b**',
  '_c_',
  '~~d~~',
  '`e`',
  '```\n',
  'word',
  ' ',
  '\n',
];

/** Units of others are of a script the writer does not use, and no two are alike. */
const theirs = (text: string) => text.replace(/[^\u4e00-\u9fff]/g, '');

const first = Number(process.env.QUIRE_SEED ?? 1);
const last = first + (process.env.QUIRE_LONG ? 400 : 10) - 1;

/** So many take minutes. */
const timeout = process.env.QUIRE_LONG ? 3_600_000 : undefined;

test(
  `undo and redo leave what others wrote, whatever is typed, with rules, and meanwhile (seeds ${first}–${last})`,
  () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (let seed = first; seed <= last; seed++) {
      const next = numbers(seed);
      let count = 0;
      const units = () => Array.from({ length: 1 + next(3) }, () => String.fromCharCode(0x4e00 + count++)).join('');
      open(new Delta().insert(`${units()}\n${units()}\n`));
      const log: string[] = [];
      const check = () => expect(theirs(quill.getText()), `seed ${seed}: ${log.join('; ')}`).toBe(kept);
      let kept = theirs(quill.getText());
      const write = () => {
        if (next(2) === 0) quill.setSelection(next(quill.getLength()), 0, Quill.sources.USER);
        const words = marks[next(marks.length)] as string;
        log.push(`type ${JSON.stringify(words)} at ${quill.getSelection()?.index}`);
        for (const key of words) {
          type(key);
          if (next(2) === 0) pause();
        }
        check();
      };
      const replay = (way: 'undo' | 'redo') => {
        for (let times = 1 + next(4); times > 0; times--) {
          log.push(way);
          historyOf(quill)[way]();
          check();
        }
      };
      const others = () => {
        const at = next(quill.getLength());
        log.push(`others at ${at}`);
        quill.updateContents(new Delta().retain(at).insert(units()), Quill.sources.API);
        kept = theirs(quill.getText());
      };
      for (let step = 0; step < 12; step++) {
        write();
        if (next(3) === 0) others();
        replay('undo');
        if (next(3) === 0) others();
        replay('redo');
      }
      document.body.replaceChildren();
    }
  },
  timeout,
);
