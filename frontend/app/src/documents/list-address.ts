/** Where the list of documents was left in this tab: which of them, and what was searched for. */

const key = 'quire-list';
let last = '';

/** `query` is what stands in the list's address, without the question mark. */
export function noteList(query: string): void {
  last = query;
  try {
    sessionStorage.setItem(key, query);
  } catch {
    // A browser that stores nothing knows it until the page is loaded anew.
  }
}

export function listAddress(): string {
  let query = last;
  try {
    query = sessionStorage.getItem(key) ?? last;
  } catch {}
  return query === '' ? '/' : `/?${query}`;
}
