import { ParentBlot, type Registry, TextBlot } from 'parchment';
import Scroll from 'quill/blots/scroll';
import type Emitter from 'quill/core/emitter';
import { takeBack } from '../take-back';

const guard = '\ufeff';

/** So many changes of a page within so long, in ms, are somebody who does them again each time they are undone. */
const insisting = { times: 30, within: 1_000 };

/** Told after changes of the page were undone; the selection may have gone with them. */
export const RESTORED = 'restored';

/**
 * The root of the text. Quill takes every change of the page below it for something the writer did; but translators,
 * checkers and other extensions change pages as well, and Quill would drop words that they wrap. Here a change of the page is
 * read only where it is just what a person's input was to do (`follow`); every other change is undone in the page, and nobody
 * hears of it.
 */
export class GuardedScroll extends Scroll {
  /** The browser is changing the page for a person right now: what changes is kept until it is known what that was. */
  awaited = false;
  private reading = false;
  /** Changes that are not undone yet, because whoever made them insists. */
  private waiting: MutationRecord[] = [];
  private undone: number[] = [];

  constructor(registry: Registry, domNode: HTMLDivElement, options: { emitter: Emitter }) {
    super(registry, domNode, options);
    this.observer.observe(domNode, {
      attributes: true,
      attributeOldValue: true,
      characterData: true,
      characterDataOldValue: true,
      childList: true,
      subtree: true,
    });
  }

  /** Asked for several times with each key, which Parchment's way of going through a list makes slow in long texts. */
  override length(): number {
    let units = 0;
    for (let line = this.children.head; line; line = line.next) units += line.length();
    return units;
  }

  /** All that was done to the page since it last was as the blots say. */
  take(): MutationRecord[] {
    const records = [...this.waiting, ...(this.batch || []), ...this.observer.takeRecords()];
    this.waiting = [];
    if (this.batch) this.batch = [];
    return records;
  }

  /** Takes changes of the page for the person's. */
  follow(records: MutationRecord[]): void {
    this.trusting(() => super.update(records));
  }

  /** A step of an input method: what it did is looked at when it is through. */
  keep(): void {
    const records = [...this.waiting, ...this.observer.takeRecords()];
    this.waiting = [];
    if (this.batch) this.batch.push(...records);
  }

  /** Ends what an input method had in hand. Answers with what was done to the page meanwhile. */
  finish(): MutationRecord[] {
    const records = this.take();
    this.batch = false;
    return records;
  }

  /** Undoes what was done to the page without an input. Not for use within a change that Quill makes. */
  settle(): void {
    const records = [...this.waiting, ...this.observer.takeRecords()];
    this.waiting = [];
    if (records.length > 0) this.putBack(records);
  }

  override update(source?: string | MutationRecord[]): void {
    if (this.reading || (this.batch && !Array.isArray(source))) super.update(source as MutationRecord[]);
    else if (!Array.isArray(source)) this.settle();
    else if (this.awaited) this.waiting.push(...source);
    else this.observed(source);
  }

  /** Quill's own changes are made in batches; while one ends, what it wrote is not yet what the blots are compared with. */
  override batchEnd(): void {
    this.trusting(() => super.batchEnd());
  }

  /** Quill lets no drag begin; ours become ops where they are dropped. */
  protected override handleDragStart(): void {}

  private trusting(read: () => void): void {
    const before = this.reading;
    this.reading = true;
    try {
      read();
    } finally {
      this.reading = before;
    }
  }

  /** Undoes at once; but only so often, or two programs that undo each other would stop the page. */
  private observed(records: MutationRecord[]): void {
    const now = Date.now();
    this.undone = this.undone.filter((time) => now - time < insisting.within);
    this.waiting.push(...records);
    if (this.undone.length < insisting.times) this.settle();
    else if (this.waiting.length === records.length) setTimeout(() => this.settle(), insisting.within / 2);
  }

  /** Makes the page again what the blots say, by the records of all that was done to it. */
  putBack(records: MutationRecord[]): void {
    // While an input method composes, the blots lag behind the page.
    if (!this.batch && onePerNode(records).every((record) => this.isOwn(record))) {
      this.follow(records);
      return;
    }
    takeBack(records.filter((record) => !isAside(record, this.domNode)));
    this.undone.push(Date.now());
    if (!this.batch) for (const target of new Set(records.map(({ target }) => target))) this.match(target);
    this.observer.takeRecords();
    this.emitter.emit(RESTORED);
  }

  /** Whether the page is as the blots say where this was changed: Quill did it, or it was undone. */
  private isOwn(record: MutationRecord): boolean {
    const { target, type } = record;
    if (isAside(record, this.domNode) || !this.domNode.contains(target)) return true;
    if (type === 'attributes') return false;
    const blot = this.find(target);
    if (blot instanceof TextBlot) return blot.value() === (target as Text).data;
    if (blot instanceof ParentBlot) return sameNodes(nodesOf(blot), target.childNodes);
    return type === 'characterData' && (target as Text).data === guard;
  }

  /** Makes the page what the blot of a node says, where undoing went too far. */
  private match(node: Node): void {
    const blot = this.find(node);
    if (blot instanceof TextBlot) {
      if ((node as Text).data !== blot.value()) (node as Text).data = blot.value();
    } else if (blot instanceof ParentBlot) {
      const nodes = nodesOf(blot);
      if (!sameNodes(nodes, node.childNodes)) (node as Element).replaceChildren(...nodes);
    }
  }
}

/** What is no part of the text: the editor's own attributes, marks beside lines, and what a picture tells of itself. */
function isAside({ target, type, attributeName }: MutationRecord, root: Node): boolean {
  if (target.parentElement?.closest('.ql-ui') || (target instanceof Element && target.matches('.ql-ui'))) return true;
  if (type !== 'attributes') return false;
  return target === root || (target instanceof HTMLImageElement && /^(data-missing|title)$/.test(attributeName ?? ''));
}

/** The records without those that tell of the same node again: a line of many runs is looked through once, not for each. */
function onePerNode(records: MutationRecord[]): MutationRecord[] {
  const looked = new Map<Node, Set<string>>();
  return records.filter(({ target, type, attributeName }) => {
    const kinds = looked.get(target) ?? new Set();
    const kind = `${type} ${attributeName ?? ''}`;
    const known = kinds.has(kind);
    looked.set(target, kinds.add(kind));
    return !known;
  });
}

function nodesOf(blot: ParentBlot): Node[] {
  const nodes: Node[] = blot.uiNode ? [blot.uiNode] : [];
  blot.children.forEach((child) => {
    nodes.push(child.domNode);
  });
  return nodes;
}

function sameNodes(a: Node[], b: NodeListOf<ChildNode>): boolean {
  return a.length === b.length && a.every((node, at) => node === b[at]);
}
