import { Attributor, type Registry, Scope } from 'parchment';
import Embed from 'quill/blots/embed';
import type { Delta } from 'quill/core';
import type { Op } from 'quill-delta';
import { formatsTable, tableWith } from '../table';

/**
 * What a document holds and this page does not know: an embed or a format of a newer Quire, or of another application. It is
 * kept as it is, shown as something unknown, and goes along when text is moved, copied or brought back. Quill would throw.
 */

/** A name that is safe as a part of a class and of an attribute. */
function encoded(name: string): string {
  return name.replace(/[^a-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}`);
}

function embedOf(name: string) {
  return class KeptEmbed extends Embed {
    static override blotName = name;
    static override tagName = 'SPAN';
    static override className = `ql-kept-${encoded(name)}`;

    static override create(value: unknown): HTMLElement {
      const node = super.create() as HTMLElement;
      node.setAttribute('data-kept', JSON.stringify(value));
      node.setAttribute('role', 'img');
      node.setAttribute('aria-label', 'Something this page doesn’t know yet');
      return node;
    }

    static override value(node: HTMLElement): unknown {
      return JSON.parse(node.getAttribute('data-kept') ?? 'null');
    }
  };
}

class KeptFormat extends Attributor {
  constructor(name: string, scope: Scope) {
    super(name, `data-kept-${encoded(name)}`, { scope });
  }

  override canAdd(): boolean {
    return true;
  }

  override add(node: HTMLElement, value: unknown): boolean {
    node.setAttribute(this.keyName, JSON.stringify(value));
    return true;
  }

  override value(node: HTMLElement): unknown {
    return JSON.parse(node.getAttribute(this.keyName) ?? 'null');
  }
}

/** What of a document this page has met and does not know. */
export class Kept {
  private readonly registry: Registry;
  private readonly embeds = new Set<string>();
  private readonly formats = new Set<string>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** Prepares for a change of `text`: after this it can be shown. */
  meet(change: Delta, text: Delta): void {
    let at = 0;
    for (const op of change.ops) {
      if (typeof op.insert === 'object') this.meetEmbed(Object.keys(op.insert)[0]);
      if (op.attributes) this.meetFormats(op, at, text);
      at += typeof op.retain === 'number' ? op.retain : (op.delete ?? 0);
    }
  }

  /** The table with what was met, for what is pasted from one of our own editors. */
  get table() {
    return tableWith([...this.embeds], [...this.formats]);
  }

  private meetEmbed(name: string | undefined): void {
    if (name === undefined || Object.hasOwn(formatsTable.embeds, name) || this.registry.query(name)) return;
    this.embeds.add(name);
    this.registry.register(embedOf(name) as never);
  }

  private meetFormats(op: Op, at: number, text: Delta): void {
    for (const name of Object.keys(op.attributes ?? {})) {
      if (name === '__proto__' || isKnown(name) || this.registry.query(name)) continue;
      this.formats.add(name);
      const on = typeof op.retain === 'number' ? text.slice(at, at + op.retain).ops : [op];
      // A format that is first seen on newlines alone belongs to lines.
      const ofLines = on.length > 0 && on.every(({ insert }) => typeof insert === 'string' && /^\n+$/.test(insert));
      this.registry.register(new KeptFormat(name, ofLines ? Scope.BLOCK_ATTRIBUTE : Scope.INLINE_ATTRIBUTE));
    }
  }
}

function isKnown(name: string): boolean {
  const { inline, block, embeds } = formatsTable;
  const ofEmbeds = Object.values(embeds).some(({ attributes }) => attributes && Object.hasOwn(attributes, name));
  return Object.hasOwn(inline, name) || Object.hasOwn(block, name) || ofEmbeds;
}
