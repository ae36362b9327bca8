import { ParentBlot, type Registry, TextBlot } from 'parchment';
import Scroll from 'quill/blots/scroll';
import type Emitter from 'quill/core/emitter';
import { takeBack } from '../take-back';

const guard = '\ufeff';

/** So many undone changes within so many ms mean that another program repeats its change each time. */
const insisting = { times: 30, within: 1_000 };

/** The event after changes of the page were undone; the selection may be lost by then. */
export const RESTORED = 'restored';

/**
 * The root of the text. Quill takes every change of the page below it for the user's. But translators, spelling checkers and other
 * extensions change pages as well, and Quill would drop words that they wrap. Here a change of the page is read only if it is exactly
 * what an input was to do (`follow`); every other change is undone in the page without an event.
 */
export class GuardedScroll extends Scroll {
  /** The browser is making an input right now: changes of the page wait until it is known what it did. */
  awaited = false;
  private reading = false;
  /** Changes that are not undone or read yet. */
  private waiting: MutationRecord[] = [];
  /** When changes were last undone, ms since 1970. */
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

  /** Quill reads it several times for each key, and Parchment's own is slow in long texts. */
  override length(): number {
    let units = 0;
    for (let line = this.children.head; line; line = line.next) units += line.length();
    return units;
  }

  /** Returns all changes of the page since it last matched the blots. */
  take(): MutationRecord[] {
    const records = [...this.waiting, ...(this.batch || []), ...this.observer.takeRecords()];
    this.waiting = [];
    if (this.batch) this.batch = [];
    return records;
  }

  /** Reads changes of the page as the user's. */
  follow(records: MutationRecord[]): void {
    this.trusting(() => super.update(records));
  }

  /** Sets the changes of a composition's step aside until it ends. */
  keep(): void {
    const records = [...this.waiting, ...this.observer.takeRecords()];
    this.waiting = [];
    if (this.batch) this.batch.push(...records);
  }

  /** Ends a composition, and returns all changes of the page during it. */
  finish(): MutationRecord[] {
    const records = this.take();
    this.batch = false;
    return records;
  }

  /** Undoes changes of the page that are not an input's. Do not call it within a change that Quill makes. */
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

  /** Trusts the records at the end of a batch: they are Quill's own changes. */
  override batchEnd(): void {
    this.trusting(() => super.batchEnd());
  }

  /** Quill would prevent every drag; ours become ops when they are dropped. */
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

  /** Undoes changes at once, but only so often: two programs that undo each other would otherwise freeze the page. */
  private observed(records: MutationRecord[]): void {
    const now = Date.now();
    this.undone = this.undone.filter((time) => now - time < insisting.within);
    this.waiting.push(...records);
    if (this.undone.length < insisting.times) this.settle();
    else if (this.waiting.length === records.length) setTimeout(() => this.settle(), insisting.within / 2);
  }

  /** Makes the page match the blots again, by the complete records of its changes. */
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

  /** Reports whether the page matches the blots at this record: then Quill made the change, or it was undone since. */
  private isOwn(record: MutationRecord): boolean {
    const { target, type } = record;
    if (isAside(record, this.domNode) || !this.domNode.contains(target)) return true;
    if (type === 'attributes') return false;
    const blot = this.find(target);
    if (blot instanceof TextBlot) return blot.value() === (target as Text).data;
    if (blot instanceof ParentBlot) return sameNodes(nodesOf(blot), target.childNodes);
    return type === 'characterData' && (target as Text).data === guard;
  }

  /** Makes a node match its blot, if undoing went too far. */
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

/** Reports whether a record is not about the text: the editor's own attributes, marks beside lines, and attributes that pictures set on
 * themselves. */
function isAside({ target, type, attributeName }: MutationRecord, root: Node): boolean {
  if (target.parentElement?.closest('.ql-ui') || (target instanceof Element && target.matches('.ql-ui'))) return true;
  if (type !== 'attributes') return false;
  return target === root || (target instanceof HTMLImageElement && /^(data-missing|title)$/.test(attributeName ?? ''));
}

/** Returns the records with only the first of each kind for a node, so that a line of many runs is compared once, not once per record. */
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
