/** Quill and what we built on it, one chunk, fetched when a document is opened if the list has not done so before. */
export const loadEditor = () => import('../editor');

/** Begins to fetch it while the text is still on its way. Who needs it is told of a failure. */
export function fetchEditor(): void {
  loadEditor().catch(() => {});
}
