/** One tag of a page, with its attributes; text and comments are not matched. */
const tagPattern = /<[a-z][^\s/>]*(?:\s+(?:[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>`]+))?|\/(?!>)))*\s*\/?>/gi;

/**
 * The page as a document of no window. Style sheets are left out, and attributes of style and event handlers renamed, before
 * it is parsed: the browser would report each as a breach of the page's policy, and would not let us read the styles anyway.
 */
export function parsePage(html: string): Document {
  const renamed = html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, '')
    .replace(tagPattern, (tag) => tag.replace(/\s(style|on[a-z]+)(?=\s*=)/gi, ' data-$1'));
  return new DOMParser().parseFromString(renamed, 'text/html');
}

/** One declaration of an element's own style, in lower case; empty when there is none. Of several the last counts. */
export function declared(element: Element, property: string): string {
  let declarations = parsed.get(element);
  if (!declarations) {
    declarations = parseStyle(element);
    parsed.set(element, declarations);
  }
  return declarations.get(property) ?? '';
}

/** Asked a dozen times for each element. */
const parsed = new WeakMap<Element, ReadonlyMap<string, string>>();

function parseStyle(element: Element): ReadonlyMap<string, string> {
  const style = element.getAttribute('data-style') ?? element.getAttribute('style') ?? '';
  const declarations = new Map<string, string>();
  for (const part of style.split(';')) {
    const colon = part.indexOf(':');
    if (colon <= 0) continue;
    const value = part.slice(colon + 1).replace(/!\s*important/i, '');
    declarations.set(part.slice(0, colon).trim().toLowerCase(), value.trim().toLowerCase());
  }
  return declarations;
}

export function classNames(element: Element): string {
  return element.getAttribute('class') ?? '';
}
