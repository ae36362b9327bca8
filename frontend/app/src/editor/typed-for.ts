import Block from 'quill/blots/block';
import type Quill from 'quill/core';
import type { GuardedScroll } from './blots/guarded-scroll';
import type { Edit } from './planned';
import { shownLine, spliceOf } from './shown-line';

/**
 * Another program types for the person (`execCommand`), and no event told what it would do. What it did in the caret's line
 * counts, as one replacement; the page is put back, by the records of all that was done to it.
 */
export function typedFor(quill: Quill, kind: string, records: MutationRecord[]): Edit | null {
  const selection = document.getSelection();
  const node = selection?.focusNode ?? null;
  const line = lineOf(quill, node);
  const after = line && node && selection ? shownLine(quill, line, { node, offset: selection.focusOffset }) : null;
  (quill.scroll as unknown as GuardedScroll).putBack(records);
  const known = line && quill.root.contains(line) ? quill.scroll.find(line) : null;
  if (!line || !known || !after || !/^(insert|delete)(?!Paragraph|LineBreak|.*Composition)/.test(kind)) return null;
  const splice = spliceOf(shownLine(quill, line).text, after.text, after.place ?? after.text.length);
  // Where a deletion joined lines, this line has more than before: another's words.
  if (!splice || (kind.startsWith('delete') && splice.text !== '')) return null;
  const { from, to, text } = splice;
  return { index: quill.getIndex(known) + from, length: to - from, text };
}

/** The element of the line a node is in. */
function lineOf(quill: Quill, node: Node | null): Node | null {
  if (!node || !quill.root.contains(node)) return null;
  for (let at: Node | null = node; at && at !== quill.root; at = at.parentNode)
    if (quill.scroll.find(at) instanceof Block) return at;
  return null;
}
