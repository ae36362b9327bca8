import { describe, expect, it } from 'vitest';
import { parseSize, size, sizeText } from './sizes';

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [3_449_000, '3.4 MB'],
    [12_600_000, '13 MB'],
    [999_600, '1 MB'],
    [2 ** 31, '2.1 GB'],
  ])('%d is %s', (bytes, text) => expect(size(bytes)).toBe(text));

  it.each([
    ['2 GiB', 2 ** 31],
    ['500MB', 5e8],
    ['1.5 kb', 1500],
    ['0', 0],
    ['many', null],
    ['12 bananas', null],
    ['-1', null],
    ['99999999 TiB', null],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it('writes what it reads', () => {
    for (const bytes of [2 ** 31, 5 * 2 ** 20, 1234]) expect(parseSize(sizeText(bytes))).toBe(bytes);
  });
});
