import { describe, expect, it } from 'vitest';
import { history, Scene, type } from './scene.ts';

describe('the state follows the oldest edit that is not confirmed', () => {
  it('P1: a server that cannot store is “not saved” until it stored, however often it lets us in', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    const kinds = history(doc);
    scene.server.stores = false;
    type(doc, 5, '!');
    for (let i = 0; i < 4; i++) {
      await scene.pass(3_000);
      scene.closeAll(4004);
    }
    await scene.pass(3_000);
    expect(kinds).toEqual(['saved', 'saving', 'error']);
    expect(doc.state).toMatchObject({ reason: 'unavailable', edits: 1 });
    scene.server.stores = true;
    await scene.saved(doc);
    expect(kinds).toEqual(['saved', 'saving', 'error', 'saved']);
    type(doc, 5, '?');
    expect(doc.state.kind).toBe('saving');
  });

  it('the browser’s word that there is no network counts at once', async () => {
    const scene = new Scene();
    const { page, doc } = await scene.open();
    await scene.saved(doc);
    scene.world.up = false;
    page.fire('offline');
    expect(doc.state).toMatchObject({ kind: 'offline', reason: 'unreachable' });
    scene.world.up = true;
    page.fire('wake');
    await scene.saved(doc);
  });

  it('where REST answers and no WebSocket comes through, that is what is said', async () => {
    const scene = new Scene();
    scene.laptop.user = '';
    scene.world.rest.set('/me', { status: 200, body: { id: 'ada' } });
    const doc = scene.laptop.load().client.open('doc');
    const kinds = history(doc);
    await scene.until(() => doc.state.kind === 'error');
    expect(doc.state).toMatchObject({ reason: 'no-upgrade', edits: 0 });
    await scene.pass(60_000);
    expect(kinds).toEqual(['loading', 'offline', 'error']);
    scene.laptop.user = 'ada';
    await scene.saved(doc);
  });

  it('a restart that takes too long is an absence like any other', async () => {
    const scene = new Scene();
    const { doc } = await scene.open();
    await scene.saved(doc);
    scene.closeAll(4000);
    scene.world.up = false;
    await scene.until(() => doc.state.kind === 'offline');
    expect(doc.state).toMatchObject({ reason: 'restarting' });
    await scene.pass(40_000);
    expect(doc.state).toMatchObject({ reason: 'unreachable' });
  });
});
