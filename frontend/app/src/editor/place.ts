import type Quill from 'quill/core';

/** Where the user was in a document: the position of the line at the top of the window, its distance from the top in px, and the caret. */
export interface Place {
  line: number;
  top: number;
  caret: number;
}

const key = 'quire-places';
/** For how many documents places are kept, the newest last. */
const maxPlaces = 100;

/** Returns where this browser last was in a document, or null if it was never there or keeps nothing. */
export function keptPlace(document: string): Place | null {
  const [, place] = read().find(([id]) => id === document) ?? [];
  return place ?? null;
}

export function keepPlace(document: string, place: Place): void {
  const others = read().filter(([id]) => id !== document);
  try {
    localStorage.setItem(key, JSON.stringify([...others, [document, place]].slice(-maxPlaces)));
  } catch {
    // A browser that keeps nothing opens every document at its beginning.
  }
}

/** How often the places were forgotten while this page was open. A text opened before that must not store its place again. */
let forgotten = 0;

/** Returns a function that reports whether the places were not forgotten since this call. */
export function placesSince(): () => boolean {
  const then = forgotten;
  return () => forgotten === then;
}

/** Forgets all places, so that the next user of this browser cannot learn which documents were read here. */
export function forgetPlaces(): void {
  forgotten++;
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}

function read(): [string, Place][] {
  try {
    const places: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(places) ? places.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(entry: unknown): entry is [string, Place] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string' || typeof entry[1] !== 'object') return false;
  const place = entry[1] as Place | null;
  return [place?.line, place?.top, place?.caret].every((number) => Number.isFinite(number));
}

/** Returns where the user is now. */
export function placeNow(quill: Quill, caret: number): Place {
  const line = firstLineInView(quill);
  const blot = line && quill.scroll.find(line);
  return { line: blot ? quill.getIndex(blot) : 0, top: line?.getBoundingClientRect().top ?? 0, caret };
}

/** Scrolls to a place, or to the end if the text has become shorter. */
export function goTo(quill: Quill, { line, top }: Place): void {
  if (line === 0 && top >= 0) return; // the start, whatever is above the text
  const [blot] = quill.getLine(Math.min(line, quill.getLength() - 1));
  if (blot) window.scrollBy(0, (blot.domNode as Element).getBoundingClientRect().top - top);
}

/** Returns the first line that is at least partly in the window, or null; in a list, that is an item. */
export function firstLineInView(quill: Quill): Element | null {
  let lines = quill.root.children;
  for (;;) {
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle]?.getBoundingClientRect().bottom ?? 0) > 0) high = middle;
      else low = middle + 1;
    }
    const line = lines[low] ?? null;
    if (!line?.matches('ol, .ql-code-block-container')) return line;
    lines = line.children;
  }
}
