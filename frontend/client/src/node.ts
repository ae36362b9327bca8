import WebSocket from 'ws';
import { createClient as create } from './client.ts';
import type { ClientOptions, QuireClient } from './client-types.ts';
import type { SocketLike } from './environment.ts';

export * from './index.ts';

/** `createClient` for Node, with a WebSocket, which Node itself has only from 22 on. No browser keeps unsent edits here; they live as
 * long as the process: wait for `whenSaved()`, then `close()`. */
export function createClient(options: ClientOptions = {}): QuireClient {
  return create({ ...options, environment: { openSocket, ...options.environment } });
}

function openSocket(url: string, protocols: string[]): SocketLike {
  return new WebSocket(url, protocols) as unknown as SocketLike;
}
