import Embed from 'quill/blots/embed';

/**
 * A break between parts, shown as three dots. It looks like a line of its own but is an inline embed, like a picture: the changes of two
 * people may leave text beside it in one line, where Quill's block embeds cannot be. Quill would add newlines that the document does
 * not have.
 */
export class Divider extends Embed {
  static override blotName = 'divider';
  static override tagName = 'SPAN';
  static override className = 'ql-divider';

  static override value(): true {
    return true;
  }
}
