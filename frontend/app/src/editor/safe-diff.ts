import type Quill from 'quill/core';
import { Delta } from 'quill/core';

/**
 * Quill diffs two texts when a change came out differently than asked for. Its diff (fast-diff) recurses until the stack overflows if a
 * text holds a lone surrogate, which any program may put into a document and so break everybody's editor. In that case the simplest
 * correct diff is used instead.
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

/** Returns the change from one document to another that keeps their common start and end and replaces the middle. */
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

/** Returns each unit with its formats as a string to compare. */
function units(document: Delta): string[] {
  return document.ops.flatMap((op) => {
    const formats = JSON.stringify(op.attributes ?? {});
    if (typeof op.insert !== 'string') return [`${JSON.stringify(op.insert)}${formats}`];
    return Array.from({ length: op.insert.length }, (_, at) => `${(op.insert as string)[at]}${formats}`);
  });
}
