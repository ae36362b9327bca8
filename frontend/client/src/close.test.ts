import { expect, it } from 'vitest';
import { testdata } from '../test/testdata.ts';
import { closeCodes, comesBack } from './close.ts';

it('W3: the table of close codes is the one of collab/wire/testdata/close.json', () => {
  const rows = testdata<{ code: number; name: string; back: boolean }[]>('close.json');
  expect(closeCodes).toEqual(Object.fromEntries(rows.map(({ name, code }) => [name, code])));
  for (const { code, back, name } of rows) expect(comesBack(code), name).toBe(back);
});

it('W3: a line that broke comes back, and so does a code we do not know below 4500', () => {
  for (const code of [1000, 1001, 1005, 1006, 1012, 4499, 5000]) expect(comesBack(code), `${code}`).toBe(true);
  for (const code of [4500, 4777, 4999]) expect(comesBack(code), `${code}`).toBe(false);
});
