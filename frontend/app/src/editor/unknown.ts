import type { FormatsTable } from '@quire/client';
import type Quill from 'quill/core';
import type { Delta } from 'quill/core';
import { Kept } from './blots/kept';
import { formatsTable } from './table';

const ofEditor = new WeakMap<Quill, Kept>();

/** Has an editor prepare for what this page does not know in each change, before Quill meets it. */
export function keepUnknown(quill: Quill): void {
  const { editor, scroll } = quill;
  const kept = new Kept(scroll.registry);
  ofEditor.set(quill, kept);
  const [apply, insert] = [editor.applyDelta.bind(editor), editor.insertContents.bind(editor)];
  editor.applyDelta = (change) => {
    kept.meet(change, editor.delta);
    return apply(change);
  };
  editor.insertContents = (index, contents) => {
    kept.meet(contents, editor.delta);
    return insert(index, contents);
  };
}

/** The same for whoever writes into the blots without Quill. */
export function meetUnknown(quill: Quill, change: Delta): void {
  ofEditor.get(quill)?.meet(change, quill.editor.delta);
}

/** What a copy from an editor of this page may hold: the table, and what this editor has met beyond it. */
export function ownTable(quill: Quill): FormatsTable {
  return ofEditor.get(quill)?.table ?? formatsTable;
}
