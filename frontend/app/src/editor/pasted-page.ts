/** One tag of a page, with its attributes; text and comments are not matched. */
const tagPattern = /<[a-z][^\s/>]*(?:\s+(?:[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>`]+))?|\/(?!>)))*\s*\/?>/gi;

/**
 * The page as a document of no window. Its style attributes are renamed first: the browser would report each as a breach of
 * the page's policy, and would not let us read them anyway.
 */
export function parsePage(html: string): Document {
  const renamed = html.replace(tagPattern, (tag) => tag.replace(/\sstyle(?=\s*=)/gi, ' data-style'));
  return new DOMParser().parseFromString(renamed, 'text/html');
}

/** One declaration of an element's own style, in lower case; empty when there is none. */
export function declared(element: Element, property: string): string {
  const style = element.getAttribute('data-style') ?? element.getAttribute('style');
  if (!style) return '';
  for (const part of style.split(';')) {
    const colon = part.indexOf(':');
    if (colon > 0 && part.slice(0, colon).trim().toLowerCase() === property)
      return part
        .slice(colon + 1)
        .replace(/!\s*important/i, '')
        .trim()
        .toLowerCase();
  }
  return '';
}

export function classNames(element: Element): string {
  return element.getAttribute('class') ?? '';
}
