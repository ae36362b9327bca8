import { clean } from '@quire/client';
import Delta from 'quill-delta';
import { describe, expect, test } from 'vitest';
import expected from './fixtures/expected.json';
import { pageToDelta } from './page-to-delta';
import { isAccepted } from './table';

const pages = import.meta.glob<string>('./fixtures/*.html', { query: '?raw', import: 'default', eager: true });
const names = Object.keys(pages).map((path) => path.replace(/^.*\/(.*)\.html$/, '$1'));

function page(name: string): string {
  return pages[`./fixtures/${name}.html`] ?? '';
}

test('there are enough pages to mean something', () => {
  expect(names.length).toBeGreaterThanOrEqual(50);
});

describe('E3: what a page becomes is what the server takes', () => {
  test.each(names)('%s', (name) => {
    const { delta } = pageToDelta(page(name));
    expect(isAccepted(delta)).toBe(true);
    expect(clean(delta)).toBe(delta);
    expect(delta.ops.every((op) => op.insert !== undefined)).toBe(true);
  });
});

describe('a page becomes what its author meant', () => {
  test.each(names)('%s', (name) => {
    const { delta } = pageToDelta(page(name));
    expect(delta.ops).toEqual((expected as Record<string, unknown>)[name]);
  });
});

test('no address that runs or loads something is left anywhere', () => {
  for (const name of names) {
    const json = JSON.stringify(pageToDelta(page(name)).delta.ops);
    expect(json, name).not.toMatch(
      /javascript:|vbscript:|data:|file:|blob:|evil\.example|expression\(|onerror|onload/i,
    );
  }
});

test('what is hidden in a page stays behind', () => {
  for (const name of names)
    expect(JSON.stringify(pageToDelta(page(name)).delta.ops), name).not.toMatch(/hidden|secret/);
});

test('pictures that are files are counted, so that somebody can be told', () => {
  expect(pageToDelta(page('word-picture')).leftOut).toBe(1);
  expect(pageToDelta(page('docs-image')).leftOut).toBe(0);
});

test('the boxes of a checklist are no pictures that were left out', () => {
  const { leftOut, delta } = pageToDelta(page('docs-checklist'));
  expect(leftOut).toBe(0);
  expect(delta.ops.filter((op) => op.attributes?.list).map((op) => op.attributes?.list)).toEqual([
    'checked',
    'unchecked',
  ]);
});

test('a table that becomes lines is counted, one that only lays out is not', () => {
  expect(['docs-table', 'word-table', 'excel'].map((name) => pageToDelta(page(name)).tables)).toEqual([1, 1, 1]);
  expect(pageToDelta('<table><tr><td><h1>A letter</h1></td></tr></table>').tables).toBe(0);
});

test('a long page is folded into as few ops as it has changes of format', () => {
  const html = `<p>${'word '.repeat(40)}<b>bold</b> <a href="https://example.org">link</a></p>`.repeat(300);
  const { delta } = pageToDelta(html);
  expect(delta.length()).toBeGreaterThan(60_000);
  expect(delta.ops.length).toBe(300 * 4);
  expect(delta.ops.length).toBe(new Delta(delta.ops).ops.length);
});
