import QuillDelta, { type AttributeMap, type Op } from 'quill-delta';

/** The type of quill-delta's class under either module resolution: with TypeScript's `nodenext` the default import of a CommonJS
 * module is typed as the whole module, with `bundler` as its default export. At run time it is the class either way. */
type DeltaClass = typeof QuillDelta extends { default: infer Class } ? Class : typeof QuillDelta;

/** quill-delta's class: a formatted text, or a change to one. */
export type Delta = DeltaClass extends abstract new (...args: never[]) => infer Instance ? Instance : never;
export const Delta: DeltaClass = QuillDelta as unknown as DeltaClass;
export type { AttributeMap, Op };
