import createFetch, { type Client } from 'openapi-fetch';
import { browserEnvironment } from './browser.ts';
import type { components, paths } from './schema.ts';
import { ServerAddress } from './server-address.ts';
import type { ClientOptions } from './types.ts';

/** REST by path, checked by the compiler: `rest.GET('/documents/{id}', { params: { path: { id } } })` gives `{ data, error,
 * response }`; `error` is an RFC 9457 problem. */
export type Rest = Client<paths>;

/** The shapes of REST, by name. */
export type Schemas = components['schemas'];

/** Typed REST calls with the same options as `createClient`. On its own, so that a page that does without does not load it. */
export function createRest(options: Pick<ClientOptions, 'url' | 'auth' | 'environment'> = {}): Rest {
  const server = new ServerAddress(options, { ...browserEnvironment(), ...options.environment });
  return createFetch<paths>({
    baseUrl: server.rest,
    fetch: (request) => server.fetch(request),
    credentials: 'same-origin',
  });
}
