import type Quill from 'quill/core';
import { Delta } from 'quill/core';

/**
 * Quill compares texts wherever a change came out otherwise than it was asked for. The comparison it uses (fast-diff) never
 * ends when one text holds half of a character of two units, which another program may put into a document: the editor of
 * everybody there would break. Then the comparison is done in the simplest way that is right.
 */
export function guardDiff(quill: Quill): void {
  const { editor } = quill;
  const update = editor.update.bind(editor);
  editor.update = (change, ...rest) => {
    const before = editor.delta;
    try {
      return update(change, ...rest);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return plainDiff(before, editor.delta);
    }
  };
}

/** From one document to another: what both begin and end with stays, the middle is replaced. */
export function plainDiff(before: Delta, after: Delta): Delta {
  const [a, b] = [units(before), units(after)];
  const most = Math.min(a.length, b.length);
  let start = 0;
  while (start < most && a[start] === b[start]) start++;
  let end = 0;
  while (end < most - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return new Delta()
    .retain(start)
    .concat(after.slice(start, b.length - end))
    .delete(a.length - start - end);
}

/** Each unit with its formats, as something to compare. */
function units(document: Delta): string[] {
  return document.ops.flatMap((op) => {
    const formats = JSON.stringify(op.attributes ?? {});
    if (typeof op.insert !== 'string') return [`${JSON.stringify(op.insert)}${formats}`];
    return Array.from({ length: op.insert.length }, (_, at) => `${(op.insert as string)[at]}${formats}`);
  });
}
