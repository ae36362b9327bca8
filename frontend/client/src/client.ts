import type { ClientOptions, QuireClient } from './types.ts';

/** One client per page. It connects when the first document is opened or text left over from an earlier page is found. */
export function createClient(options: ClientOptions = {}): QuireClient {
  throw new Error(`not there yet: ${options.url ?? ''}`);
}
