import { describe, expect, it } from 'vitest';
import type { ConnectionState } from './client-types.ts';
import { QuireError } from './error.ts';
import { type Facts, stateOf } from './state.ts';

const online: ConnectionState = { kind: 'online' };
const offline = (reason: 'unreachable' | 'restarting' | 'unavailable' | 'no-upgrade'): ConnectionState => ({
  kind: 'offline',
  reason,
  since: 5,
  retryAt: 9,
  error: null,
});
const facts: Facts = {
  connection: online,
  caughtUp: true,
  loaded: true,
  gone: false,
  replaced: false,
  role: 'editor',
  edits: 0,
  editsSince: null,
  lostAt: null,
  kept: 'device',
  unstored: false,
};
const error = new QuireError('signed-out', '');

describe('the one state', () => {
  it.each<[string, Partial<Facts>, object]>([
    ['nothing unsent, caught up', {}, { kind: 'saved' }],
    ['an unsent edit', { edits: 1 }, { kind: 'saving', edits: 1 }],
    ['the first connection of a page', { loaded: false, connection: { kind: 'connecting' } }, { kind: 'loading' }],
    [
      'greeted again but not caught up: "saved" would not be known',
      { caughtUp: false, lostAt: 5 },
      { kind: 'offline', edits: 0, kept: 'device', reason: 'unreachable', since: 5, editsSince: null },
    ],
    [
      'no line',
      { connection: offline('unreachable'), edits: 2, editsSince: 4, lostAt: 5 },
      { kind: 'offline', edits: 2, kept: 'device', reason: 'unreachable', since: 5, editsSince: 4 },
    ],
    [
      'a restart',
      { connection: offline('restarting'), lostAt: 5 },
      { kind: 'offline', edits: 0, kept: 'device', reason: 'restarting', since: 5, editsSince: null },
    ],
    ['a viewer', { role: 'viewer' }, { kind: 'read-only', role: 'viewer', edits: 0 }],
    [
      'a viewer without a line',
      { role: 'viewer', connection: offline('unreachable'), lostAt: 5 },
      { kind: 'offline', edits: 0, kept: 'device', reason: 'unreachable', since: 5, editsSince: null },
    ],
    [
      'the server cannot store',
      { connection: offline('unavailable'), edits: 3 },
      { kind: 'error', reason: 'unavailable', edits: 3, kept: 'device' },
    ],
    [
      'the server cannot store, and there is nothing to store',
      { connection: offline('unavailable'), lostAt: 5 },
      { kind: 'offline', edits: 0, kept: 'device', reason: 'unreachable', since: 5, editsSince: null },
    ],
    [
      'a browser that keeps nothing, without a line',
      { connection: offline('unreachable'), kept: 'tab', edits: 1 },
      { kind: 'error', reason: 'not-kept', edits: 1, kept: 'tab' },
    ],
    ['a browser that keeps nothing, with a line', { kept: 'tab', edits: 1 }, { kind: 'saving', edits: 1 }],
    [
      'let in again by a server that could not store the oldest edit',
      { unstored: true, edits: 3 },
      { kind: 'error', reason: 'unavailable', edits: 3, kept: 'device' },
    ],
    [
      'and without a line after that',
      { unstored: true, edits: 3, connection: offline('unreachable'), lostAt: 5 },
      { kind: 'error', reason: 'unavailable', edits: 3, kept: 'device' },
    ],
    [
      'no WebSocket comes through',
      { loaded: false, connection: offline('no-upgrade') },
      { kind: 'error', reason: 'no-upgrade', edits: 0, kept: 'device' },
    ],
    [
      'not let in',
      { connection: { kind: 'stopped', reason: 'refused', error } },
      { kind: 'error', reason: 'refused', edits: 0, kept: 'device' },
    ],
    ['gone', { gone: true }, { kind: 'error', reason: 'gone', edits: 0, kept: 'device' }],
    [
      'signed out',
      { connection: { kind: 'stopped', reason: 'signed-out', error }, edits: 3 },
      { kind: 'error', reason: 'signed-out', edits: 3, kept: 'device' },
    ],
    [
      'somebody else signed in',
      { connection: { kind: 'stopped', reason: 'other-user', error } },
      { kind: 'error', reason: 'signed-out', edits: 0, kept: 'device' },
    ],
    ['replaced', { replaced: true }, { kind: 'error', reason: 'replaced', edits: 0, kept: 'device' }],
  ])('%s', (_, given, expected) => expect(stateOf({ ...facts, ...given })).toEqual(expected));
});
