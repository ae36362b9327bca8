/** Quill and what we built on it, one chunk. Asked for as soon as somebody looks at the list, so that a document opens fast. */
export const loadEditor = () => import('../editor');
