import Delta from 'quill-delta';

/** The rules that turn typed Markdown into formats. Each sees the text of the line up to the caret, just after a character was typed, and
 * may return a change. No DOM, no Quill. */

/** What a rule sees. */
export interface Typed {
  /** Text of the line up to the caret; embeds as U+FFFC. */
  before: string;
  /** Formats of the line. */
  line: Record<string, unknown>;
  /** Formats of the text just before the caret. */
  text: Record<string, unknown>;
  /** What was typed last: one character. */
  key: string;
}

/** What a rule changes: the marks are deleted, and the formats applied. */
export interface RuleResult {
  /** The lengths of the marks before and after the inner text, and of that, in units. A line rule has only `open`. */
  open: number;
  inner: number;
  close: number;
  /** The format of the inner text. Text typed after it does not inherit that. */
  format?: string;
  /** The formats of the line in which the caret is afterwards. */
  line?: Record<string, unknown>;
  /** The marks become a divider. */
  divider?: true;
}

type Rule = (typed: Typed) => RuleResult | null;

const onSpace: [RegExp, (match: RegExpExecArray) => Record<string, unknown>][] = [
  [/^(#{1,3}) $/, (match) => ({ header: match[1]?.length ?? 1 })],
  [/^[-*] $/, () => ({ list: 'bullet' })],
  [/^1[.)] $/, () => ({ list: 'ordered' })],
  [/^(?:- )?\[ ?\] $/, () => ({ list: 'unchecked' })],
  [/^(?:- )?\[[xX]\] $/, () => ({ list: 'checked' })],
  [/^> $/, () => ({ blockquote: true })],
  [/^```([A-Za-z0-9][A-Za-z0-9+#._-]{0,31})? $/, (match) => ({ 'code-block': match[1] || true })],
];

/** Line starts: `# `, `- `, `1. `, `[] `, `> `, three backticks. */
const lineStart: Rule = ({ before, line, key }) => {
  if (key !== ' ' || hasBlock(line)) return null;
  for (const [pattern, formats] of onSpace) {
    const match = pattern.exec(before);
    if (match) return { ...marks(before.length), line: formats(match) };
  }
  return null;
};

/** A bullet that begins with `[] ` is a check box. */
const checkInList: Rule = ({ before, line, key }) => {
  if (key !== ' ' || line.list !== 'bullet') return null;
  const match = /^\[([ xX]?)\] $/.exec(before);
  return match
    ? { ...marks(before.length), line: { list: /x/i.test(match[1] ?? '') ? 'checked' : 'unchecked' } }
    : null;
};

/** `---` alone in its line. */
const divider: Rule = ({ before, line, key }) =>
  key === '-' && before === '---' && !hasBlock(line) ? { ...marks(3), divider: true } : null;

const pairs: [RegExp, string][] = [
  [/(^|[^*\\])\*\*(?=\S)([^*]*?[^\s*])\*\*$/, 'bold'],
  [/(^|[^\p{L}\p{N}_\\])_(?=\S)([^_]*?[^\s_])_$/u, 'italic'],
  [/(^|[^~\\])~~(?=\S)([^~]*?[^\s~])~~$/, 'strike'],
  [/(^|[^`\\])`([^`]*[^`\s][^`]*)`$/, 'code'],
];

/** `**bold**`, `_italic_`, `~~strike~~`, and backticks. */
const inline: Rule = ({ before, key }) => {
  if (!'*_~`'.includes(key)) return null;
  for (const [pattern, format] of pairs) {
    const match = pattern.exec(before);
    const inner = match?.[2];
    if (!match || inner === undefined) continue;
    const mark = (match[0].length - (match[1]?.length ?? 0) - inner.length) / 2;
    return { open: mark, inner: inner.length, close: mark, format };
  }
  return null;
};

const rules: readonly Rule[] = [lineStart, checkInList, divider, inline];

/** Reports whether a line already is a heading, list item, quotation or code: there nothing is turned into a line format. */
function hasBlock(line: Record<string, unknown>): boolean {
  return ['header', 'list', 'blockquote', 'code-block'].some((name) => line[name] !== undefined);
}

/** Returns the change of the first rule that applies, or null. */
export function ruleFor(typed: Typed): RuleResult | null {
  if (typed.line['code-block'] || typed.text.code) return null;
  for (const rule of rules) {
    const result = rule(typed);
    if (result) return result;
  }
  return null;
}

/** Returns the formats of the code block that a line of three backticks, with or without a language, opens on Enter, or null. */
export function codeFence(line: string): Record<string, unknown> | null {
  const match = /^```([A-Za-z0-9][A-Za-z0-9+#._-]{0,31})?$/.exec(line);
  return match ? { 'code-block': match[1] || true } : null;
}

/** Returns a result as a change, and the caret after it. `index` is the caret now; `lineRest` the units from there to the newline of the
 * line. Inner text is formatted in place, not replaced, so that what others do to it meanwhile is kept. */
export function ruleDelta(result: RuleResult, index: number, lineRest: number): { delta: Delta; caret: number } {
  const start = index - result.open - result.inner - result.close;
  const delta = new Delta().retain(start);
  if (result.divider) delta.insert({ divider: true }).insert('\n');
  delta.delete(result.open);
  if (result.format) delta.retain(result.inner, { [result.format]: true });
  delta.delete(result.close);
  if (result.line) delta.retain(lineRest).retain(1, result.line);
  return { delta, caret: start + result.inner + (result.divider ? 2 : 0) };
}

function marks(open: number): RuleResult {
  return { open, inner: 0, close: 0 };
}
