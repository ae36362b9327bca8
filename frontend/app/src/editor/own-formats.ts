import { allowsEmbedAttribute, allowsFormat, isBlockFormat, isInlineFormat } from './table';

export const ofLine = (name: string, value: unknown) => isBlockFormat(name) && allowsFormat(name, value);
export const ofText = (name: string, value: unknown) => isInlineFormat(name) && allowsFormat(name, value);
export const ofImage = (name: string, value: unknown) =>
  ofText(name, value) || allowsEmbedAttribute('image', name, value);

/** The formats that Quire wrote down for a line, a run of text or a picture: of those named, what the table allows. */
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
