/** Remembers, for this tab, which tab and search the list of documents was left with. */

const key = 'quire-list';
let last = '';

/** Notes the query of the list's address, without the question mark. */
export function noteList(query: string): void {
  last = query;
  try {
    sessionStorage.setItem(key, query);
  } catch {
    // In a browser that stores nothing, it is known until the page is reloaded.
  }
}

export function listAddress(): string {
  let query = last;
  try {
    query = sessionStorage.getItem(key) ?? last;
  } catch {}
  return query === '' ? '/' : `/?${query}`;
}
