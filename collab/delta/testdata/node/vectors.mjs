// Makes ../vectors.json: the named cases of the specification sheets, then seeded random ones. Run: npm ci && npm run vectors
import { answer } from './answer.mjs';

let state = 20250701;
const random = (n) => {
  // xorshift32: the same cases on every machine
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % n;
};
const pick = (list) => list[random(list.length)];

const TEXT = ['a', 'b', 'xyz', '\n', 'é', 'ß', '中', '😀', '𝓊𝓋', '\ud83d', '\ude00', '\u0000', '"\\', '\u2028', 'o\u0301'];
const VALUES = [true, true, null, 'red', 1, 2.5, { k: 1, l: [2] }, { l: [2], k: 1 }, [], ''];
const NAMES = ['bold', 'color', 'x', 'link'];
const EMBEDS = [{ image: 'u' }, { divider: true }, { two: 1, keys: 2 }, 7, true, [1, 'b']];

const attributes = () => {
  const set = {};
  for (let n = 1 + random(2); n > 0; n--) set[pick(NAMES)] = pick(VALUES);
  return set;
};
const text = () => Array.from({ length: 1 + random(3) }, () => pick(TEXT)).join('');
const insert = () => {
  const op = { insert: random(5) === 0 ? pick(EMBEDS) : text() };
  if (random(3) === 0) op.attributes = attributes();
  return op;
};
const lengthOf = (ops) => ops.reduce((n, op) => n + (typeof op.insert === 'string' ? op.insert.length : 1), 0);

// doc is in the form that push gives it; merged is quill-delta's work.
const doc = () => {
  const ops = Array.from({ length: random(6) }, insert);
  return answer({ doc: [], a: ops, b: [], c: [] }).applied;
};
// op is raw: neighbours unmerged, deletes before inserts, bare retains at the end.
const op = (length) => {
  const ops = [];
  let left = length;
  for (let n = random(6); n > 0; n--) {
    const size = left > 0 ? 1 + random(Math.min(left, 4)) : 0;
    const kind = random(4);
    if (kind === 0 || size === 0) ops.push(insert());
    else if (kind === 1) ops.push({ delete: size });
    else if (kind === 2) ops.push({ retain: size });
    else ops.push({ retain: size, attributes: attributes() });
    if (kind !== 0) left -= size;
  }
  return ops;
};
const r = (retain, attributes) => (attributes ? { retain, attributes } : { retain });
const i = (insert, attributes) => (attributes ? { insert, attributes } : { insert });
const d = (n) => ({ delete: n });
const bold = { bold: true };

const named = [
  ['tie of two inserts', [], [i('A')], [i('B')]],
  ['null against value', [i('z')], [r(1, { bold: true })], [r(1, { bold: null })]],
  ['the same attribute twice', [i('z')], [r(1, { bold: true, x: 1 })], [r(1, { bold: true, x: 1 })]],
  ['insert inside a formatted range, a the format', [i('abc')], [r(3, bold)], [r(1), i('XY')]],
  ['insert inside a formatted range, b the format', [i('abc')], [r(1), i('XY')], [r(3, bold)]],
  ['delete inside a formatted range', [i('abc')], [r(3, bold)], [r(1), d(1)]],
  ['insert inside a deleted range, a the delete', [i('abc')], [d(3)], [r(1), i('XY')]],
  ['insert inside a deleted range, b the delete', [i('abc')], [r(1), i('XY')], [d(3)]],
  ['overlapping deletes', [i('abcd')], [r(1), d(3)], [d(2)]],
  ['insert in a longer delete', [i('abcd')], [r(2), i('Z')], [d(4)]],
  ['compose delete then insert', [i('ab')], [d(2)], [], [i('X')]],
  ['compose insert then delete in it', [], [i('abc')], [], [r(1), d(1)]],
  ['compose format then its removal', [i('z')], [r(1, bold)], [], [r(1, { bold: null })]],
  ['compose formatted insert with the removal', [], [i('a', bold)], [], [r(1, { bold: null })]],
  ['positions at an insert', [i('abcd')], [r(2), i('XY')], []],
  ['positions in a delete', [i('abcdef')], [r(1), d(5)], []],
  ['positions at delete and insert', [i('abcdef')], [r(1), d(3), i('ab')], []],
  ['undo of three kinds', [i('ab', bold), i('c\n')], [r(1, { bold: null, i: 1 }), d(1), i('Z')], []],
  ['not over a composed history, b1', [i('b')], [r(1), i('a')], [i('x')], [d(1)]],
  ['not over a composed history, composed', [i('b')], [i('a'), d(1)], [i('x')]],
  ['not over a composed history, b1, client side', [i('b')], [d(1)], [r(1), i('x')], [i('a')]],
  ['pending composed against its parts', [i('b')], [r(1), i('y')], [d(1)]],
  ['insert hops before its delete', [i('abc')], [r(1), d(2)], [d(1), r(2), i('X')], [r(1), i('Z')]],
  ['raw op', [i('a')], [r(1), i('Z')], [d(1), i('X')]],
  ['raw op, canonical', [i('a')], [r(1), i('Z')], [i('X'), d(1)]],
  ['raw committed op', [i('ab')], [d(1), i('X')], [r(1), i('Y')]],
  ['attributes {} in an insert', [], [i('x', {})], [], [r(1), i('y')]],
  ['attributes {} in a retain', [i('xy')], [r(1, {}), i('z')], [r(2, {}), i('w')]],
  ['null in an insert stays', [], [i('x', { b: null })], [], [r(1, { c: 1 })]],
  ['a pair cut in two', [i('😀')], [r(1), i('x')], [r(1), d(1)], [r(1), d(1)]],
  ['halves meet', [i('\ud83d', bold), i('\ude00')], [r(1, { bold: null })], []],
];

const cases = named.map(([name, doc, a, b, c = []]) => ({ name, doc, a, b, c }));
for (let n = 0; n < 800; n++) {
  const s = doc();
  const a = op(lengthOf(s));
  const c = op(lengthOf(answer({ doc: s, a, b: [], c: [] }).applied));
  cases.push({ doc: s, a, b: op(lengthOf(s)), c });
}
const lines = cases.map((one) => JSON.stringify({ ...one, want: answer(one) }));
process.stdout.write('[\n' + lines.join(',\n') + '\n]\n');
