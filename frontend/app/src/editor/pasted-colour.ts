import { allowsFormat } from './table';

/**
 * Returns a colour from a pasted page if somebody seems to have chosen it, else null. Black, white and greys are just the page's design,
 * and unreadable here in one of the two themes.
 */
export function chosenColour(kind: 'color' | 'background', value: string): string | null {
  const colour = value.trim().split(/\s+(?![^(]*\))/)[0] ?? '';
  const rgb = channels(colour);
  if (!rgb || !allowsFormat(kind, colour)) return null;
  const [r, g, b] = rgb;
  const spread = Math.max(r, g, b) - Math.min(r, g, b);
  // The near-black text of web pages often has a tint, which is not a choice either.
  const dim = Math.max(r, g, b) < 90;
  return spread < 48 || (kind === 'color' && dim) ? null : colour;
}

/** Returns red, green and blue, 0–255, or null for a transparent colour and for names and notations that are not understood here. */
function channels(colour: string): [number, number, number] | null {
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (hex && (hex.length === 3 || hex.length === 4)) {
    if (hex.length === 4 && hex[3] === '0') return null;
    return [0, 1, 2].map((at) => Number.parseInt((hex[at] ?? '0').repeat(2), 16)) as [number, number, number];
  }
  if (hex && (hex.length === 6 || hex.length === 8)) {
    if (hex.length === 8 && hex.endsWith('00')) return null;
    return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  }
  const parts = /^rgba?\(([^)]*)\)$/i.exec(colour)?.[1]?.split(/[\s,/]+/);
  if (parts && parts.length >= 3) {
    if (parts[3] !== undefined && Number.parseFloat(parts[3]) === 0) return null;
    const numbers = parts.slice(0, 3).map((part) => Number.parseFloat(part) * (part.endsWith('%') ? 2.55 : 1));
    return numbers.every(Number.isFinite) ? (numbers as [number, number, number]) : null;
  }
  return named.get(colour.toLowerCase()) ?? null;
}

/** The names that Word and old pages use. */
const named = new Map<string, [number, number, number]>([
  ['red', [255, 0, 0]],
  ['blue', [0, 0, 255]],
  ['green', [0, 128, 0]],
  ['yellow', [255, 255, 0]],
  ['orange', [255, 165, 0]],
  ['purple', [128, 0, 128]],
  ['maroon', [128, 0, 0]],
  ['teal', [0, 128, 128]],
  ['fuchsia', [255, 0, 255]],
  ['magenta', [255, 0, 255]],
  ['aqua', [0, 255, 255]],
  ['cyan', [0, 255, 255]],
  ['lime', [0, 255, 0]],
]);
