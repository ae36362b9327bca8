import { Scope, TextBlot } from 'parchment';
import Quill, { Delta } from 'quill/core';
import { deleteRange } from 'quill/modules/keyboard';
import { textDelta } from './clipboard';
import { insertText } from './large-paste';

/** An edit: `text` replaces `length` units at `index`. */
export interface Edit {
  index: number;
  length: number;
  text: string;
}

/** What an input will do, read from its event before anything changes: an edit for the model, or a change that the browser makes. */
export type Planned = { edit: Edit } | { native: Native };

/** A change within one text node, which the browser may make itself: that is faster, and makes it check the spelling. */
interface Native {
  node: Text;
  from: number;
  to: number;
  text: string;
  /** The node's text before. */
  before: string;
}

const inserting = /^insert(Text|ReplacementText|FromYank|FromDrop|FromPaste|FromPasteAsQuotation)$/;
const deleting = /^delete/;
/** For these Chromium's range includes the newline, which is deleted only if the line is empty after the caret. */
const toLineEnd = /^delete(Soft|Hard)LineForward$/;

/** Returns what an input event says it will do, or null if it does not say. */
export function planOf(quill: Quill, event: InputEvent): Planned | null {
  const text = deleting.test(event.inputType) ? '' : inserting.test(event.inputType) ? textOf(event) : null;
  const said = event.getTargetRanges?.()[0];
  if (text === null || !said) return null;
  const rest = toLineEnd.test(event.inputType) ? restOfLine(quill, said) : 0;
  const target = rest > 0 ? withinText(said, rest) : said;
  const native = nativeOf(quill, target, text);
  if (native) return { native };
  const normalized = quill.selection.normalizeNative(target as never);
  if (!normalized) return null;
  const { index, length: units } = quill.selection.normalizedToRange(normalized);
  const length = Math.min(units, rest || Math.max(0, quill.getLength() - 1 - index));
  return text === '' && length === 0 ? null : { edit: { index, length, text } };
}

/** Returns the units from the start of a range to the end of its line. */
function restOfLine(quill: Quill, said: StaticRange): number {
  const normalized = quill.selection.normalizeNative(said as never);
  if (!normalized) return 0;
  const [line, offset] = quill.getLine(quill.selection.normalizedToRange(normalized).index);
  return line ? line.length() - 1 - offset : 0;
}

/** Returns the range up to the end of the line if its text node ends there: the browser then keeps what it deletes, for a yank. */
function withinText(said: StaticRange, rest: number): StaticRange {
  const { startContainer: node, startOffset, endContainer } = said;
  if (!(node instanceof Text) || endContainer === node || node.length - startOffset !== rest) return said;
  return { startContainer: node, startOffset, endContainer: node, endOffset: node.length, collapsed: false };
}

/** Returns what was planned as an edit of the model. The page must be as before. */
export function editOf(quill: Quill, planned: Planned): Edit | null {
  if ('edit' in planned) return planned.edit;
  const { node, from, to, text } = planned.native;
  const blot = quill.scroll.find(node);
  return blot ? { index: quill.getIndex(blot) + from, length: to - from, text } : null;
}

/** Reports whether the browser did what was planned and nothing else. Of a letter with combining marks it may delete only the last mark,
 * so a deletion may be less than its event said. */
export function wasDone({ native }: { native: Native }, records: MutationRecord[]): boolean {
  const { node, from, to, text, before } = native;
  if (!records.every(({ type, target }) => type === 'characterData' && target === node)) return false;
  const [ahead, behind] = [before.slice(0, from), before.slice(to)];
  if (node.data === ahead + text + behind) return true;
  if (text !== '' || node.data.length < ahead.length + behind.length) return false;
  if (!node.data.startsWith(ahead) || !node.data.endsWith(behind)) return false;
  const left = node.data.slice(from, node.data.length - behind.length);
  const target = before.slice(from, to);
  return left.length < target.length && (target.startsWith(left) || target.endsWith(left));
}

/** Returns the text of an input event, which some browsers put in `data`, some in `dataTransfer`. */
function textOf(event: InputEvent): string | null {
  if (typeof event.data === 'string') return event.data;
  return event.dataTransfer?.types.includes('text/plain')
    ? event.dataTransfer.getData('text/plain').replace(/\r\n?/g, '\n')
    : null;
}

function nativeOf(quill: Quill, target: StaticRange, text: string): Native | null {
  const { startContainer: node, startOffset, endContainer, endOffset } = target;
  if (!(node instanceof Text) || endContainer !== node || text.includes('\n')) return null;
  const blot = quill.scroll.find(node);
  if (!(blot instanceof TextBlot) || blot.value() !== node.data) return null;
  if (text === '' && (startOffset === endOffset || endOffset - startOffset === node.length)) return null;
  return { node, from: startOffset, to: endOffset, text, before: node.data };
}

/** Makes an edit in the model; the page follows. */
export function carryOut(quill: Quill, { index, length, text }: Edit, formats?: object): void {
  const user = Quill.sources.USER;
  if (text.includes('\n')) {
    insertText(quill, { index, length }, textDelta(text, quill.getFormat(index, Math.min(length, 1))), () => {});
    return;
  }
  const given = formats ?? formatsAt(quill, index, length);
  if (quill.getLines(index, length).length > 1) {
    deleteRange({ quill, range: { index, length } as never });
    if (text) quill.updateContents(new Delta().retain(index).insert(text, given as never), user);
  } else
    quill.updateContents(
      new Delta()
        .retain(index)
        .insert(text, given as never)
        .delete(length),
      user,
    );
  quill.setSelection(index + text.length, 0, Quill.sources.SILENT);
  quill.scrollSelectionIntoView();
}

/** Returns the formats of text typed over a range: those of its first unit, as in browsers. Text typed after a link is not part of it. */
export function formatsAt(quill: Quill, index: number, length: number): Record<string, unknown> {
  const all = quill.getFormat(index, length > 0 ? 1 : 0);
  if (length === 0 && all.link !== quill.getFormat(index, 1).link) delete all.link;
  return Object.fromEntries(Object.entries(all).filter(([name]) => quill.scroll.query(name, Scope.INLINE)));
}
