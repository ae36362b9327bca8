/** Quill and what we built on it, one chunk, fetched when a document is opened if the list has not done so before. */
export const loadEditor = () => import('../editor');
