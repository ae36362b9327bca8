import CodeBlock, { CodeBlockContainer } from 'quill/formats/code';
import { Divider } from './divider';
import { WebImage } from './image';
import { KeptEmbed } from './kept';

/** A code block that keeps its language. Quill's own reads every value back as `true`, and editor and server would differ. */
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
// If one person puts a picture into a line that another turns into code, Quill would remove the picture, which would shift every
// position after it.
NamedCodeBlock.allowedChildren = [...CodeBlock.allowedChildren, WebImage, Divider, KeptEmbed];

export { CodeBlockContainer };
