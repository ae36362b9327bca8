import QuillDelta, { type AttributeMap, type Op } from 'quill-delta';

/** The class, as each way of resolving modules finds it: for TypeScript's `nodenext` the default import of a CommonJS module is the
 * whole module, for `bundler` what it exports as default. What runs is the class in both. */
type DeltaClass = typeof QuillDelta extends { default: infer Class } ? Class : typeof QuillDelta;

/** Text with formats, or a change of it: quill-delta's. */
export type Delta = DeltaClass extends abstract new (...args: never[]) => infer Instance ? Instance : never;
export const Delta: DeltaClass = QuillDelta as unknown as DeltaClass;
export type { AttributeMap, Op };
