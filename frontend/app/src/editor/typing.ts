import Quill, { type Delta } from 'quill/core';
import { lineFormats } from './commands';
import type { Done } from './input';
import { codeFence, ruleDelta, ruleFor } from './markdown';

/** Kinds of input that type a character. */
const typing = ['insertText', 'insertParagraph', 'insertLineBreak'];

/**
 * Applies the Markdown rules to what a person typed, and to nothing else: a character that undo brings back is not typed. Looks at
 * the change, not at the key, because phones report no keys. The rule's change is made after the typed character went out as an op of
 * its own, and is an undo step of its own: undoing it leaves what was typed.
 */
export function applyRules(quill: Quill, { kind, change }: Done): void {
  const typed = typing.includes(kind) ? typedCharacter(change) : null;
  if (!typed) return;
  const index = typed.index + 1;
  if (typed.key === '\n') {
    fence(quill, typed.index);
    return;
  }
  const [line, offset] = quill.getLine(index);
  if (!line) return;
  const start = index - offset;
  const result = ruleFor({
    before: plain(quill, start, offset),
    line: lineFormats(quill, index),
    text: quill.getFormat(index, 0),
    key: typed.key,
  });
  if (!result) return;
  const { delta, caret } = ruleDelta(result, index, line.length() - offset - 1);
  quill.history.cutoff();
  quill.updateContents(delta, Quill.sources.USER);
  quill.history.cutoff();
  quill.setSelection(caret, 0, Quill.sources.SILENT);
  if (result.format) quill.format(result.format, false, Quill.sources.USER);
}

/** On Enter after three backticks, turns the line and the new one into an empty code block. */
function fence(quill: Quill, newline: number): void {
  const [line, offset] = quill.getLine(newline);
  if (!line || line.length() - 1 !== offset) return;
  const start = newline - offset;
  const formats = codeFence(plain(quill, start, offset));
  if (!formats || Object.keys(lineFormats(quill, newline)).length > 0) return;
  const rest = (quill.getLine(newline + 1)[0]?.length() ?? 1) - 1;
  const { delta } = ruleDelta({ open: offset + 1, inner: 0, close: 0, line: formats }, newline + 1, rest);
  quill.history.cutoff();
  quill.updateContents(delta, Quill.sources.USER);
  quill.history.cutoff();
  quill.setSelection(start, 0, Quill.sources.SILENT);
}

/** Returns the text with each embed as one unit, so that positions stay right. */
function plain(quill: Quill, index: number, length: number): string {
  return quill
    .getContents(index, length)
    .ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\ufffc'))
    .join('');
}

/** Returns the one character that a change inserted, and where, or null if it did anything else. */
function typedCharacter(change: Delta): { index: number; key: string } | null {
  const [first, second, third] = change.ops;
  const retain = typeof first?.retain === 'number' && !first.attributes ? first.retain : 0;
  const insert = retain > 0 ? second : first;
  const rest = retain > 0 ? third : second;
  if (rest && typeof rest.retain !== 'number') return null;
  return typeof insert?.insert === 'string' && insert.insert.length === 1
    ? { index: retain, key: insert.insert }
    : null;
}
