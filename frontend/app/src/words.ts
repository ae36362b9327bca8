/** Numbers and times as Quire writes them. Everything here is pure; `now` is passed in where it matters. */

/** "1 edit", "12 edits", "1,284 edits". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** "1 person", "12 people". */
export function people(number: number): string {
  return number === 1 ? '1 person' : `${number.toLocaleString('en')} people`;
}

/** "13:58", in the reader's own zone. */
export function clock(at: Date): string {
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`;
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Whole days between the dates, as a calendar counts them (a day with a clock change counts as one). */
export function daysBetween(earlier: Date, later: Date): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / 86_400_000);
}

export function dayMonth(at: Date, now: Date): string {
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
}

/** A moment beside a row: "just now", "12 min ago", "2 h ago", "9:14", "Yesterday", "Tuesday", "18 Feb", "18 Feb 2024". */
export function ago(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000);
  const days = daysBetween(at, now);
  if (days <= 0 && minutes < 1) return 'just now';
  if (days <= 0 && minutes < 60) return `${minutes} min ago`;
  if (days <= 0 && minutes < 180) return `${Math.floor(minutes / 60)} h ago`;
  if (days <= 0) return clock(at);
  if (days === 1) return 'Yesterday';
  if (days < 7) return at.toLocaleDateString('en-GB', { weekday: 'long' });
  return dayMonth(at, now);
}

/** A moment inside a sentence: "at 14:02", "yesterday", "on Tuesday", "on 12 Feb". */
export function when(at: Date, now: Date): string {
  const days = daysBetween(at, now);
  if (days <= 0) return `at ${clock(at)}`;
  if (days === 1) return 'yesterday';
  if (days < 7) return `on ${at.toLocaleDateString('en-GB', { weekday: 'long' })}`;
  return `on ${dayMonth(at, now)}`;
}

export type AgeGroup = 'Today' | 'This week' | 'Earlier';

/** The group of the list a document of that age belongs to. "This week": the last seven days, today not counted. */
export function ageGroup(at: Date, now: Date): AgeGroup {
  const days = daysBetween(at, now);
  return days <= 0 ? 'Today' : days < 7 ? 'This week' : 'Earlier';
}

/** Whole days until then, at least 0. */
export function daysLeft(until: Date, now: Date): number {
  return Math.max(0, Math.ceil((until.getTime() - now.getTime()) / 86_400_000));
}

export const roleNames = { viewer: 'Viewer', commenter: 'Commenter', editor: 'Editor', owner: 'Owner' } as const;

export const roleMeanings = {
  viewer: 'can read',
  commenter: 'can read and comment',
  editor: 'can change the text',
  owner: 'can also share and delete',
} as const;

/** "invites you to …" */
export const roleInvitations = {
  viewer: 'read',
  commenter: 'comment on',
  editor: 'edit',
  owner: 'edit',
} as const;

export const untitled = 'Untitled';

/** Words and characters of a text; a word is a run of letters, digits, apostrophes and hyphens. Languages written without
 * spaces are counted by the browser's own segmenter where it has one. */
export function countWords(text: string): number {
  if (!text.trim()) return 0;
  if (typeof Intl.Segmenter === 'function') {
    let words = 0;
    for (const part of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text))
      if (part.isWordLike) words++;
    return words;
  }
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu)?.length ?? 0;
}
