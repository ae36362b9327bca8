import { BlockEmbed } from 'quill/blots/block';

/** A break between parts: three dots. */
export class Divider extends BlockEmbed {
  static override blotName = 'divider';
  static override tagName = 'HR';
  static override className = 'ql-divider';

  static override create(): HTMLElement {
    const node = super.create() as HTMLElement;
    node.setAttribute('contenteditable', 'false');
    return node;
  }

  static override value(): true {
    return true;
  }
}
