import CodeBlock, { CodeBlockContainer } from 'quill/formats/code';
import { Divider } from './divider';
import { WebImage } from './image';
import { KeptEmbed } from './kept';

/** Quill's own code block reads every value back as `true`; this one keeps the language it was given, so that editor and
 * server hold the same document. */
export class NamedCodeBlock extends CodeBlock {
  static override create(value: unknown): HTMLElement {
    const node = super.create(value) as HTMLElement;
    name(node, value);
    return node;
  }

  static override formats(node: HTMLElement): string | true {
    return node.getAttribute('data-language') || true;
  }

  override format(name_: string, value: unknown): void {
    if (name_ === this.statics.blotName && value) name(this.domNode as HTMLElement, value);
    else super.format(name_, value as string);
  }
}

function name(node: HTMLElement, value: unknown): void {
  if (typeof value === 'string' && value) node.setAttribute('data-language', value);
  else node.removeAttribute('data-language');
}

NamedCodeBlock.requiredContainer = CodeBlockContainer;
// Where one person puts a picture into a line that another makes code, Quill would take it out again, and every place after
// it would be wrong by one.
NamedCodeBlock.allowedChildren = [...CodeBlock.allowedChildren, WebImage, Divider, KeptEmbed];

export { CodeBlockContainer };
