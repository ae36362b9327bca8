/** Loads Quill and what we built on it: one chunk, fetched when a document is opened, unless the list has prefetched it. */
export const loadEditor = () => import('../editor');

/** Starts fetching it while the text is still on its way. A failure only shows where the chunk is needed. */
export function fetchEditor(): void {
  loadEditor().catch(() => {});
}
