import Delta from 'quill-delta';
import { describe, expect, it, vi } from 'vitest';
import { ShownState } from '../src/shown.ts';
import { Random } from './random.ts';
import { plain, Scene, type } from './scene.ts';

const refused = { link: 'https://refuse.example/' };

function fail(): never {
  throw new Error('the application’s own');
}

describe('P7: what the application throws where the client calls it', () => {
  it('a subscriber that throws is reported, and everything is saved all the same', async () => {
    const scene = new Scene();
    const report = vi.fn();
    const { page, doc } = await scene.open(scene.laptop, { environment: { report } });
    doc.subscribe(fail);
    page.client.subscribe(fail);
    const others = vi.fn();
    doc.subscribe(others);
    type(doc, 5, '!');
    await scene.saved(doc);
    expect(scene.text).toBe('hello!\n');
    expect(others).toHaveBeenCalled();
    expect(report).toHaveBeenCalledWith(new Error('the application’s own'));
  });

  it('so is a listener of any kind, and what a page is replaced with', async () => {
    const scene = new Scene();
    const report = vi.fn();
    const page = scene.laptop.load({ environment: { report }, onReplaced: fail });
    const doc = page.client.open('doc');
    const told: string[] = [];
    for (const event of ['load', 'change', 'carets', 'members'] as const) {
      doc.on(event, fail);
      doc.on(event, () => told.push(event));
    }
    doc.asText().on('change', fail);
    doc.asText().on('change', () => told.push('text'));
    const environment = { report, isOnline: () => true, setTimeout: page.environment.setTimeout as never };
    const shown = new ShownState(doc, { ...environment, clearTimeout: () => {} });
    shown.subscribe(fail);
    shown.subscribe(() => told.push('shown'));
    await scene.saved(doc);
    const mara = await scene.open(scene.browser('mara'));
    mara.doc.setSelection({ index: 1, length: 0 });
    type(mara.doc, 0, 'Oh, ');
    scene.server.notify('doc', 'ada', { a: 'members' });
    type(doc, 0, 'x', refused);
    await scene.until(() => doc.getSnapshot().parked.length === 1 && told.includes('carets'));
    expect(new Set(told)).toEqual(new Set(['load', 'change', 'carets', 'members', 'text', 'shown']));
    const before = report.mock.calls.length;
    expect(before).toBeGreaterThanOrEqual(6);
    page.channel?.onmessage?.({ data: { kind: 'cleared', user: 'ada' } });
    await scene.pass(100);
    expect(report.mock.calls.length).toBeGreaterThan(before); // onReplaced
  });

  it('a host’s socket and channel that throw are a broken line and no channel', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const { openSocket } = page.environment;
    page.crash();
    let broken = true;
    const other = scene.browser('mara').load({
      environment: {
        openChannel: fail,
        openSocket: (url, protocols) => {
          const socket = openSocket?.(url, protocols) ?? fail();
          return broken ? { ...socket, send: fail, close: fail } : socket;
        },
      },
    });
    page.alive = true;
    const doc = other.client.open('doc');
    await scene.pass(3_000);
    expect(doc.getSnapshot().loaded).toBe(false);
    broken = false;
    await scene.until(() => doc.getSnapshot().loaded);
  });
});

describe('the client calls the application', () => {
  it('after edit() has returned, changes first, and otherwise in order', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    const told: string[] = [];
    doc.subscribe(() => told.push(doc.state.kind));
    doc.on('change', ({ source }) => told.push(source));
    doc.edit(new Delta().insert('x', { font: 'serif' }));
    told.push('returned');
    await scene.saved(doc);
    expect(told.slice(0, 3)).toEqual(['returned', 'correction', 'saving']);
  });

  it('and an edit from within a listener ends before the next listener is told of it', async () => {
    const scene = new Scene();
    const [ada, mara] = [await scene.open(), await scene.open(scene.browser('mara'))];
    await scene.saved(ada.doc, mara.doc);
    const told: string[] = [];
    ada.doc.on('change', ({ source }) => {
      if (source === 'remote') ada.doc.edit(new Delta().insert('!', { font: 'serif' }));
      told.push(`1 ${source}`);
    });
    ada.doc.on('change', ({ source }) => told.push(`2 ${source}`));
    type(mara.doc, 0, 'm');
    await scene.saved(ada.doc, mara.doc);
    expect(told).toEqual(['1 remote', '2 remote', '1 correction', '2 correction']);
    expect(scene.text).toBe('!mhello\n');
  });

  it.each(Array.from({ length: 12 }, (_, i) => i + 1))(
    'P4: an editor that goes on before it hears of a correction shows what the document holds (seed %i)',
    async (seed) => {
      const random = new Random(seed);
      const scene = new Scene();
      const [ada, mara] = [await scene.open(), await scene.open(scene.browser('mara'))];
      await scene.saved(ada.doc, mara.doc);
      let shown = ada.doc.contents();
      ada.doc.on('change', ({ delta }) => {
        shown = shown.compose(delta);
      });
      for (let round = 0; round < 20; round++) {
        for (let i = random.below(4); i >= 0; i--) {
          const at = random.below(shown.length());
          const edit = new Delta().retain(at).insert('ab', random.chance(0.5) ? { font: 'serif' } : undefined);
          if (at < shown.length() - 1 && random.chance(0.3))
            edit.retain(1, { bold: random.chance(0.5) ? true : 'yes' });
          else if (at < shown.length() - 1 && random.chance(0.5)) edit.delete(1);
          shown = shown.compose(edit);
          ada.doc.edit(edit);
          expect(ada.doc.contents()).toEqual(shown);
        }
        if (random.chance(0.5)) type(mara.doc, random.below(mara.doc.contents().length()), 'mara');
        if (random.chance(0.5)) await scene.pass(random.below(100));
      }
      await scene.saved(ada.doc, mara.doc);
      expect(shown).toEqual(ada.doc.contents());
      expect(plain(shown)).toBe(scene.text);
    },
  );
});
