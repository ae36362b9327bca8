import { type Blot, ParentBlot } from 'parchment';
import type Quill from 'quill/core';
import { Delta } from 'quill/core';
import type { AttributeMap, Op } from 'quill-delta';

interface List {
  head: Blot | null;
  contains(blot: Blot): boolean;
}

/**
 * What Quill and Parchment do in time that grows with the square of a line's runs or of a document's lines, done in time that
 * grows with their number: whether a list holds a blot, the leaves of a line, the text as a whole, and whether two are equal.
 */
export function makeLinear(quill: Quill): void {
  const list = Object.getPrototypeOf(quill.scroll.children) as List;
  list.contains = contains;
  ParentBlot.prototype.descendants = descendants as typeof ParentBlot.prototype.descendants;
  const { editor } = quill;
  const seen = editor.update.bind(editor);
  editor.getDelta = () => whole(quill);
  editor.update = (change, mutations = [], selection = undefined) => {
    if (!change || mutations.length > 0) return seen(change, mutations, selection);
    const before = editor.delta;
    editor.delta = editor.getDelta();
    return sameOps(before.compose(change).ops, editor.delta.ops) ? change : before.diff(editor.delta);
  };
}

/** Parchment looks through the whole list, each time a blot is put in or taken out. */
function contains(this: List, blot: Blot): boolean {
  const { parent, prev } = blot;
  if (!parent || (parent as ParentBlot).children !== (this as unknown)) return false;
  return prev ? prev.next === blot : this.head === blot;
}

type Criteria = ((blot: Blot) => boolean) | (new (...args: never[]) => Blot);

/** As Parchment's own, which copies what it has found for each child. */
function descendants(this: ParentBlot, criteria: Criteria, index = 0, length = Number.MAX_VALUE): Blot[] {
  const found: Blot[] = [];
  const isKind = 'blotName' in criteria && criteria.blotName != null;
  const matches = (blot: Blot) =>
    isKind ? blot instanceof (criteria as new () => Blot) : (criteria as (blot: Blot) => boolean)(blot);
  const collect = (parent: ParentBlot, from: number, units: number) => {
    let left = units;
    parent.children.forEachAt(from, units, (child, at, childUnits) => {
      if (matches(child)) found.push(child);
      if (child instanceof ParentBlot) collect(child, at, left);
      left -= childUnits;
    });
  };
  collect(this, index, length);
  return found;
}

function whole(quill: Quill): Delta {
  const all = new Delta();
  for (const line of quill.scroll.lines()) {
    const [first, ...rest] = line.delta().ops;
    if (first) all.push(first);
    for (const op of rest) all.ops.push(op);
  }
  return all;
}

function sameOps(a: Op[], b: Op[]): boolean {
  return a.length === b.length && a.every((op, at) => sameOp(op, b[at] as Op));
}

function sameOp(a: Op, b: Op): boolean {
  const sameInsert =
    typeof a.insert === 'string' ? a.insert === b.insert : JSON.stringify(a.insert) === JSON.stringify(b.insert);
  return sameInsert && sameFormats(a.attributes ?? {}, b.attributes ?? {});
}

function sameFormats(a: AttributeMap, b: AttributeMap): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
