import { describe, expect, test } from 'vitest';
import { device } from './account/device';
import { refusalOf, signInWords } from './auth/refusals';
import { split } from './documents/marked';
import { whatFailed } from './documents/use-new-document';
import { colourIndex, initials, listNames } from './people';
import { Problem } from './problem';
import { matches } from './ui/keys';
import { ageGroup, ago, count, countWords, daysBetween, daysLeft, people, when } from './words';

const now = new Date(2026, 2, 4, 15, 30); // a Wednesday

test('people are counted as people', () => {
  expect([0, 1, 2, 1200].map(people)).toEqual(['0 people', '1 person', '2 people', '1,200 people']);
});

describe('times', () => {
  test.each<[string, Date, string, string, string]>([
    ['this minute', new Date(2026, 2, 4, 15, 29, 30), 'just now', 'at 15:29', 'Today'],
    ['minutes', new Date(2026, 2, 4, 15, 18), '12 min ago', 'at 15:18', 'Today'],
    ['hours', new Date(2026, 2, 4, 13, 0), '2 h ago', 'at 13:00', 'Today'],
    ['this morning', new Date(2026, 2, 4, 9, 14), '9:14', 'at 9:14', 'Today'],
    ['just after midnight', new Date(2026, 2, 4, 0, 1), '0:01', 'at 0:01', 'Today'],
    ['just before midnight', new Date(2026, 2, 3, 23, 59), 'Yesterday', 'yesterday', 'This week'],
    ['last Thursday', new Date(2026, 1, 26, 12, 0), 'Thursday', 'on Thursday', 'This week'],
    ['a week ago', new Date(2026, 1, 25, 12, 0), '25 Feb', 'on 25 Feb', 'Earlier'],
    ['last year', new Date(2025, 1, 18), '18 Feb 2025', 'on 18 Feb 2025', 'Earlier'],
  ])('%s', (_name, at, short, inSentence, group) => {
    expect([ago(at, now), when(at, now), ageGroup(at, now)]).toEqual([short, inSentence, group]);
  });

  test('a clock ahead of ours is now, not the future', () => {
    expect(ago(new Date(2026, 2, 4, 15, 33), now)).toBe('just now');
    expect(ageGroup(new Date(2026, 2, 5, 1, 0), now)).toBe('Today');
  });

  test('a day with a clock change is one day', () => {
    expect(daysBetween(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 12))).toBe(2);
  });

  test('days left are rounded up, and never below none', () => {
    expect(daysLeft(new Date(2026, 2, 6, 15, 31), now)).toBe(3);
    expect(daysLeft(new Date(2026, 2, 1), now)).toBe(0);
  });
});

test('counts', () => {
  expect([count(1, 'edit'), count(12, 'edit'), count(1284, 'edit'), count(0, 'word')]).toEqual([
    '1 edit',
    '12 edits',
    '1,284 edits',
    '0 words',
  ]);
});

describe('words of a text', () => {
  test.each([
    ['', 0],
    [' \n\n', 0],
    ['one', 1],
    ['It’s half past five; don’t wait.', 6],
    ['a\nb\nc', 3],
    ['3 March 2026', 3],
    ['— … ·', 0],
  ])('%j', (text, words) => {
    expect(countWords(text)).toBe(words);
  });
});

test('people', () => {
  expect(['Ada Lindqvist', 'Tomás (guest)', 'mara', '', '𝒜da Ø'].map(initials)).toEqual(['AL', 'T', 'M', '?', '𝒜Ø']);
  expect([0, 11, 12, -1, 3.7, Number.NaN].map(colourIndex)).toEqual([0, 11, 0, 11, 3, 0]);
  expect(listNames(['Mara'])).toBe('Mara');
  expect(listNames(['Mara', 'Ilja', 'Ada', 'Jo'])).toBe('Mara, Ilja and 2 others');
});

