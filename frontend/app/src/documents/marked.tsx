/** Shows a text with every occurrence of `find` marked, regardless of case. */
export function Marked({ text, find }: { text: string; find: string }) {
  const parts = split(text, find);
  return parts.map(({ at, part, hit }) => (hit ? <mark key={at}>{part}</mark> : <span key={at}>{part}</span>));
}

export function split(text: string, find: string): { at: number; part: string; hit: boolean }[] {
  const needle = find.trim().toLocaleLowerCase();
  const haystack = text.toLocaleLowerCase();
  // Lower case can change the length of a text (İ). Positions would not fit then, so nothing is marked.
  if (!needle || haystack.length !== text.length) return [{ at: 0, part: text, hit: false }];
  const parts: { at: number; part: string; hit: boolean }[] = [];
  let from = 0;
  for (let hit = haystack.indexOf(needle); hit >= 0; hit = haystack.indexOf(needle, from)) {
    if (hit > from) parts.push({ at: from, part: text.slice(from, hit), hit: false });
    parts.push({ at: hit, part: text.slice(hit, hit + needle.length), hit: true });
    from = hit + needle.length;
  }
  if (from < text.length) parts.push({ at: from, part: text.slice(from), hit: false });
  return parts;
}
