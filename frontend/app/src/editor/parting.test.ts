import Quill, { Delta } from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { applyChange, unbounded } from './apply';
import { linesOf, textOf } from './by-line';
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

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const inline = [
  {},
  {},
  { bold: true },
  { code: true },
  { link: 'https://a.example' },
  { color: '#f00' },
  { script: 'super' },
];
const block = [
  {},
  {},
  { header: 1 },
  { list: 'bullet' },
  { list: 'checked', indent: 2 },
  { blockquote: true },
  { 'code-block': true },
  { 'code-block': 'js' },
  { align: 'center' },
  { header: 2, list: 'ordered' }, // no editor writes this, another application may
  { 'code-block': true, bold: true },
];
const off = { bold: null, header: null, list: null, 'code-block': null, blockquote: null };

type Numbers = (below: number) => number;
const pick = <T>(from: readonly T[], next: Numbers): T => from[next(from.length)] as T;

function randomInsert(delta: Delta, next: Numbers): void {
  const kind = next(8);
  if (kind === 0) delta.insert({ divider: true }, pick(inline, next));
  else if (kind === 1) delta.insert(pick([{ image: '/a.png' }, { poll: 1 }, 5 as never], next), { alt: 'a' });
  else if (kind < 4) delta.insert('\n', pick(block, next));
  else
    delta.insert(pick(['a', 'word', 'x y', 'é😀', 'a\nb', '\n\n', '\t', 'a\r\nb', '\ufeff'], next), pick(inline, next));
}

function randomChange(length: number, next: Numbers): Delta {
  const change = new Delta();
  let at = 0;
  while (at < length - 1 && next(4) > 0) {
    const keep = next(Math.min(6, length - 1 - at) + 1);
    const formats = next(3) === 0 ? pick([...inline, ...block, off], next) : {};
    change.retain(keep, Object.keys(formats).length > 0 ? formats : undefined);
    at += keep;
    if (next(2) === 0) randomInsert(change, next);
    else if (at < length - 1) {
      const gone = 1 + next(Math.min(5, length - 1 - at));
      change.delete(gone);
      at += gone;
    }
  }
  return change;
}

const none = { ops: 0, units: 0 };

/** Whether the text that is kept by lines is what the blots say. */
function keptRight(quill: Quill): boolean {
  const kept = quill.getContents();
  for (const line of linesOf(quill.scroll)) line.cache = {};
  return sameDocument(kept, textOf(quill.scroll));
}

/** Small changes go through Quill, large ones through our own writer; the writer is cut short at every third change. */
const ways: [string, (quill: Quill, change: Delta, step: number) => void][] = [
  ['Quill', (quill, change) => quill.updateContents(change, 'api')],
  [
    'the writer',
    (quill, change, step) => {
      for (let rest: Delta | null = change; rest; )
        rest = applyChange(quill, rest, 'api', step % 3 ? unbounded : { ...unbounded, most: 1 + (step % 4) }, none);
    },
  ],
];

const seeds = process.env.QUIRE_LONG ? 2_000 : 75;

test.each(ways)(
  `P4: whatever others do, by %s, the editor holds the same text as the document (seeds 1–${seeds})`,
  (_, apply) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const next = numbers(seed);
      const host = document.createElement('div');
      document.body.append(host);
      const quill = createQuill(host);
      let wanted = new Delta();
      for (let i = 0; i < 8; i++) randomInsert(wanted, next);
      wanted.insert('\n');
      try {
        quill.setContents(wanted, 'silent');
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(wanted.ops)}: ${error}`);
      }
      expect(sameText(quill.getContents(), wanted), `seed ${seed}, at first: ${JSON.stringify(wanted.ops)}`).toBe(true);
      for (let step = 0; step < 12; step++) {
        const change = randomChange(wanted.length(), next);
        const before = wanted;
        wanted = wanted.compose(change);
        try {
          apply(quill, change, step);
        } catch (error) {
          throw new Error(
            `seed ${seed}, step ${step}: ${JSON.stringify(before.ops)} and ${JSON.stringify(change.ops)}: ${error}`,
          );
        }
        const told = `seed ${seed}, step ${step}: ${JSON.stringify(before.ops)} and ${JSON.stringify(change.ops)} gave ${JSON.stringify(quill.getContents().ops)}`;
        expect(sameText(quill.getContents(), wanted), told).toBe(true);
        expect(keptRight(quill), told).toBe(true);
      }
      host.remove();
    }
  },
  600_000,
);
