import createFetch, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';

/** REST by path, checked by the compiler: `rest.GET('/documents/{id}', { params: { path: { id } } })` gives `{ data, error,
 * response }`; `error` is an RFC 9457 problem. */
export type Rest = Client<paths>;

/** The shapes of REST, by name. */
export type Schemas = components['schemas'];

/** REST under `base` (no trailing slash), for example `https://docs.example.org/api/v1`. */
export function createRest(base: string, send: (request: Request) => Promise<Response>): Rest {
  return createFetch<paths>({ baseUrl: base, fetch: send, credentials: 'same-origin' });
}
