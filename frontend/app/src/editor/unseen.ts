/** Control characters other than tab and newline, and the byte order mark: nobody sees them, and some come back changed. */
const unseen = /[\p{Cc}\ufeff]/gu;

/** Text as it may come in from outside: line ends of other systems made ours, unseen characters gone. */
export function seen(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(unseen, (unit) => (unit === '\t' || unit === '\n' ? unit : unit === '\f' ? ' ' : ''));
}
