export { createClient } from './client.ts';
export { type AttributeMap, Delta, type Op } from './delta.ts';
export type * from './environment.ts';
export { QuireError, type QuireErrorCode, type ServerProblem } from './error.ts';
export { allows, clean, type FormatsTable, formatsTable } from './formats.ts';
export { createRest, type Paths, type PlainContent, type Rest, type Schemas } from './rest.ts';
export { ShownState } from './shown.ts';
export type * from './types.ts';
