import type { QuireErrorCode } from './error.ts';

/** Why the server closed the socket, as in collab/wire/testdata/close.json; a test compares the two. After 4000 to 4499 a client
 * reconnects, after 4500 to 4999 it does not. */
export const closeCodes = {
  'bad-frame': 1002,
  'invalid-text': 1007,
  'too-big': 1009,
  internal: 1011,
  restarting: 4000,
  slow: 4001,
  resync: 4002,
  'token-expired': 4003,
  unavailable: 4004,
  timeout: 4005,
  overloaded: 4006,
  'signed-out': 4500,
  forbidden: 4501,
  deleted: 4502,
  'protocol-error': 4503,
  unsupported: 4504,
} as const;

export type CloseName = keyof typeof closeCodes;

const names = new Map(Object.entries(closeCodes).map(([name, code]) => [code as number, name as CloseName]));

/** Returns the name of a close code, or null if it is not one of the server's but the browser's or a proxy's. */
export function closeName(code: number): CloseName | null {
  return names.get(code) ?? null;
}

/** The server could not read what we sent. Sending it again would end the same way. */
const unreadable: readonly number[] = [closeCodes['bad-frame'], closeCodes['invalid-text'], closeCodes['too-big']];

/** Reports whether to reconnect after a close code. One that is not the server's may mean a lost connection, so: yes. */
export function comesBack(code: number): boolean {
  return !unreadable.includes(code) && (code < 4500 || code > 4999);
}

/** Returns the error code under which a close is reported to the application. */
export function errorCodeOf(name: CloseName): QuireErrorCode {
  const known = name === 'signed-out' || name === 'forbidden' || name === 'deleted' || name === 'unsupported';
  return known ? name : 'protocol';
}
