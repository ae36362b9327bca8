import type { QuireDocument } from '@quire/client';
import Quill, { Delta } from 'quill/core';
import QuillCursors from 'quill-cursors/core';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { applyChange, unbounded } from './apply';
import { Binding } from './binding';
import { QuireClipboard } from './clipboard';
import { replacement, sameDocument } from './drift';
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
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

/** A line of so many runs, every other one bold, and one behind it. */
function line(runs: number): Delta {
  const text = new Delta();
  for (let i = 0; i < runs; i++) text.insert('word ', i % 2 ? {} : { bold: true });
  return text.insert('\nnext\n');
}

function open(text: Delta): Quill {
  const host = document.createElement('div');
  document.body.append(host);
  const quill = createQuill(host);
  applyChange(quill, text.slice(0, text.length() - 1), 'silent', unbounded, { ops: 0, units: 0 });
  return quill;
}

test('P4: an editor that parted from a long line writes what parted, and nothing of the rest', async () => {
  const cost = async (runs: number) => {
    vi.useFakeTimers();
    const quill = open(line(runs));
    const whole = line(runs);
    const healed = vi.fn();
    const text = {
      on: () => () => {},
      getSnapshot: () => ({ loaded: false }),
      contents: () => whole,
    };
    const binding = new Binding(quill, text as unknown as QuireDocument, { onHealed: healed });
    text.getSnapshot = () => ({ loaded: true });
    quill.insertText(12, 'x', 'silent');
    quill.updateContents(new Delta().retain(7).insert('y'), 'api'); // from here on it is looked at
    const made = vi.spyOn(quill.scroll, 'create');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(healed).toHaveBeenCalledTimes(1);
    expect(sameDocument(quill.getContents(), whole)).toBe(true);
    binding.release();
    return made.mock.calls.length;
  };
  expect(await cost(400)).toBe(await cost(40));
});

test('P4: what wraps all runs of a long line is undone in time that grows with them', () => {
  const cost = (runs: number) => {
    const quill = open(line(runs));
    const html = quill.root.innerHTML;
    for (const strong of [...quill.root.querySelectorAll('strong')]) {
      const font = document.createElement('font');
      strong.replaceWith(font);
      font.append(strong);
    }
    const long = quill.getLine(0)[0] as unknown as { children: object };
    const looked = vi.spyOn(Object.getPrototypeOf(long.children) as { forEach(): void }, 'forEach');
    (quill.scroll as unknown as { settle(): void }).settle();
    expect(quill.root.innerHTML).toBe(html);
    const times = looked.mock.calls.length;
    looked.mockRestore();
    return times;
  };
  // Each time all runs are looked through.
  expect(cost(400)).toBe(cost(40));
});

test('P4: the newline behind a long line goes without its runs moved', () => {
  for (const at of ['front', 'back']) {
    const quill = open(at === 'back' ? line(400) : new Delta().insert('before\n').concat(line(400)));
    const long = quill.root.children[at === 'back' ? 0 : 1] as Element;
    const run = long.children[3] as Element;
    const place = at === 'back' ? 2_000 : 6;
    const wanted = quill.getContents().compose(new Delta().retain(place).delete(1));
    const moved = vi.spyOn(Node.prototype, 'insertBefore');
    applyChange(quill, new Delta().retain(place).delete(1), 'api', unbounded, { ops: 0, units: 0 });
    expect(moved.mock.calls.length, at).toBeLessThan(10);
    moved.mockRestore();
    expect(run.isConnected).toBe(true);
    expect(sameDocument(quill.getContents(), wanted)).toBe(true);
  }
});

test('P4: what one text has instead of another is found between what both begin and end with', () => {
  const texts = [line(4), line(3), new Delta().insert('\n'), new Delta().insert('word wor\nnext\n'), new Delta()];
  texts.push(new Delta().insert('a'.repeat(9)).insert('\n'), new Delta().insert('a'.repeat(5)).insert('\n'));
  texts.push(new Delta().insert('word ').insert({ divider: true }).insert('\nnext\n'));
  for (const from of texts)
    for (const to of texts) expect(sameDocument(from.compose(replacement(from, to)), to)).toBe(true);
  const typed = line(900).compose(new Delta().retain(1_003).insert('xyz', { bold: true }));
  expect(replacement(typed, line(900)).ops).toEqual([{ retain: 1_003 }, { delete: 3 }]);
});
