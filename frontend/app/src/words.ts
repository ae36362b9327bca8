/** Numbers and times as Quire writes them. Nothing here reads the clock; `now` is passed in. */

/** Returns a number of edits: "1 edit", "12 edits", "1,284 edits". */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** Returns a number of people: "1 person", "12 people". */
export function people(number: number): string {
  return number === 1 ? '1 person' : `${number.toLocaleString('en')} people`;
}

/** Returns a time, in the reader's time zone: "13:58". */
export function clock(at: Date): string {
  return `${at.getHours()}:${String(at.getMinutes()).padStart(2, '0')}`;
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Returns the days between two dates by the calendar: a day with a clock change counts as one. */
export function daysBetween(earlier: Date, later: Date): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / 86_400_000);
}

export function dayMonth(at: Date, now: Date): string {
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...year });
}

/** Returns a time for a row: "just now", "12 min ago", "2 h ago", "9:14", "Yesterday", "Tuesday", "18 Feb", "18 Feb 2024". */
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

/** Returns a time for the middle of a sentence: "at 14:02", "yesterday", "on Tuesday", "on 12 Feb". */
export function when(at: Date, now: Date): string {
  const days = daysBetween(at, now);
  if (days <= 0) return `at ${clock(at)}`;
  if (days === 1) return 'yesterday';
  if (days < 7) return `on ${at.toLocaleDateString('en-GB', { weekday: 'long' })}`;
  return `on ${dayMonth(at, now)}`;
}

export type AgeGroup = 'Today' | 'This week' | 'Earlier';

/** Returns the section of the list for a document of that age. "This week" is the last seven days without today. */
export function ageGroup(at: Date, now: Date): AgeGroup {
  const days = daysBetween(at, now);
  return days <= 0 ? 'Today' : days < 7 ? 'This week' : 'Earlier';
}

/** Returns the whole days until then, at least 0. */
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

/** Counts the words of a text. A word is a run of letters, digits, apostrophes and hyphens; languages written without spaces are counted
 * by the browser's segmenter if it has one. */
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
