/** Control characters, including tab and newline, and the byte order mark. Nobody sees them, and a browser changes some. */
const unseen = /[\p{Cc}\ufeff]/gu;

/** Returns text from outside as it may go in: line ends become `\n`, a form feed becomes a space, and invisible characters other than
 * tab and newline are dropped. */
export function withoutUnseen(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(unseen, (unit) => (unit === '\t' || unit === '\n' ? unit : unit === '\f' ? ' ' : ''));
}
