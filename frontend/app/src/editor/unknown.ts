import type Quill from 'quill/core';
import { Delta } from 'quill/core';
import type { AttributeMap, Op } from 'quill-delta';
import {
  type Carrier,
  documentFormats,
  documentName,
  KeptEmbed,
  KeptFormat,
  type KeptInsert,
  keptName,
} from './blots/kept';
import {
  allowsEmbed,
  allowsEmbedAttribute,
  allowsFormat,
  clean,
  formatsTable,
  isBlockFormat,
  isInlineFormat,
  tableWith,
} from './table';

/**
 * Keeps the embeds and formats of a document that this page does not know, because a newer Quire or another application wrote them. They
 * stay as they are, are shown as something unknown, and move along when text is moved, copied or undone. Only what is in the table is
 * known: Quill itself would take the name of any of its blots for an embed or a format. So on the way into the blots, everything else
 * becomes a kept embed or format, and on the way out what it was. The Deltas that Quill reports are those of the document.
 */
class Unknown {
  private readonly registered = new Set<string>();
  /** Kinds of embeds, and names of formats, that this document was found to have beyond the table. */
  private readonly embeds = new Set<string>();
  private readonly formats = new Set<string>();
  private readonly quill: Quill;

  constructor(quill: Quill) {
    this.quill = quill;
  }

  /** Returns an op of the document as ops for the blots, and registers what they need. */
  shown(op: Op): Op[] {
    if (op.insert === undefined) return op.attributes ? [{ ...op, attributes: this.changed(op.attributes) }] : [op];
    if (typeof op.insert === 'string') return this.shownText(op.insert, op);
    if (isKnown(op.insert)) {
      const [kind] = Object.keys(op.insert as object);
      return op.attributes ? [{ ...op, attributes: this.carried('text', op.attributes, kind) }] : [op];
    }
    this.embeds.add(kindOf(op.insert));
    for (const name of Object.keys(op.attributes ?? {})) if (!isInlineFormat(name)) this.formats.add(name);
    return [keptOp(op.insert, op.attributes)];
  }

  /** Returns a change of the blots as one of the document. */
  ofDocument(change: Delta): Delta {
    if (this.registered.size === 0 && this.embeds.size === 0) return change;
    const result = new Delta();
    for (const op of change.ops) result.push(documentOp(op));
    return result;
  }

  /** Cleans text from outside by the table and by what this document has beyond it. */
  clean(text: Delta): Delta {
    const table = tableWith([...this.formats], this.embeds.has('\r'));
    const cleaned = new Delta();
    for (const op of text.ops) {
      const known = typeof op.insert === 'string' || isKnown(op.insert);
      if (!known && !this.embeds.has(kindOf(op.insert))) continue;
      // The formats of an unknown embed are cleaned like those of text.
      const [kept] = clean(new Delta([known ? op : { ...op, insert: ' ' }]), table).ops;
      if (kept) cleaned.push(known ? kept : { ...kept, insert: op.insert as never });
    }
    return cleaned;
  }

  private shownText(text: string, { attributes = {} }: Op): Op[] {
    const names = Object.keys(attributes);
    if (names.length === 0 && !unseen.test(text)) return [{ insert: text }];
    const ofText = () => this.carried('text', attributes);
    const ofLine = () => this.carried('line', attributes);
    return text
      .split(names.length > 0 ? /(\n+|[\r\ufeff])/ : /([\r\ufeff])/)
      .filter((part) => part !== '')
      .map((part) => {
        if (unseen.test(part)) return this.keptUnit(part, attributes);
        return bare(part, part.startsWith('\n') ? ofLine() : ofText());
      });
  }

  /** Keeps a carriage return or byte order mark: Quill would drop it, which would shift every position after it. */
  private keptUnit(unit: string, attributes: AttributeMap): Op {
    this.embeds.add(unit);
    return keptOp(unit, attributes);
  }

