import { Attributor, Scope } from 'parchment';
import Embed from 'quill/blots/embed';
import type { AttributeMap, Op } from 'quill-delta';
import { allowsFormat } from '../table';

/** An insert that this page does not know, with all its attributes, whatever it is and whatever their names are. */
export interface KeptInsert {
  insert: Op['insert'];
  attributes: AttributeMap;
}

export type Carrier = 'text' | 'line';

/** No document can have it in a name of its own. */
const mark = `kept ${Math.random()} `;

/** The name in the blots of a format that this page does not know, as text or a line carries it. Never that of a blot. */
export function keptName(carrier: Carrier, name: string): string {
  return `${mark}${carrier} ${name}`;
}

/** The other way; null when it is no such name. */
export function documentName(name: string): string | null {
  return name.startsWith(mark) ? name.slice(keptName('text', '').length) : null;
}

/** Formats in the blots as the document has them. The same object when there is nothing in it that is kept. */
export function documentFormats(formats: AttributeMap): AttributeMap {
  let kept = false;
  for (const name in formats) kept ||= name.startsWith(mark);
  if (!kept) return formats;
  const told: AttributeMap = {};
  for (const [shown, value] of Object.entries(formats)) {
    const name = documentName(shown);
    const own = name === null || value === null ? value : JSON.parse(value as string);
    if (own !== null || !Object.hasOwn(told, name ?? shown)) told[name ?? shown] = own;
  }
  return told;
}

/** One blot for every insert that is not in the table. In Deltas of the editor it is what the document has. */
export class KeptEmbed extends Embed {
  static override blotName = `${mark}embed`;
  static override tagName = 'SPAN';
  static override className = 'ql-kept';

  static override create(kept: KeptInsert): HTMLElement {
    const node = super.create() as HTMLElement;
    node.setAttribute('data-kept', JSON.stringify(kept.insert));
    node.setAttribute('data-formats', JSON.stringify(kept.attributes));
    if (typeof kept.insert === 'string') node.setAttribute('data-unseen', '');
    else {
      node.setAttribute('role', 'img');
      node.setAttribute('aria-label', 'Something this page doesn’t know yet');
    }
    return node;
  }

  override value(): never {
    return JSON.parse(this.read('data-kept')) as never;
  }

  override formats(): AttributeMap {
    return JSON.parse(this.read('data-formats'));
  }

  /** All formats are its own: which of them mean something to it, this page cannot know. */
  override format(shown: string, value: unknown): void {
    const formats = this.formats();
    const own = documentName(shown);
    const name = own ?? shown;
    if (value) formats[name] = own === null ? value : JSON.parse(value as string);
    // A known value takes the place of an unknown one, and is told of first.
    else if (own === null || !allowsFormat(name, formats[name])) delete formats[name];
    (this.domNode as HTMLElement).setAttribute('data-formats', JSON.stringify(formats));
  }

  private read(name: string): string {
    return (this.domNode as HTMLElement).getAttribute(name) ?? 'null';
  }
}

/** A format that is not in the table, or has a value there that the table does not allow. Its value in the blots is JSON. */
export class KeptFormat extends Attributor {
  constructor(carrier: Carrier, name: string) {
    const scope = carrier === 'line' ? Scope.BLOCK_ATTRIBUTE : Scope.INLINE_ATTRIBUTE;
    super(keptName(carrier, name), `data-kept-${carrier}-${encoded(name)}`, { scope });
  }

  override canAdd(): boolean {
    return true;
  }

  override value(node: HTMLElement): string {
    return node.getAttribute(this.keyName) ?? 'null';
  }
}

/** A name that is safe as a part of an attribute. */
function encoded(name: string): string {
  return name.replace(/[^a-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}
