import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ShownState } from './shown.ts';
import type { DocumentState } from './types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const saving: DocumentState = { kind: 'saving', edits: 1 };
const saved: DocumentState = { kind: 'saved' };
const offline: DocumentState = {
  kind: 'offline',
  edits: 0,
  kept: 'device',
  reason: 'unreachable',
  since: 0,
  editsSince: null,
};

function shown(first: DocumentState, isOnline = true) {
  const listeners = new Set<() => void>();
  const document = {
    state: first,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const state = {
    set: (value: DocumentState) => {
      document.state = value;
      for (const listener of listeners) listener();
    },
  };
  const env = {
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms),
    clearTimeout: (timer: unknown) => clearTimeout(timer as number),
    isOnline: () => isOnline,
    report: () => {},
  };
  const result = new ShownState(document, env);
  const end = result.subscribe(() => {});
  return { state, result, end };
}

it('shows saving at once, and saved 500 ms after the last confirmation', () => {
  const { state, result } = shown(saved);
  state.set(saving);
  expect(result.getSnapshot()).toBe(saving);
  state.set(saved);
  vi.advanceTimersByTime(499);
  expect(result.getSnapshot()).toBe(saving);
  vi.advanceTimersByTime(1);
  expect(result.getSnapshot()).toBe(saved);
});

it('stays at saving while somebody types: saved is never early', () => {
  const { state, result } = shown(saved);
  for (let i = 0; i < 5; i++) {
    state.set(saving);
    vi.advanceTimersByTime(100);
    state.set(saved);
    vi.advanceTimersByTime(300);
    expect(result.getSnapshot().kind).toBe('saving');
  }
  vi.advanceTimersByTime(200);
  expect(result.getSnapshot().kind).toBe('saved');
});

it('does not show a line that is back within two seconds', () => {
  const { state, result } = shown(saved);
  state.set(offline);
  vi.advanceTimersByTime(1_900);
  state.set(saved);
  vi.advanceTimersByTime(5_000);
  expect(result.getSnapshot()).toBe(saved);
});

it('shows offline after two seconds, with the edits of that moment', () => {
  const { state, result } = shown(saved);
  state.set(offline);
  vi.advanceTimersByTime(1_000);
  state.set({ ...offline, edits: 3 });
  vi.advanceTimersByTime(1_000);
  expect(result.getSnapshot()).toMatchObject({ kind: 'offline', edits: 3 });
  state.set({ ...offline, edits: 4 });
  expect(result.getSnapshot()).toMatchObject({ edits: 4 });
});

it('shows at once that the browser knows of no network, and that the server restarts', () => {
  const without = shown(saved, false);
  without.state.set(offline);
  expect(without.result.getSnapshot().kind).toBe('offline');
  const restarting = shown(saved);
  restarting.state.set({ ...offline, reason: 'restarting' });
  expect(restarting.result.getSnapshot().kind).toBe('offline');
});

it('runs no timers once nobody looks', () => {
  const { state, end } = shown(saving);
  state.set(saved);
  end();
  expect(vi.getTimerCount()).toBe(0);
});
