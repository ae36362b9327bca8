import Block from 'quill/blots/block';
import type Quill from 'quill/core';
import type { GuardedScroll } from './blots/guarded-scroll';
import type { Edit } from './planned';
import { shownLine, spliceOf } from './shown-line';

/**
 * Returns the edit of another program that typed on the person's behalf (`execCommand`), where no event said what it would do. What
 * it did in the caret's line counts, as one replacement, or in the lines that it split that line into. Puts the page back by the
 * records of everything done to it.
 */
export function typedFor(quill: Quill, kind: string, records: MutationRecord[]): Edit | null {
  const selection = document.getSelection();
  const node = selection?.focusNode ?? null;
  const line = lineOf(quill, node);
  const made = line || kind !== 'insertText' ? [] : splitLines(quill, node);
  if (made.length > 0) return linesTypedFor(quill, made, selection as Selection, records);
  const after = line && node && selection ? shownLine(quill, line, { node, offset: selection.focusOffset }) : null;
  (quill.scroll as unknown as GuardedScroll).putBack(records);
  const known = line && quill.root.contains(line) ? quill.scroll.find(line) : null;
  if (!line || !known || !after || !/^(insert|delete)(?!Paragraph|LineBreak|.*Composition)/.test(kind)) return null;
  const splice = spliceOf(shownLine(quill, line).text, after.text, after.place ?? after.text.length);
  // If a deletion joined lines, this line gained text that was not typed.
  if (!splice || (kind.startsWith('delete') && splice.text !== '')) return null;
  const { from, to, text } = splice;
  return { index: quill.getIndex(known) + from, length: to - from, text };
}

/** The same if the program split the line: the edit is read from all the lines in the page. */
function linesTypedFor(quill: Quill, made: Element[], at: Selection, records: MutationRecord[]): Edit | null {
  const [line] = made as [Element];
  const shown = made.map((one) => shownLine(quill, one, { node: at.focusNode as Node, offset: at.focusOffset }));
  const place = shown.at(-1)?.place ?? null;
  (quill.scroll as unknown as GuardedScroll).putBack(records);
  const known = quill.root.contains(line) ? quill.scroll.find(line) : null;
  if (!known || place === null) return null;
  const before = shownLine(quill, line).text;
  const text = shown.map((one) => one.text).join('\n');
  const behind = (shown.at(-1)?.text.length ?? 0) - place;
  if (behind > 0 && !before.endsWith(text.slice(-behind))) return null;
  const to = before.length - behind;
  let from = 0;
  while (from < to && before[from] === text[from]) from++;
  return { index: quill.getIndex(known) + from, length: to - from, text: text.slice(from, text.length - behind) };
}

/** Returns the line that a program split, and the elements after it that it made, up to the one that holds a node. The editor does not
 * know those. */
function splitLines(quill: Quill, node: Node | null): Element[] {
  if (!node || !quill.root.contains(node)) return [];
  for (let at: Node | null = node; at && at !== quill.root; at = at.parentNode) {
    const lines: Element[] = [];
    for (let one = at instanceof Element ? at : null; one; one = one.previousElementSibling) {
      lines.unshift(one);
      if (quill.scroll.find(one) instanceof Block) return lines;
    }
  }
  return [];
}

/** Returns the element of the line that a node is in. */
function lineOf(quill: Quill, node: Node | null): Node | null {
  if (!node || !quill.root.contains(node)) return null;
  for (let at: Node | null = node; at && at !== quill.root; at = at.parentNode)
    if (quill.scroll.find(at) instanceof Block) return at;
  return null;
}
