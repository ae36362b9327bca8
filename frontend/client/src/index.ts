export { createClient } from './client.ts';
export type * from './environment.ts';
export { createRest, type Rest, type Schemas } from './rest.ts';
export { ShownState } from './shown.ts';
export type * from './types.ts';
