import { allowsEmbedAttribute, allowsFormat, isBlockFormat, isInlineFormat } from './table';

export const ofLine = (name: string, value: unknown) => isBlockFormat(name) && allowsFormat(name, value);
export const ofText = (name: string, value: unknown) => isInlineFormat(name) && allowsFormat(name, value);
export const ofImage = (name: string, value: unknown) =>
  ofText(name, value) || allowsEmbedAttribute('image', name, value);

/** Returns the formats that Quire itself wrote into HTML for a line, a run of text or a picture, as far as `may` allows them. Null if it
 * wrote none. */
export function ownFormats(
  element: Element,
  may: (name: string, value: unknown) => boolean,
): Record<string, unknown> | null {
  const json = element.getAttribute('data-quire');
  if (json === null) return null;
  try {
    const formats: unknown = JSON.parse(json);
    if (typeof formats !== 'object' || formats === null || Array.isArray(formats)) return null;
    return Object.fromEntries(Object.entries(formats).filter(([name, value]) => may(name, value)));
  } catch {
    return null;
  }
}
