import Embed from 'quill/blots/embed';

/**
 * A break between parts: three dots. An embed of a line like a picture, though it looks like a line of its own: the changes
 * of two people may leave text before or after it in one line, and Quill's block embeds cannot stand there. It would add
 * newlines that the document does not have.
 */
export class Divider extends Embed {
  static override blotName = 'divider';
  static override tagName = 'SPAN';
  static override className = 'ql-divider';

  static override value(): true {
    return true;
  }
}
