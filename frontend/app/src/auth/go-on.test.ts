import { expect, test } from 'vitest';
import { ownPath, signUpAddress } from './go-on';

test('one goes on to pages of our own only', () => {
  expect(['/d/abc', '/d/abc?x=1', '/'].map(ownPath)).toEqual(['/d/abc', '/d/abc?x=1', '/']);
  const elsewhere = ['//evil.example', '/\\evil.example', 'https://evil.example/d/x', 'javascript:alert(1)', '', null];
  expect(elsewhere.map(ownPath)).toEqual(elsewhere.map(() => '/'));
});

test('who was on the way to a document takes it along', () => {
  expect(['/d/abc', '/', '/signin'].map(signUpAddress)).toEqual(['/signup?return=%2Fd%2Fabc', '/signup', '/signup']);
});
