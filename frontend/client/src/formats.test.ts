import { describe, expect, it } from 'vitest';
import { testdata } from '../test/testdata.ts';
import { Delta } from './delta.ts';
import { clean } from './formats.ts';
import { formatsTable } from './formats-table.ts';

const one = (op: object) => clean(new Delta([op as never])).ops;

describe('E3: nothing the server refuses leaves the client', () => {
  it('the table is the one of collab/wire/testdata/formats.json', () => {
    const { comment: _, ...table } = testdata<Record<string, unknown>>('formats.json');
    expect(formatsTable).toEqual(table);
  });

  it('gives the same object back when there is nothing to clean', () => {
    const delta = new Delta().retain(2, { bold: null, header: 2 }).insert('a', { link: 'https://a.example' }).delete(1);
    expect(clean(delta)).toBe(delta);
  });

  it.each([
    [
      'a format outside the table',
      { insert: 'a', attributes: { font: 'serif', bold: true } },
      [{ insert: 'a', attributes: { bold: true } }],
    ],
    ['a value outside the table', { insert: 'a', attributes: { bold: 'yes' } }, [{ insert: 'a' }]],
    ['a script in a link', { insert: 'a', attributes: { link: 'javascript:alert(1)' } }, [{ insert: 'a' }]],
    [
      'a script in a link, with capitals',
      { insert: 'a', attributes: { link: 'JavaScript:alert(1)' } },
      [{ insert: 'a' }],
    ],
    ['a link with a control character', { insert: 'a', attributes: { link: 'java\tscript:1' } }, [{ insert: 'a' }]],
    ['a style behind a colour', { insert: 'a', attributes: { color: 'red;background:url(x)' } }, [{ insert: 'a' }]],
    ['a header too deep', { retain: 1, attributes: { header: 7 } }, [{ retain: 1 }]],
    ['an own property of Object', { insert: 'a', attributes: { constructor: true } }, [{ insert: 'a' }]],
    ['an unknown embed', { insert: { video: 'https://a.example' } }, []],
    ['an embed with two keys', { insert: { image: '/a.png', divider: true } }, []],
    ['an image as data', { insert: { image: 'data:image/png;base64,AAAA' } }, []],
    ['an image of another host without a scheme', { insert: { image: '//a.example/a.png' } }, []],
    ['an attribute of an image on text', { insert: 'a', attributes: { alt: 'x' } }, [{ insert: 'a' }]],
    ['a carriage return', { insert: 'a\r\nb\rc' }, [{ insert: 'a\nb\nc' }]],
    ['a change inside an embed', { retain: { image: {} } }, [{ retain: 1 }]],
    ['a length of nothing', { retain: 0 }, []],
    ['an empty text', { insert: '', attributes: { bold: true } }, []],
    ['empty attributes', { insert: 'a', attributes: {} }, [{ insert: 'a' }]],
  ])('drops %s', (_, given, expected) => expect(one(given)).toEqual(expected));

  it.each([
    ['an image of ours with its size', { insert: { image: '/files/a.png' }, attributes: { alt: 'a', width: '120px' } }],
    ['a divider', { insert: { divider: true } }],
    ['a code block with a language', { insert: '\n', attributes: { 'code-block': 'c++' } }],
    ['a relative link', { insert: 'a', attributes: { link: 'other?x=1#y' } }],
    ['the link Quill writes for a bad one', { insert: 'a', attributes: { link: 'about:blank' } }],
    ['the removal of any of them', { retain: 1, attributes: { width: null, list: null } }],
    ['half of a surrogate pair', { insert: '\ud83d' }],
  ])('keeps %s', (_, given) => expect(one(given)).toEqual([given]));

  it('a server without a table gets any format, and still no invalid component', () => {
    const delta = new Delta([{ insert: { video: 'x' }, attributes: { font: 'serif' } }, { retain: -1 }]);
    expect(clean(delta, null).ops).toEqual([{ insert: { video: 'x' }, attributes: { font: 'serif' } }]);
  });

  it('what is cleaned once is clean', () => {
    const delta = new Delta([{ insert: 'a', attributes: { font: 'x', bold: true } }, { insert: { video: 'x' } }]);
    const cleaned = clean(delta);
    expect(clean(cleaned)).toBe(cleaned);
  });
});
