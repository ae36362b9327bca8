import { Delta } from 'quill/core';
import { AttributeMap, type Op } from 'quill-delta';
import { afterEach, expect, test } from 'vitest';
import { createClipboard, openWith as open } from './copying';

afterEach(() => document.body.replaceChildren());

type Numbers = (below: number) => number;

/** Numbers from a seed, so that what failed once fails again. */
function numbers(seed: number): Numbers {
  let state = Math.imul(seed, 2654435761) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pick = <T>(from: readonly T[], next: Numbers): T => from[next(from.length)] as T;

const lineFormats: AttributeMap[] = [
  {},
  {},
  {},
  { header: 1 },
  { header: 6, align: 'right' },
  { blockquote: true },
  { blockquote: true, direction: 'rtl', align: 'right' },
  { list: 'bullet' },
  { list: 'ordered', indent: 1 },
  { list: 'bullet', indent: 8 },
  { list: 'checked' },
  { list: 'unchecked', indent: 2 },
  { 'code-block': true },
  { 'code-block': 'js' },
  { align: 'center' },
  { indent: 2 },
];
const runFormats: AttributeMap[] = [
  {},
  {},
  { bold: true },
  { italic: true, underline: true, strike: true },
  { code: true },
  { link: 'https://a.example/?b=1&c="2"' },
  { color: '#f00', background: '#ffff00' },
  { script: 'super', bold: true },
];
const words = ['ab', 'word ', ' two  spaces ', 'é', '😀', '<b>&amp;', '\t', '- ', '1. '];

function randomText(next: Numbers): Delta {
  const text = new Delta();
  for (let line = 1 + next(5); line > 0; line--) {
    const formats = pick(lineFormats, next);
    const code = formats['code-block'] !== undefined;
    for (let run = next(4); run > 0; run--) {
      if (next(8) === 0 && !code) text.insert({ image: '/a.png' }, { alt: 'a', width: '5' });
      else if (next(12) === 0 && !code) text.insert({ divider: true });
      else text.insert(pick(words, next), code ? {} : pick(runFormats, next));
    }
    text.insert('\n', formats);
  }
  return text;
}

/** A line of a text, or what is copied of one. `formats` are null where it takes those of the line it comes into. */
interface Line {
  ops: Op[];
  formats: AttributeMap | null;
}

function linesOf(text: Delta): Line[] {
  const lines: Line[] = [];
  text.eachLine((line, formats) => void lines.push({ ops: line.ops, formats }));
  return lines;
}

const written = (lines: Line[]) =>
  lines.reduce((text, { ops, formats }) => {
    return text.concat(new Delta(inCode(ops, formats))).insert('\n', formats ?? {});
  }, new Delta());
const sameFormats = (a: AttributeMap, b: AttributeMap) => AttributeMap.diff(a, b) === undefined;
const joined = (...parts: Op[][]) => parts.reduce((text, ops) => text.concat(new Delta(ops)), new Delta()).ops;

/** The lines of a range. The last is whole if it is there to its end, and with words, or is the last of all. */
function copied(text: Delta, from: number, to: number): Line[] {
  const parts = text.slice(from, to);
  const lines = linesOf(new Delta([...parts.ops, { insert: '\n' }]));
  const last = lines.at(-1) as Line;
  const { after, formats } = parted(text, to);
  const ofAll = to === text.length() - 1;
  const everything = from === 0 && ofAll;
  const whole = after.length === 0 && (last.ops.length > 0 || ofAll) && (lines.length > 1 || everything);
  last.formats = whole ? formats : null;
  return lines;
}

/** The line at a place, in two. */
function parted(text: Delta, at: number): { before: Op[]; after: Op[]; formats: AttributeMap; number: number } {
  const number = linesOf(new Delta([...text.slice(0, at).ops, { insert: '\n' }])).length - 1;
  const before = linesOf(new Delta([...text.slice(0, at).ops, { insert: '\n' }])).at(-1)?.ops ?? [];
  const rest = linesOf(text.slice(at))[0] as Line;
  return { before, after: rest.ops, formats: rest.formats ?? {}, number };
}

/** What a person expects of a paste, line by line. */
function pasted(text: Delta, at: number, lines: Line[]): Delta {
  const { before, after, formats, number } = parted(text, at);
  const around = linesOf(text);
  const [first, ...more] =
    formats['code-block'] === undefined ? lines.map((line) => ({ ...line })) : asCode(lines, formats);
  const last = more.pop();
  const whole = last ?? first;
  // A line that is as the one it comes into, joins it.
  if (whole?.formats && (last || whole.ops.length > 0) && sameFormats(whole.formats, formats)) whole.formats = null;
  const into: Line[] = [];
  const kept = (ops: Op[]) => ({ ops, formats });
  if (!first) return text;
  if (last) {
    into.push({ ops: joined(before, first.ops), formats: first.formats }, ...more);
    if (!last.formats) into.push(kept(joined(last.ops, after)));
    else into.push(last, ...(after.length > 0 ? [kept(after)] : []));
  } else if (!first.formats || (before.length > 0 && first.ops.length > 0)) {
    into.push(kept(joined(before, first.ops, after)));
  } else {
    if (before.length > 0) into.push(kept(before));
    into.push(first, ...(after.length > 0 ? [kept(after)] : []));
  }
  return written([...around.slice(0, number), ...into, ...around.slice(number + 1)]);
}

/** Words in a line that becomes code have no formats there. */
function inCode(ops: Op[], formats: AttributeMap | null): Op[] {
  if (formats?.['code-block'] === undefined) return ops;
  return joined(...ops.map((op) => [typeof op.insert === 'string' ? { insert: op.insert } : op]));
}

/** Into code go the words alone. */
function asCode(lines: Line[], formats: AttributeMap): Line[] {
  const plain = ({ insert, attributes }: Op) => {
    if (typeof insert === 'string') return insert;
    return (insert as object | undefined) && 'divider' in (insert as object) ? '* * *' : String(attributes?.alt ?? '');
  };
  return lines.map(({ ops }, index) => ({
    ops: joined(...ops.map((op) => [{ insert: plain(op) }])),
    formats: index < lines.length - 1 ? formats : null,
  }));
}

/** What is left when a range is taken out. */
function left(text: Delta, from: number, to: number): Delta {
  if (from === 0 && to === text.length() - 1) return new Delta().insert('\n');
  return written(linesOf(text.slice(0, from).concat(text.slice(to))));
}

const first = Number(process.env.QUIRE_SEED ?? 1);
const last = first + (process.env.QUIRE_LONG ? 3_000 : 60) - 1;

/** So many take minutes. */
const timeout = process.env.QUIRE_LONG ? 3_600_000 : undefined;

test(
  `a part of a text is pasted line for line as it was copied (seeds ${first}–${last})`,
  () => {
    for (let seed = first; seed <= last; seed++) {
      const next = numbers(seed);
      const source = open(randomText(next));
      const text = source.getContents();
      const end = text.length() - 1;
      // Selections begin and end where lines do more often than chance would have it.
      const edges = lineEdges(text);
      const edge = () => (next(2) === 0 ? pick(edges, next) : next(end + 1));
      const [from, to] = [edge(), edge()].sort((a, b) => a - b) as [number, number];
      if (from === to) {
        document.body.replaceChildren();
        continue;
      }
      const told = `seed ${seed}: ${JSON.stringify(text.ops)}, ${from} to ${to}`;
      const clipboard = createClipboard();
      const lines = copied(text, from, to);
      const cut = next(2) === 0;
      source.setSelection(from, to - from, 'silent');
      clipboard.tell(source, cut ? 'cut' : 'copy');
      const rest = cut ? left(text, from, to) : text;
      expect(source.getContents().ops, `${told}, left`).toEqual(rest.ops);

      const empty = open(new Delta().insert('\n'));
      empty.setSelection(0, 0, 'silent');
      clipboard.tell(empty, 'paste');
      expect(empty.getContents().ops, `${told}, into nothing`).toEqual(pasted(new Delta().insert('\n'), 0, lines).ops);

      const other = open(randomText(next));
      const place = other.getContents();
      const at = next(2) === 0 ? pick(lineEdges(place), next) : next(place.length());
      other.setSelection(at, 0, 'silent');
      clipboard.tell(other, 'paste');
      const there = `${told}, at ${at} of ${JSON.stringify(place.ops)}`;
      expect(other.getContents().ops, there).toEqual(pasted(place, at, lines).ops);
      other.history.undo();
      expect(other.getContents().ops, `${there}, taken back`).toEqual(place.ops);

      source.setSelection(cut ? from : to, 0, 'silent');
      clipboard.tell(source, 'paste');
      expect(source.getContents().ops, `${told}, pasted beside`).toEqual(pasted(rest, cut ? from : to, lines).ops);

      if (lines.some(isDivided)) {
        document.body.replaceChildren();
        continue;
      }
      clipboard.foreign();
      const program = open(new Delta().insert('\n'));
      program.setSelection(0, 0, 'silent');
      clipboard.tell(program, 'paste');
      expect(bare(program.getContents()), `${told}, by another program`).toEqual(bare(empty.getContents()));
      document.body.replaceChildren();
    }
  },
  timeout,
);

/** A divider beside words, or in a line with formats: a page has it between lines. */
function isDivided({ ops, formats }: Line): boolean {
  const divider = ops.some(({ insert }) => typeof insert === 'object' && 'divider' in insert);
  return divider && (ops.length > 1 || Object.keys(formats ?? {}).length > 0);
}

/** A page does not say whether a plain last line is empty or none. */
function bare(text: Delta): Line[] {
  const lines = linesOf(text);
  const isPlain = ({ ops, formats }: Line) => ops.length === 0 && Object.keys(formats ?? {}).length === 0;
  return lines.slice(0, lines.findLastIndex((line) => !isPlain(line)) + 1);
}

/** Where lines begin and end. */
function lineEdges(text: Delta): number[] {
  const edges: number[] = [];
  let at = 0;
  text.eachLine((line) => {
    edges.push(at, at + line.length());
    at += line.length() + 1;
  });
  return edges;
}