  /** Returns the formats of an insert for the blots. */
  private carried(carrier: Carrier, attributes: AttributeMap, embed = ''): AttributeMap {
    const shown: AttributeMap = {};
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) continue;
      if (isCarried(carrier, name, value) || allowsEmbedAttribute(embed, name, value)) shown[name] = value;
      else shown[this.name(carrier, name, value)] = JSON.stringify(value);
    }
    return shown;
  }

  /** Returns a change of formats for the blots. A known value replaces an unknown one, and the other way round. */
  private changed(attributes: AttributeMap): AttributeMap {
    const shown: AttributeMap = {};
    for (const [name, value] of Object.entries(attributes)) {
      if (documentName(name) !== null)
        shown[name] = value; // Quill's own, from the blots
      else this.change(shown, name, value);
    }
    return shown;
  }

  private change(shown: AttributeMap, name: string, value: unknown): void {
    const known = isCarried('text', name, value) || isCarried('line', name, value) || isOfEmbed(name, value);
    if (known || isTableName(name)) shown[name] = known ? value : null;
    for (const carrier of ['text', 'line'] as const) {
      const met = this.registered.has(keptName(carrier, name));
      if (value === null || isCarried(carrier, name, value)) {
        if (met) shown[keptName(carrier, name)] ??= null;
      } else if (met || !known) shown[this.name(carrier, name, value)] = JSON.stringify(value);
    }
  }

  /** Returns the blots' name of a kept format, and registers it. */
  private name(carrier: Carrier, name: string, value: unknown): string {
    const kept = keptName(carrier, name);
    if (!allowsFormat(name, value)) this.formats.add(name);
    if (!this.registered.has(kept)) this.quill.scroll.registry.register(new KeptFormat(carrier, name));
    this.registered.add(kept);
    return kept;
  }
}

const unseen = /[\r\ufeff]/;

function bare(insert: Op['insert'], attributes: AttributeMap): Op {
  return Object.keys(attributes).length > 0 ? ({ insert, attributes } as Op) : ({ insert } as Op);
}

function keptOp(insert: Op['insert'], formats: AttributeMap = {}): Op {
  const attributes = Object.fromEntries(Object.entries(formats).filter(([, value]) => value !== null));
  return bare({ [KeptEmbed.blotName]: { insert, attributes } satisfies KeptInsert }, attributes);
}

function documentOp(op: Op): Op {
  const kept = typeof op.insert === 'object' ? (op.insert?.[KeptEmbed.blotName] as KeptInsert | undefined) : undefined;
  const told = kept ? ({ ...op, insert: kept.insert } as Op) : op;
  return told.attributes ? { ...told, attributes: documentFormats(told.attributes) } : told;
}

/** Reports whether the table allows this format with this value on text, or on a line. */
function isCarried(carrier: Carrier, name: string, value: unknown): boolean {
  return (carrier === 'line' ? isBlockFormat : isInlineFormat)(name) && allowsFormat(name, value);
}

const kinds = Object.keys(formatsTable.embeds);

function isOfEmbed(name: string, value: unknown): boolean {
  return kinds.some((kind) => allowsEmbedAttribute(kind, name, value));
}

function isTableName(name: string): boolean {
  const ofEmbed = kinds.some((kind) => Object.hasOwn(formatsTable.embeds[kind]?.attributes ?? {}, name));
  return ofEmbed || isInlineFormat(name) || isBlockFormat(name);
}

/** Reports whether the table allows this embed. */
function isKnown(insert: unknown): boolean {
  if (typeof insert !== 'object' || insert === null) return false;
  const [name, ...more] = Object.keys(insert);
  return name !== undefined && more.length === 0 && allowsEmbed(name, (insert as Record<string, unknown>)[name]);
}

function kindOf(insert: unknown): string {
  return typeof insert === 'object' && insert !== null ? JSON.stringify(Object.keys(insert).sort()) : typeof insert;
}

const ofEditor = new WeakMap<Quill, Unknown>();

/** Makes an editor keep what this page does not know. Call it after everything else that replaces methods of `quill.editor`. */
export function keepUnknown(quill: Quill): void {
  const { editor, scroll } = quill;
  const unknown = new Unknown(quill);
  ofEditor.set(quill, unknown);
  scroll.registry.register(KeptEmbed as never);
  const [apply, insert] = [editor.applyDelta.bind(editor), editor.insertContents.bind(editor)];
  const update = editor.update.bind(editor);
  const shown = (change: Delta) => new Delta(change.ops.flatMap((op) => unknown.shown(op)));
  editor.applyDelta = (change) => apply(shown(change));
  editor.insertContents = (index, contents) => insert(index, shown(contents));
  editor.update = (change, ...more) => update(change && unknown.ofDocument(change), ...more);
}

/** Returns an op of a document as ops for the blots, for code that writes into them without Quill. */
export function shownOps(quill: Quill, op: Op): Op[] {
  return ofEditor.get(quill)?.shown(op) ?? [op];
}

/** Returns a text without what is neither in the table nor in this document. */
export function cleanOwn(quill: Quill, text: Delta): Delta {
  return ofEditor.get(quill)?.clean(text) ?? clean(text);
}
