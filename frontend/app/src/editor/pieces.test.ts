import Delta from 'quill-delta';
import { describe, expect, test } from 'vitest';
import { completed } from '../document/toolbar/link-address';
import { textDelta } from './clipboard';
import { deltaToHtml, deltaToText } from './delta-to-html';
import { slices } from './large-paste';
import { pageToDelta } from './page-to-delta';
import { isAccepted } from './table';

describe('a large text goes in by pieces', () => {
  test('a small one is one piece', () => {
    const small = new Delta().insert('words').insert('\n', { header: 1 });
    expect(slices(small)).toEqual([small]);
    expect(slices(new Delta())).toEqual([]);
  });

  test('nothing is lost, and no piece is large', () => {
    const line = 'A line of words with a 😀 in it. ';
    const large = new Delta();
    for (let i = 0; i < 400; i++) large.insert(line.repeat(40), { bold: i % 2 === 0 }).insert('\n', { list: 'bullet' });
    const pieces = slices(large);
    expect(pieces.length).toBeGreaterThan(10);
    expect(pieces.reduce((all, piece) => all.concat(piece), new Delta()).ops).toEqual(large.ops);
    for (const piece of pieces) expect(piece.length()).toBeLessThanOrEqual(30_000);
  });

  test('a character of two units is never cut', () => {
    const pieces = slices(new Delta().insert(`a${'😀'.repeat(70_001)}`));
    for (const piece of pieces) expect(JSON.stringify(piece.ops)).not.toMatch(/\\ud[89a-f]/i);
  });
});

describe('what goes onto the clipboard', () => {
  const hostile = new Delta()
    .insert('<img src=x onerror=alert(1)>', { link: 'https://x.example/"onmouseover="alert(1)', color: '"><script>' })
    .insert({ image: 'https://x.example/"><script>' }, { alt: '"><b>' })
    .insert('\n', { list: '"><script>', align: '"><script>' });

  test('every text and value is escaped', () => {
    const html = deltaToHtml(hostile);
    const page = new DOMParser().parseFromString(html, 'text/html');
    expect(page.querySelectorAll('script, b, [onmouseover], [onerror]')).toHaveLength(0);
    expect(page.body.textContent).toContain('<img src=x onerror=alert(1)>');
  });

  test('what we write, we read back', () => {
    const own = new Delta()
      .insert('Title')
      .insert('\n', { header: 2 })
      .insert('bold', { bold: true })
      .insert(' and ')
      .insert('link', { link: 'https://example.org/?a=1&b=2' })
      .insert('\n', { align: 'center' })
      .insert('one')
      .insert('\n', { list: 'bullet' })
      .insert('two')
      .insert('\n', { list: 'bullet', indent: 1 })
      .insert('said')
      .insert('\n', { blockquote: true })
      .insert({ divider: true })
      .insert('\n')
      .insert('code')
      .insert('\n', { 'code-block': true });
    expect(pageToDelta(deltaToHtml(own)).delta.ops).toEqual(own.ops);
  });

  const carriers: [string, Record<string, unknown>][] = [
    ...[{ list: 'checked' }, { list: 'unchecked' }, { list: 'ordered' }, { list: 'bullet' }].flatMap((list) =>
      [{}, { indent: 3 }, { align: 'right', direction: 'rtl' }].map((more): [string, Record<string, unknown>] => [
        JSON.stringify({ ...list, ...more }),
        { ...list, ...more },
      ]),
    ),
    ...[1, 2, 3, 4, 5, 6].map((header): [string, Record<string, unknown>] => [`header ${header}`, { header }]),
    ...[{ 'code-block': true }, { 'code-block': 'c++' }, { 'code-block': 'js', indent: 2 }, { blockquote: true }].map(
      (one): [string, Record<string, unknown>] => [JSON.stringify(one), one],
    ),
    ['indented', { indent: 8 }],
    ...['center', 'right', 'justify'].map((align): [string, Record<string, unknown>] => [align, { align }]),
    ['right to left', { direction: 'rtl', blockquote: true, align: 'right' }],
  ];

  test.each(carriers)('a line that is %s is read back from the page alone', (_what, formats) => {
    const own = new Delta()
      .insert('before\n')
      .insert(' two  words', formats['code-block'] ? {} : { bold: true })
      .insert('\n', formats)
      .insert('\n', formats)
      .insert('\ttabbed ')
      .insert('\n', formats)
      .insert('after\n\nend');
    expect(pageToDelta(deltaToHtml(own)).delta.ops).toEqual(own.ops);
  });

  test('text and pictures of each format of the table are read back from the page alone', () => {
    const runs: Record<string, unknown>[] = [
      ...['bold', 'italic', 'underline', 'strike', 'code'].map((name) => ({ [name]: true })),
      { script: 'sub' },
      { script: 'super' },
      { link: '/d/abc', underline: true },
      { link: 'mailto:ada@example.org', color: '#F00' },
      { color: '#333' },
      { color: 'rgb(1, 2, 3)', background: 'Gold', bold: true, italic: true },
      { color: 'oklch(50% 0.1 200 / 0.5)' },
    ];
    const own = new Delta().insert('plain  ');
    for (const [at, formats] of runs.entries()) own.insert(`run ${at} `, formats).insert(' & <b> \u00a0\u00a0 ');
    own.insert('\n', { header: 1 });
    for (const [at, formats] of runs.entries()) own.insert(`run ${at}`, formats).insert(' ');
    own.insert({ image: '/own.png' }, { alt: '😀', width: '1', link: 'https://example.org', bold: true });
    own.insert({ image: 'https://example.org/a.png' }).insert('\n').insert({ divider: true }).insert('\nend');
    expect(pageToDelta(deltaToHtml(own)).delta.ops).toEqual(own.ops);
  });

  test('what another page says in our name passes the table like everything else', () => {
    const formats = '{"link":"javascript:alert(1)","bold":true,"header":9,"never":1}';
    const page = `<p data-quire='${formats}'><span data-quire='${formats}'>x</span></p><p data-quire='[1'>y</p>`;
    expect(pageToDelta(page).delta.ops).toEqual([{ insert: 'x', attributes: { bold: true } }, { insert: '\ny' }]);
  });

  test('other programs are shown a box, which is no text to us', () => {
    const html = deltaToHtml(new Delta().insert('one').insert('\n', { list: 'checked' }));
    expect(new DOMParser().parseFromString(html, 'text/html').body.textContent).toBe('☑ one');
    expect(pageToDelta(html).delta.ops[0]).toEqual({ insert: 'one' });
  });

  test('as text, a divider is three stars', () => {
    expect(deltaToText(new Delta().insert('a\n').insert({ divider: true }).insert('\nb\n'))).toBe('a\n* * *\nb\n');
  });
});

