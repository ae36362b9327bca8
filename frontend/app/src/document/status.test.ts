import type { DocumentState, Parked } from '@quire/client';
import Delta from 'quill-delta';
import { describe, expect, test } from 'vitest';
import { announcement, bannerOf, type Circumstances, chipOf, explain, tabTitle } from './status';

const at = (hours: number, minutes: number) => new Date(2026, 2, 3, hours, minutes).getTime();

const offline = (edits: number, more: object = {}): DocumentState => ({
  kind: 'offline',
  edits,
  kept: 'device',
  reason: 'unreachable',
  since: at(13, 57),
  editsSince: edits > 0 ? at(13, 58) : null,
  ...more,
});
const error = (reason: string, edits = 3): DocumentState =>
  ({ kind: 'error', reason, edits, kept: 'device' }) as DocumentState;

const calm: Circumstances = { parked: [], roleChange: null, longOffline: true, role: 'editor', mayAsk: true };
const lowered: Circumstances = {
  ...calm,
  role: 'viewer',
  roleChange: { from: 'editor', to: 'viewer', by: { id: 'm', name: 'Mara Okonkwo' }, at: at(14, 2) },
};
const parked = (reason: Parked['reason'], edits = 2): Parked => ({
  id: 'p',
  document: 'd',
  title: '',
  delta: new Delta(),
  text: 'lost',
  baseRevision: 1,
  edits,
  at: 0,
  reason,
  detail: '',
});

describe('the chip says the state, and nothing else', () => {
  test.each<[string, DocumentState, string, string]>([
    ['saved', { kind: 'saved' }, 'saved', 'Saved'],
    ['saving', { kind: 'saving', edits: 1 }, 'saving', 'Saving…'],
    ['offline with edits', offline(12), 'offline', 'Offline · 12 edits kept here'],
    ['offline with one edit', offline(1), 'offline', 'Offline · 1 edit kept here'],
    ['offline without', offline(0), 'offline', 'Offline · nothing waiting'],
    ['restarting', offline(2, { reason: 'restarting' }), 'saving', 'Saving…'],
    ['restarting with nothing to save', offline(0, { reason: 'restarting' }), 'opening', 'Reconnecting…'],
    ['no WebSocket comes through', error('no-upgrade', 0), 'error', 'Not connected'],
    ['signed out with nothing unsent', error('signed-out', 0), 'offline', 'Signed out'],
    ['not let in with nothing unsent', error('refused', 0), 'offline', 'Signed out'],
    ['signed out with something unsent', error('signed-out', 1), 'error', 'Not saved'],
    ['updated with nothing unsent', error('protocol', 0), 'offline', 'Not connected'],
    ['another tab took over with nothing unsent', error('replaced', 0), 'offline', 'Not connected'],
    ['and something was written', error('no-upgrade', 2), 'error', 'Not saved'],
    ['loading', { kind: 'loading' }, 'opening', 'Opening…'],
    ['read-only', { kind: 'read-only', role: 'viewer', edits: 0 }, 'read-only', 'Read-only'],
    ['error', error('unavailable'), 'error', 'Not saved'],
  ])('%s', (_name, state, look, text) => {
    expect(chipOf(state, true)).toMatchObject({ look, text });
  });

  test('before the text is here it is opening, unless something is wrong', () => {
    expect(chipOf({ kind: 'saved' }, false).look).toBe('opening');
    expect(chipOf(offline(0), false).look).toBe('offline');
  });

  test('on phones the edits are only a number', () => {
    expect(chipOf(offline(12), true).short).toBe('Offline · 12 kept here');
  });
});

test('the title of the tab carries what is unsent', () => {
  expect(tabTitle({ kind: 'saved' }, 'Spring programme')).toBe('Spring programme');
  expect(tabTitle(offline(12), 'Spring programme')).toBe('(12) Spring programme');
  expect(tabTitle(offline(0), 'Spring programme')).toBe('Spring programme');
  expect(tabTitle(error('unavailable'), '')).toBe('! Untitled');
});

