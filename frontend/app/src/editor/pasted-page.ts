/** Matches one tag with its attributes, not text or comments. */
const tagPattern = /<[a-z][^\s/>]*(?:\s+(?:[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>`]+))?|\/(?!>)))*\s*\/?>/gi;

/**
 * Parses a page into a document without a window. Style sheets are removed first, and style and event attributes renamed: the browser
 * would report each as a violation of our policy, and would not let us read the styles anyway.
 */
export function parsePage(html: string): Document {
  const renamed = html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, '')
    .replace(tagPattern, (tag) => tag.replace(/\s(style|on[a-z]+)(?=\s*=)/gi, ' data-$1'));
  return new DOMParser().parseFromString(renamed, 'text/html');
}

/** Returns a property from an element's own style, in lower case, or an empty string. Of several declarations the last counts. */
export function declared(element: Element, property: string): string {
  let declarations = parsed.get(element);
  if (!declarations) {
    declarations = parseStyle(element);
    parsed.set(element, declarations);
  }
  return declarations.get(property) ?? '';
}

/** A cache: each element's style is read a dozen times. */
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
