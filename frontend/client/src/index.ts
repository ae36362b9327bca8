export { createClient } from './client.ts';
export type * from './environment.ts';
export { allows, clean, type FormatsTable, formatsTable } from './formats.ts';
export { createRest, type Rest, type Schemas } from './rest.ts';
export { ShownState } from './shown.ts';
export type * from './types.ts';