test('what was searched is marked, whatever its case', () => {
  expect(split('Roof: roof', 'ROOF').map(({ part, hit }) => [part, hit])).toEqual([
    ['Roof', true],
    [': ', false],
    ['roof', true],
  ]);
  expect(split('İstanbul', 'i')).toEqual([{ at: 0, part: 'İstanbul', hit: false }]);
});

describe('shortcuts', () => {
  const key = (init: KeyboardEventInit) => new KeyboardEvent('keydown', init);
  test.each<[string, KeyboardEventInit, boolean]>([
    ['Mod+B', { key: 'b', ctrlKey: true }, true],
    ['Mod+B', { key: 'b', ctrlKey: true, shiftKey: true }, false],
    ['Mod+Shift+7', { key: '/', code: 'Digit7', ctrlKey: true, shiftKey: true }, true],
    ['Mod+Alt+1', { key: '¡', code: 'Digit1', ctrlKey: true, altKey: true }, true],
    ['Mod+Alt+C', { key: 'ç', code: 'KeyC', ctrlKey: true, altKey: true }, true],
    ['Mod+/', { key: '/', ctrlKey: true }, true],
    ['Alt+Shift+Up', { key: 'ArrowUp', altKey: true, shiftKey: true }, true],
    ['Alt+F10', { key: 'F10', altKey: true }, true],
  ])('%s', (shortcut, init, fits) => {
    expect(matches(key(init), shortcut)).toBe(fits);
  });
});

describe('refusals', () => {
  const said = (kind: string, detail = 'What the server says.') => new Problem(kind, { detail });

  test('the cause shown is the cause, by its kind', () => {
    expect(signInWords(said('wrong-credentials', 'E-mail or password is not right.')).words).toBe(
      'E-mail or password is not right.',
    );
    for (const kind of ['foreign-origin', 'suspended', 'forbidden', 'unavailable', 'not-known-yet']) {
      expect(signInWords(said(kind)).words).toBe('What the server says.');
      expect(refusalOf(said(kind), 'email', 'password')).toMatchObject({ fields: {}, form: 'What the server says.' });
      expect(whatFailed(said(kind))).toBe('What the server says.');
    }
    expect(signInWords(new Problem('too-many-requests', { retryAfter: 40 }))).toEqual({
      words: 'Too many tries. Wait a moment.',
      seconds: 40,
      typed: false,
    });
    expect(signInWords(new Problem('unreachable')).words).toContain('can’t be reached');
    expect(signInWords(said('internal', 'a stack')).words).toContain('Something broke on our side');
  });

  test('a field is marked only for what the server says of it', () => {
    const named = (kind: string, field: string) =>
      new Problem(kind, { detail: 'What the server says.', fields: [{ field, detail: 'too long' }] });
    expect(refusalOf(said('email-taken'), 'name', 'email')).toMatchObject({ taken: true, form: null });
    expect(refusalOf(said('email-taken'), 'password')).toMatchObject({ fields: {}, form: 'What the server says.' });
    expect(refusalOf(named('invalid', 'name'), 'name')).toMatchObject({ fields: { name: 'Too long.' }, form: null });
    expect(refusalOf(named('forbidden', 'password'), 'password').fields.password).toBe('Too long.');
    expect(refusalOf(named('invalid', 'scope'), 'name')).toMatchObject({ fields: {}, form: 'What the server says.' });
    expect(refusalOf(new Problem('too-many-requests', { retryAfter: 7 }), 'password')).toMatchObject({
      fields: {},
      form: 'Too many tries. Wait 7 seconds.',
    });
    for (const problem of [new Problem('unreachable'), new Error('no')])
      expect(refusalOf(problem, 'password').fields).toEqual({});
  });
});

test('a device is named as far as it says who it is', () => {
  const agent = (user_agent: string) => device({ user_agent });
  expect(
    agent('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'),
  ).toBe('Chrome on Linux');
  expect(agent('Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19 Safari/604.1')).toBe(
    'Safari on iOS',
  );
  expect(agent('curl/8.5.0')).toBe('curl');
  expect(agent('')).toBe('Some program');
});