describe('plain text', () => {
  test('line ends of other systems and unseen characters do not come in', () => {
    const delta = textDelta('a\r\nb\rc\u0000\u0007\ufeffd\te', {});
    expect(delta.ops).toEqual([{ insert: 'a\nb\ncd\te' }]);
    expect(isAccepted(delta)).toBe(true);
  });

  test('takes the formats of its place, in code none of the letters’', () => {
    expect(textDelta('x\ny', { bold: true, list: 'bullet', link: 'https://a.example' }).ops).toEqual([
      { insert: 'x', attributes: { bold: true } },
      { insert: '\n', attributes: { list: 'bullet' } },
      { insert: 'y', attributes: { bold: true } },
    ]);
    expect(textDelta('x\ny', { 'code-block': 'js', bold: true }).ops).toEqual([
      { insert: 'x' },
      { insert: '\n', attributes: { 'code-block': 'js' } },
      { insert: 'y' },
    ]);
  });
});

test('an address is meant as it is mostly meant', () => {
  expect(completed(' example.org/a ')).toBe('https://example.org/a');
  expect(completed('ada@example.org')).toBe('mailto:ada@example.org');
  expect(completed('tel:+49')).toBe('tel:+49');
  expect(completed('/d/abc')).toBe('/d/abc');
  expect(completed('example.org:8080/wiki')).toBe('https://example.org:8080/wiki');
  expect(completed('localhost:3000')).toBe('http://localhost:3000');
  expect(completed('127.0.0.1:8080?a=1')).toBe('http://127.0.0.1:8080?a=1');
  expect(completed('tel:+49 30 1234')).toBe('tel:+49301234');
  expect(completed('mailto:ada@example.org')).toBe('mailto:ada@example.org');
  expect(completed('javascript:8080')).toBe('https://javascript:8080');
  expect(completed('example.org:65535')).toBe('https://example.org:65535');
  expect(completed('example.org:65536')).toBe(null);
  expect(completed('https://example.org:99999/wiki')).toBe(null);
  expect(completed('http://[::1]:99999')).toBe(null);
  expect(completed('example.org:123456')).toBe(null);
  expect(completed('https://example.org/a:99999')).toBe('https://example.org/a:99999');
  expect(completed('https://ada:99999@example.org/')).toBe('https://ada:99999@example.org/');
  expect(completed('bad bad')).toBe(null);
  expect(completed('https://bad bad')).toBe(null);
  expect(completed('')).toBe('');
});