describe('at most one banner, by weight', () => {
  test('nothing to say while all is well', () => {
    expect(bannerOf({ kind: 'saved' }, calm)).toBeNull();
    expect(bannerOf({ kind: 'saving', edits: 4 }, calm)).toBeNull();
  });

  test('says what is wrong where REST answers and no WebSocket comes through', () => {
    expect(bannerOf(error('no-upgrade', 0), calm)).toMatchObject({
      lead: 'The live connection is blocked.',
      actions: ['try-now'],
    });
    expect(bannerOf(error('no-upgrade', 2), calm)?.text).toContain('2 edits are kept on this device');
  });

  test('offline only after ten seconds', () => {
    expect(bannerOf(offline(12), { ...calm, longOffline: false })).toBeNull();
    expect(bannerOf(offline(12), calm)).toMatchObject({
      kind: 'offline',
      lead: 'You’re offline.',
      text: 'Keep writing: 12 edits are kept on this device and will be sent when the connection is back.',
      actions: ['try-now'],
    });
    expect(bannerOf(offline(1), calm)?.text).toContain('1 edit is kept');
  });

  test('kept in a tab is not kept on a device', () => {
    expect(bannerOf(offline(2, { kept: 'tab' }), calm)?.text).toContain('in this tab only');
  });

  test('restarting at once', () => {
    expect(bannerOf(offline(0, { reason: 'restarting' }), { ...calm, longOffline: false })?.kind).toBe('restarting');
  });

  test('a lowered role is told with who and when', () => {
    expect(bannerOf({ kind: 'read-only', role: 'viewer', edits: 0 }, lowered)).toMatchObject({
      kind: 'read-only',
      text: 'Mara changed your role to viewer at 14:02.',
      actions: ['ask'],
    });
    // A guest has nobody to be told of.
    expect(bannerOf({ kind: 'read-only', role: 'viewer', edits: 0 }, { ...lowered, mayAsk: false })?.actions).toEqual(
      [],
    );
  });

  test('who never could write is told nothing', () => {
    expect(bannerOf({ kind: 'read-only', role: 'viewer', edits: 0 }, { ...calm, role: 'viewer' })).toBeNull();
  });

  test('parked goes before read-only, and says both', () => {
    const banner = bannerOf({ kind: 'read-only', role: 'viewer', edits: 0 }, { ...lowered, parked: [parked('role')] });
    expect(banner?.kind).toBe('parked');
    expect(banner?.lead).toBe('2 of your edits couldn’t be added.');
    expect(banner?.text).toBe(
      'Your role changed before they were sent. The text is kept here for you. You can read now, but not edit.',
    );
  });

  test('an error goes before everything', () => {
    expect(bannerOf(error('unavailable'), { ...lowered, parked: [parked('role')] })).toMatchObject({
      kind: 'error',
      lead: 'Not saved.',
      text: 'The server can’t use its database at the moment. 3 edits are kept on this device; we keep trying.',
      actions: ['copy', 'download'],
    });
  });

  test.each(['unavailable', 'not-kept', 'signed-out', 'protocol', 'replaced'])(
    'every error has words: %s',
    (reason) => {
      expect(bannerOf(error(reason), calm)?.lead).toMatch(/\.$/);
    },
  );
});

test('the popover says what the state means', () => {
  const snapshot = { revision: 1284, changedAt: at(14, 6), loaded: true };
  expect(explain({ kind: 'saved' }, snapshot)).toBe('Revision 1,284 is stored on the server. Last change 14:06.');
  expect(explain(offline(12), snapshot)).toBe(
    '12 edits since 13:58 are kept in this browser, and sent when the connection is back.',
  );
  expect(explain({ kind: 'saving', edits: 1 }, snapshot)).toBe(
    '1 edit is on the way. Revision 1,284 is stored on the server.',
  );
});

test('a screen reader hears of what lasts', () => {
  expect(announcement({ kind: 'saving', edits: 2 })).toBe('');
  expect(announcement(offline(2))).toBe('Offline. 2 edits kept on this device.');
});
