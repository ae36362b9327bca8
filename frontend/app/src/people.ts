import type { Schemas } from '@quire/client';

/** How many colours there are for people: `--c0` … `--c11`. */
export const colourCount = 12;

export const colourNames = [
  'Lapis',
  'Vermilion',
  'Malachite',
  'Orchil',
  'Ochre',
  'Woad',
  'Cochineal',
  'Olive',
  'Indigo',
  'Verdigris',
  'Sienna',
  'Mulberry',
] as const;

/** Returns any number from the server as an index from 0 to 11. */
export function colourIndex(color: number): number {
  const whole = Math.trunc(Number.isFinite(color) ? color : 0);
  return ((whole % colourCount) + colourCount) % colourCount;
}

export function colourClass(color: number): string {
  return `c${colourIndex(color)}`;
}

/** Returns the first letters of the first and the last word; whole characters, so that no surrogate pair is cut. */
export function initials(name: string): string {
  const words = name
    .replace(/\([^)]*\)/g, ' ')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const first = [...(words[0] ?? '?')][0] ?? '?';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}

/** Returns names as a list: "Mara", "Mara and Ilja", "Mara, Ilja and 2 others". */
export function listNames(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length === 2) return `${names[0]} and ${names[1]}`;
  if (names.length === 3) return `${names[0]}, ${names[1]} and ${names[2]}`;
  return `${names[0]}, ${names[1]} and ${names.length - 2} others`;
}

/** A person with an account here, who can be chosen by name. */
export type Candidate = Schemas['Candidate'];
