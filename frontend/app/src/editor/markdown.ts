import Delta from 'quill-delta';

/** What typing turns into formatting. Each rule sees the text before the caret in its line, just after a character was
 * typed, and may answer with what to change. Pure. */

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

export interface RuleResult {
  /** Units of the marks: what goes before and after `inner`. For a rule of lines all of it is in `open`. */
  open: number;
  inner: number;
  close: number;
  /** What the inner text gets. What is typed next does not carry it. */
  format?: string;
  /** Formats for the line that the caret is in afterwards. */
  line?: Record<string, unknown>;
  /** Stands where the marks were. */
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

/** Lines that already are something keep what is typed as it is. */
function hasBlock(line: Record<string, unknown>): boolean {
  return ['header', 'list', 'blockquote', 'code-block'].some((name) => line[name] !== undefined);
}

export function ruleFor(typed: Typed): RuleResult | null {
  if (typed.line['code-block'] || typed.text.code) return null;
  for (const rule of rules) {
    const result = rule(typed);
    if (result) return result;
  }
  return null;
}

/** Three backticks, with or without a language, and Enter: the line as it stands becomes a code block. */
export function codeFence(line: string): Record<string, unknown> | null {
  const match = /^```([A-Za-z0-9][A-Za-z0-9+#._-]{0,31})?$/.exec(line);
  return match ? { 'code-block': match[1] || true } : null;
}

/** The result as a change, and where the caret is after it. `index`: the caret; `lineRest`: units from the caret to the
 * newline of its line. Inner text is formatted where it stands, so that what others do to it meanwhile is kept. */
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
