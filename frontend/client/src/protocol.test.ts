import { describe, expect, it } from 'vitest';
import { goldenFrames } from '../test/testdata.ts';
import {
  documentOf,
  helloFrame,
  known,
  opFrame,
  opsOf,
  parse,
  pingFrame,
  presenceFrame,
  presenceRequestFrame,
  requestFrame,
} from './protocol.ts';

const golden = goldenFrames();
const accepted = golden.filter(({ dir, ok }) => dir === 'c2s' && ok).map(({ frame }) => frame);

describe('the frames of collab/wire/testdata/frames', () => {
  it.each([
    ['the first greeting', helloFrame(null)],
    ['a subscription to the text', requestFrame('s', 'd1', null)],
    ['a fetch of the text', requestFrame('f', 'd1', null)],
    ['a fetch from the beginning', requestFrame('f', 'd1', 0)],
    ['the end of a subscription', requestFrame('u', 'd1', null)],
    ['a subscription to presence', presenceRequestFrame('ps', 'd1', 1)],
    ['the end of one', presenceRequestFrame('pu', 'd1', 2)],
    ['a ping', pingFrame],
  ])('%s is one the server accepts', (_, text) => expect(accepted).toContainEqual(JSON.parse(text)));

  it('an op and a presence have the members of accepted ones', () => {
    const members = (frame: object) => Object.keys(frame).filter((key) => key !== 'x');
    const shapes = accepted.map((frame) =>
      members(frame ?? {})
        .sort()
        .join(),
    );
    const op = JSON.parse(opFrame('d1', 1, 'A', 1, [{ insert: 'a' }]));
    const presence = JSON.parse(presenceFrame('d1', 'a1', 0, 1, { index: 2, length: 1 }));
    expect(shapes).toContain(members(op).sort().join());
    expect(shapes).toContain(members(presence).sort().join());
  });

  it('a, c, d, v, src and seq come before the op, where the server looks for them in a frame it will not read', () => {
    expect(Object.keys(JSON.parse(opFrame('d1', 1, 'A', 1, [])))).toEqual(['a', 'c', 'd', 'v', 'src', 'seq', 'op']);
  });

  it('half of a surrogate pair goes out as an escape', () => {
    expect(opFrame('d', 0, 'A', 1, [{ insert: '\ud83d' }])).toContain('\\ud83d');
  });

  const fromServer = golden.filter(({ dir, frame, raw }) => dir === 's2c' && (frame || raw));

  it.each(fromServer.map(({ name, frame, raw }) => [name, raw ?? JSON.stringify(frame)]))('reads: %s', (_, text) => {
    const given = JSON.parse(text);
    const frame = parse(text);
    if (!Object.hasOwn(known, given.a)) return expect(frame).toBe(null);
    expect(frame).toEqual(given);
    if (given.d !== undefined) expect(frame && documentOf(frame)).toBe(given.d);
    if (frame?.a === 'op' && frame.op) expect(Array.isArray(opsOf(frame.op))).toBe(true);
  });

  it.each([
    ['[]'],
    ['5'],
    ['null'],
    ['{"a":"zz"}'],
    ['{"a":"constructor"}'],
    ['{"a":["op"]}'],
    ['{"a":'],
    [new ArrayBuffer(3)],
  ])('ignores %s', (text) => {
    expect(parse(text)).toBe(null);
  });
});
