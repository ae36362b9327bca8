import { describe, expect, it } from 'vitest';
import { Delta } from './delta.ts';
import { parseEdit } from './edits.ts';
import { QuireError } from './error.ts';

describe('what a page gives as an edit', () => {
  const wrong: [unknown, RegExp][] = [
    [42, /an edit is a Delta.*42/],
    [null, /an edit is a Delta.*null/],
    ['x', /an edit is a Delta.*a string/],
    [{}, /an edit is a Delta/],
    [{ ops: {} }, /an edit is a Delta/],
    [{ ops: [null] }, /ops\[0\] is no op: null/],
    [{ ops: [[]] }, /ops\[0\] is no op: a list/],
    [{ ops: [{}] }, /ops\[0\] must have one of/],
    [{ ops: [{ retain: 1 }, { insert: 'a', delete: 1 }] }, /ops\[1\] must have one of/],
    [{ ops: [{ insert: 5 }] }, /ops\[0\]\.insert is no text or embed: 5/],
    [{ ops: [{ insert: null }] }, /ops\[0\]\.insert is no text or embed: null/],
    [{ ops: [{ insert: [] }] }, /ops\[0\]\.insert is no text or embed: a list/],
    [{ ops: [{ retain: -1 }] }, /ops\[0\]\.retain is no number of units: -1/],
    [{ ops: [{ retain: 1.5 }] }, /ops\[0\]\.retain/],
    [{ ops: [{ retain: Number.NaN }] }, /ops\[0\]\.retain/],
    [{ ops: [{ delete: 'a' }] }, /ops\[0\]\.delete is no number of units: a string/],
    [{ ops: [{ delete: {} }] }, /ops\[0\]\.delete is no number of units: an object/],
    [{ ops: [{ insert: 'a', attributes: 5 }] }, /ops\[0\]\.attributes is no object: 5/],
    [{ ops: [{ insert: 'a', attributes: null }] }, /ops\[0\]\.attributes is no object: null/],
  ];
  it.each(wrong)('refuses %j, and says where', (given, why) => {
    expect(() => parseEdit(given)).toThrow(why);
    expect(() => parseEdit(given)).toThrow(QuireError);
  });

  it('takes a Delta and what looks like one, without what says nothing', () => {
    const said = [
      { retain: 2, attributes: { bold: true } },
      { insert: 'a' },
      { insert: { divider: true } },
      { delete: 1 },
    ];
    expect(parseEdit(new Delta(said)).ops).toEqual(said);
    const padded = [{ retain: 0 }, ...said, { delete: 0 }, { insert: '' }, { retain: 9 }];
    expect(parseEdit({ ops: padded }).ops).toEqual(said);
  });
});
