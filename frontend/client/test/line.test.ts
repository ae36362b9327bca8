import { describe, expect, it } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { ShownState } from '../src/shown.ts';
import type { DocumentState, QuireDocument } from '../src/types.ts';
import type { Link } from './link.ts';
import type { PageModel } from './page-model.ts';
import { history, Scene, type } from './scene.ts';

/** From now on nothing that the page sends arrives. */
function swallow(page: PageModel): void {
  for (const link of page.link) {
    link.deliverToServer = () => {
      link.toServer.length = 0;
    };
  }
}

/** A text takes 70 s to arrive, and what comes behind it comes after it. */
function slowDown(page: PageModel, link: Link): void {
  const { world } = page;
  let arrived = 0;
  link.deliverToClient = () => {
    const frame = String(link.toClient.shift());
    arrived = Math.max(arrived, world.now + (frame.startsWith('{"a":"s"') ? 70_000 : 0));
    world.timer(page, () => page.link.has(link) && link.socket.onmessage?.({ data: frame }), arrived - world.now);
  };
}

/** Nothing arrives any more from the next text on. */
function breakWithText(link: Link): void {
  const { deliverToClient } = link;
  let broken = false;
  link.deliverToClient = () => {
    broken ||= String(link.toClient[0]).startsWith('{"a":"s"');
    if (broken) link.toClient.length = 0;
    else deliverToClient.call(link);
  };
}

/** How often the page asks for a sign of life, from now on. */
function countPings(page: PageModel): () => number {
  let pings = 0;
  for (const { socket } of page.link) {
    const { send } = socket;
    socket.send = (text) => {
      if (text === '{"a":"pp"}') pings++;
      send(text);
    };
  }
  return () => pings;
}

/** What the page shows of the document's state. */
function shownOf(page: PageModel, doc: QuireDocument): () => DocumentState {
  const shown = new ShownState(doc, page.environment as Environment);
  shown.subscribe(() => {});
  return shown.getSnapshot;
}

describe('a line that is dead, slow or silent', () => {
  it.each([
    ['the first key', true],
    ['its last sign, without a key', false],
  ])('a line that is dead without a word is told within 10 s of %s', async (_, typing) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const shown = shownOf(page, doc);
    await scene.pass(5_000); // between two signs of life
    swallow(page);
    scene.world.up = false;
    const dead = scene.world.now;
    if (typing) type(doc, 5, '!');
    await scene.until(() => shown().kind === 'offline');
    expect(scene.world.now - dead).toBeLessThanOrEqual(10_000);
    expect(shown()).toMatchObject({ reason: 'unreachable', edits: typing ? 1 : 0 });
  });

  it('a page asks for signs of life while it is seen and hears nothing else, and seldom where nobody looks', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    const { doc: other } = await scene.open(scene.browser('ben'));
    const pings = countPings(page);
    await scene.pass(60_000);
    const seen = pings();
    expect(seen).toBeGreaterThan(12);
    expect(seen).toBeLessThanOrEqual(15);
    for (let i = 0; i < 30; i++) {
      type(other, 0, '.');
      await scene.pass(2_000);
    }
    expect(pings()).toBe(seen);
    page.hidden = true;
    await scene.pass(600_000);
    expect(pings()).toBeLessThanOrEqual(seen + 1 + 24);
    expect(pings()).toBeGreaterThan(seen + 20);
    page.hidden = false;
    const woken = scene.world.now;
    swallow(page);
    page.fire('wake');
    await scene.until(() => doc.state.kind === 'offline');
    expect(scene.world.now - woken).toBeLessThanOrEqual(5_000);
  });

  it('W5: a line that answers is never given up, however often a page wakes, and whatever was asked on an earlier one', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const kinds = history(doc);
    for (let i = 0; i < 5; i++) page.fire('wake');
    await scene.pass(30_000);
    expect(kinds).toEqual(['saved']);
    swallow(page);
    page.fire('wake');
    scene.closeAll(4000); // before the answer, which nobody waits for any more
    await scene.saved(doc);
    const connected = scene.world.sockets.length;
    await scene.pass(30_000);
    expect(scene.world.sockets).toHaveLength(connected);
  });

  it('a server that lets in and then says nothing is left', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    await scene.world.until(() => page.link.size > 0);
    swallow(page);
    const met = scene.world.now;
    await scene.saved(doc);
    expect(scene.world.now - met).toBeLessThanOrEqual(12_000);
  });

  it('W2: a line that breaks while a text is on its way is given up, later each time until one has come', async () => {
    const scene = new Scene();
    scene.world.server.create('other', 'more\n');
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    const met = new Map<Link, number>();
    let breaks = true;
    const { add } = page.link;
    page.link.add = (link) => {
      met.set(link, scene.world.now);
      if (breaks) breakWithText(link);
      return add.call(page.link, link);
    };
    await scene.until(() => met.size === 3);
    const [one = 0, two = 0, three = 0] = [...met.values()];
    expect(two - one).toBeLessThan(30_000);
    expect(three - two).toBeGreaterThan(two - one + 15_000);
    breaks = false;
    await scene.saved(doc);

    const lines = met.size;
    for (const link of page.link) breakWithText(link);
    const asked = scene.world.now;
    const other = page.client.open('other');
    await scene.until(() => met.size > lines);
    expect(scene.world.now - asked).toBeLessThan(30_000);
    await scene.saved(other);
  });

  it('W2: a text that takes long to arrive is no dead line', async () => {
    const scene = new Scene();
    const page = scene.laptop.load();
    const doc = page.client.open('doc');
    const lines = new Set<Link>();
    while (doc.state.kind !== 'saved' && scene.world.now < 2_000_000) {
      for (const link of page.link) if (!lines.has(link)) slowDown(page, link);
      for (const link of page.link) lines.add(link);
      await scene.world.step();
    }
    expect(doc.state).toMatchObject({ kind: 'saved' });
    expect(lines.size).toBeLessThanOrEqual(3);
  });

  it.each([
    ['goes on leaving is no dead', 60_000],
    ['does not leave is a dead', Number.POSITIVE_INFINITY],
  ])('a line on which what was sent %s line', async (_, takes) => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    const begun = scene.world.now;
    const left = () => Math.max(0, 90_000 * (1 - (scene.world.now - begun) / takes));
    for (const link of page.link) {
      const { deliverToServer, toServer } = link;
      Object.defineProperty(link.socket, 'bufferedAmount', { get: left });
      link.deliverToServer = () => {
        const frames = toServer.splice(0);
        const arrive = () => {
          toServer.unshift(...frames);
          while (toServer.length > 0) deliverToServer.call(link);
        };
        if (left() > 0) scene.world.timer(page, arrive, takes);
        else arrive();
      };
    }
    type(doc, 5, '!');
    const kinds = history(doc);
    await scene.saved(doc);
    const lines = scene.world.sockets.length;
    if (takes === 60_000) {
      expect(scene.world.now - begun).toBeGreaterThanOrEqual(60_000);
      expect(kinds).toEqual(['saving', 'saved']);
      expect(lines).toBe(1);
    } else {
      expect(scene.world.now - begun).toBeLessThan(12_000);
      expect(lines).toBe(2);
    }
  });
});
