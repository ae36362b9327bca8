import { Attributor, Scope } from 'parchment';
import Embed from 'quill/blots/embed';
import type { AttributeMap, Op } from 'quill-delta';
import { allowsFormat } from '../table';

/** An insert that this page does not know, with all its attributes. */
export interface KeptInsert {
  insert: Op['insert'];
  attributes: AttributeMap;
}

/** What a format is on. */
export type Carrier = 'text' | 'line';

/** Random, so that no document can use it in a name of its own. */
const mark = `kept ${Math.random()} `;

/** Returns the blots' name of a format that this page does not know, on text or on a line. It never is the name of a blot. */
export function keptName(carrier: Carrier, name: string): string {
  return `${mark}${carrier} ${name}`;
}

/** Returns the document's name for a kept format, or null if it is no name of a kept format. */
export function documentName(name: string): string | null {
  return name.startsWith(mark) ? name.slice(keptName('text', '').length) : null;
}

/** Returns the blots' formats as the document has them: the same object if none is kept. */
export function documentFormats(formats: AttributeMap): AttributeMap {
  let kept = false;
  for (const name in formats) kept ||= name.startsWith(mark);
  if (!kept) return formats;
  const result: AttributeMap = {};
  for (const [shown, value] of Object.entries(formats)) {
    const name = documentName(shown);
    const own = name === null || value === null ? value : JSON.parse(value as string);
    if (own !== null || !Object.hasOwn(result, name ?? shown)) result[name ?? shown] = own;
  }
  return result;
}

/** The blot of every insert that is not in the table. In the editor's Deltas it is what the document has. */
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

  /** Keeps all formats itself, because this page cannot know which of them matter to the embed. */
  override format(shown: string, value: unknown): void {
    const formats = this.formats();
    const own = documentName(shown);
    const name = own ?? shown;
    if (value) formats[name] = own === null ? value : JSON.parse(value as string);
    // When a known value replaces an unknown one, it arrives first and must not be deleted by the removal of the other.
    else if (own === null || !allowsFormat(name, formats[name])) delete formats[name];
    (this.domNode as HTMLElement).setAttribute('data-formats', JSON.stringify(formats));
  }

  private read(name: string): string {
    return (this.domNode as HTMLElement).getAttribute(name) ?? 'null';
  }
}

/** A format that is not in the table, or has a value that the table does not allow. In the blots its value is JSON. */
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

/** Returns a name as a valid part of an attribute name. */
function encoded(name: string): string {
  return name.replace(/[^a-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}
