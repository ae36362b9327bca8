import Delta from 'quill-delta';
import { describe, expect, it } from 'vitest';
import { QuireError } from '../src/error.ts';
import type { PlainText, TextChange } from '../src/types.ts';
import { Random } from './random.ts';
import { plain, Scene, type } from './scene.ts';

/** What shows text, as a text area does: it has nothing but the text, and applies splices from the last to the first. */
class Area {
  value: string;
  readonly text: PlainText;
  readonly changes: TextChange[] = [];

  constructor(text: PlainText) {
    this.text = text;
    this.value = text.value;
    text.on('change', (change) => {
      this.changes.push(change);
      for (const { from, to, text } of change.splices.toReversed()) this.#set(from, to, text);
      expect(this.value).toBe(change.value);
    });
  }

  /** Somebody types, pastes or deletes at a place. */
  put(from: number, to: number, text: string): void {
    this.#set(from, to, text);
    this.text.update(this.value, from + text.length);
  }

  #set(from: number, to: number, text: string): void {
    this.value = this.value.slice(0, from) + text + this.value.slice(to);
  }
}

async function two(text: string) {
  const scene = new Scene(text);
  const [ada, mara] = [await scene.open(), await scene.open(scene.browser('mara'), { formats: 'any' })];
  await scene.saved(ada.doc, mara.doc);
  return { scene, ada: ada.doc, mara: mara.doc, area: new Area(ada.doc.asText()) };
}

describe('a document as plain text', () => {
  it('what is typed at the end stays in one line', async () => {
    const { scene, ada, area } = await two('Present: \n');
    expect(area.value).toBe('Present: ');
    for (const letter of 'hello') {
      area.put(area.value.length, area.value.length, letter);
      await scene.saved(ada);
    }
    expect(scene.text).toBe('Present: hello\n');
    expect(area.value).toBe('Present: hello');
  });

  it('takes what is typed in the middle, over a selection, and as lines', async () => {
    const { scene, ada, area } = await two('one three\n');
    area.put(4, 4, 'two ');
    area.put(0, 3, '1');
    area.put(area.value.length, area.value.length, '\nfour\n');
    await scene.saved(ada);
    expect(scene.text).toBe('1 two three\nfour\n\n');
    ada.asText().replace(0, 0, 'a\r\nb\rc');
    await scene.saved(ada);
    expect(scene.text).toBe('a\nb\nc1 two three\nfour\n\n');
  });

  it('the letter before the caret is the one that was typed, and no pair is cut in two', async () => {
    const { ada, mara, scene, area } = await two('aaa 😀\n');
    const ops: unknown[] = [];
    mara.on('change', ({ delta }) => ops.push(delta.ops));
    area.put(1, 1, 'a');
    await scene.saved(ada, mara);
    area.put(5, 7, '😁');
    await scene.saved(ada, mara);
    expect(ops).toEqual([
      [{ retain: 1 }, { insert: 'a' }],
      [{ retain: 5 }, { insert: '😁' }, { delete: 2 }],
    ]);
  });

  it('tells where others wrote, and where a position is now', async () => {
    const { scene, ada, mara, area } = await two('hello world\n');
    mara.edit(new Delta().insert('Oh, ').retain(6).delete(5).insert('you'));
    await scene.saved(ada, mara);
    const [change] = area.changes;
    expect(change?.splices).toEqual([
      { from: 0, to: 0, text: 'Oh, ' },
      { from: 6, to: 11, text: 'you' },
    ]);
    const at = (position: number, after = false) => change?.position(position, after);
    expect([at(0), at(0, true), at(5), at(6), at(8), at(8, true), at(11)]).toEqual([0, 4, 9, 10, 10, 13, 13]);
  });

  it('an embed is one character that can be deleted, and a carriage return takes its place', async () => {
    const { scene, ada, mara, area } = await two('a\n');
    mara.edit(new Delta().retain(1).insert({ divider: true }).insert('\r\nb'));
    await scene.saved(ada, mara);
    expect(area.value).toBe('a\ufffc \nb');
    area.put(1, 3, '');
    await scene.saved(ada);
    expect(scene.text).toBe('a\nb\n');
  });

  it('refuses places that are not in the text, the last newline too', async () => {
    const { ada } = await two('hello\n');
    const text = ada.asText();
    for (const [from, to] of [
      [-1, 0],
      [0, 6],
      [3, 2],
      [0.5, 1],
      [Number.NaN, 1],
    ] as const) {
      expect(() => text.replace(from, to, 'x')).toThrow(QuireError);
    }
    expect(ada.state.kind).toBe('saved');
  });

  it('is empty until the text is here, and then tells it as a change', async () => {
    const scene = new Scene('hello\n');
    const doc = scene.laptop.load().client.open('doc');
    expect(doc.asText()).toBe(doc.asText());
    const area = new Area(doc.asText());
    expect(() => doc.asText().replace(0, 0, 'x')).toThrow('not loaded');
    expect(area.value).toBe('');
    await scene.saved(doc);
    expect(area.value).toBe('hello');
    expect(area.changes.map(({ source }) => source)).toEqual(['load']);
  });

  const seeds = process.env.QUIRE_SEED ? [Number(process.env.QUIRE_SEED)] : Array.from({ length: 15 }, (_, i) => i + 1);
  it.each(seeds)('P4: shows what the document holds, whoever writes and deletes at its end (seed %i)', async (seed) => {
    const random = new Random(seed);
    const { scene, ada, mara, area } = await two('one\ntwo\n');
    const letters = ['x', '\n', 'yz', '\n\n', '😀'];
    for (let i = 0; i < 40; i++) {
      const from = random.below(area.value.length + 1);
      const to = random.chance(0.5) ? from : from + random.below(area.value.length + 1 - from);
      area.put(from, to, random.chance(0.3) ? '' : random.pick(letters));
      const length = mara.contents().length();
      const at = random.chance(0.4) ? Math.max(0, length - 1 - random.below(2)) : random.below(length + 1);
      if (random.chance(0.3) && at < length) mara.edit(new Delta().retain(at).delete(1 + random.below(length - at)));
      else type(mara, at, random.pick(letters));
      if (random.chance(0.3)) await scene.pass(random.below(200));
      expect([area.value, `${area.value}\n`]).toContain(plain(ada.contents()));
    }
    await scene.saved(ada, mara);
    expect(plain(ada.contents())).toBe(scene.text);
    expect(`${area.value}\n`).toBe(scene.text);
  });
});
