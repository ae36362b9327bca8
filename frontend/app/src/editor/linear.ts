import { type Blot, ParentBlot } from 'parchment';
import Block from 'quill/blots/block';
import type Quill from 'quill/core';
import { Delta } from 'quill/core';
import { readLine, takeOver, textOf } from './by-line';
import { pushFast } from './fast-push';

interface List {
  head: Blot | null;
  contains(blot: Blot): boolean;
}

/**
 * Replaces what Quill and Parchment do in quadratic time, in the runs of a line or the lines of a document, by linear versions: whether a
 * list contains a blot, and the leaves of a line. Also replaces what they do per key in time that grows with the document: the text is
 * kept by lines, and only lines that changed are compared.
 */
export function makeLinear(quill: Quill): void {
  const list = Object.getPrototypeOf(quill.scroll.children) as List;
  list.contains = contains;
  ParentBlot.prototype.descendants = descendants as typeof ParentBlot.prototype.descendants;
  Block.prototype.delta = delta;
  Delta.prototype.push = pushFast;
  const { editor } = quill;
  editor.getDelta = () => textOf(quill.scroll);
  editor.delta = editor.getDelta();
  editor.update = (change, mutations = [], selections = undefined) => takeOver(quill, change, mutations, selections);
}

function delta(this: Block) {
  readLine(this);
  return this.cache.delta as ReturnType<Block['delta']>;
}

/** Parchment searches the whole list each time a blot is inserted or removed. */
function contains(this: List, blot: Blot): boolean {
  const { parent, prev } = blot;
  if (!parent || (parent as ParentBlot).children !== (this as unknown)) return false;
  return prev ? prev.next === blot : this.head === blot;
}

type Criteria = ((blot: Blot) => boolean) | (new (...args: never[]) => Blot);

/** Does what Parchment's own does, without copying the results for each child. */
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
