// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';
import { listAddress, noteList } from './list-address';

afterEach(() => {
  vi.restoreAllMocks();
  noteList('');
});

test('the list is found as it was left, also by a page that was loaded anew', async () => {
  expect(listAddress()).toBe('/');
  noteList('show=mine&q=plan');
  expect(listAddress()).toBe('/?show=mine&q=plan');
  vi.resetModules();
  expect((await import('./list-address')).listAddress()).toBe('/?show=mine&q=plan');
});

test('a browser that stores nothing finds it while the page is open', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('no');
  });
  vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
    throw new DOMException('no');
  });
  noteList('q=plan');
  expect(listAddress()).toBe('/?q=plan');
});
