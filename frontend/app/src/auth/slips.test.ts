import { expect, test } from 'vitest';
import { emailSlip, nameSlip, newPasswordSlip, passwordSlip, slipsOf } from './slips';

test.each([
  [nameSlip(' '), 'Type a name.'],
  [nameSlip('Ada'), null],
  [emailSlip(''), 'Type an e-mail address.'],
  [emailSlip('ada'), '“ada” isn’t an e-mail address.'],
  [emailSlip(' ada@example.org '), null],
  [emailSlip('ada@house'), null],
  [passwordSlip(''), 'Type your password.'],
  [passwordSlip('x'), null],
  [newPasswordSlip(''), 'Type a password.'],
  [newPasswordSlip('short'), '5 more characters, please.'],
  [newPasswordSlip('nine char'), '1 more character, please.'],
  [newPasswordSlip('ten charac'), null],
])('%s', (said, words) => {
  expect(said).toBe(words);
});

test('a form without a slip can be sent; else each field has its own words', () => {
  expect(slipsOf({ name: null, email: null })).toBeNull();
  expect(slipsOf({ name: null, email: 'No.' })).toEqual({ fields: { email: 'No.' }, form: null });
});
