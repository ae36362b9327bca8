import type { QuireErrorCode } from './error.ts';

/** Why the server closed the socket, as in collab/wire/testdata/close.json; a test compares the two. From 4000 to 4499 a
 * client comes back, from 4500 on it does not. */
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

/** The code's name, or null for one of the browser's or a proxy's own. */
export function closeName(code: number): CloseName | null {
  return names.get(code) ?? null;
}

/** The server gives up on what we send: it would be the same the next time. */
const hopeless: readonly number[] = [closeCodes['bad-frame'], closeCodes['invalid-text'], closeCodes['too-big']];

/** Whether to come back. A code from 4500 to 4999 says no; a code that is not the server's may be a line that broke. */
export function comesBack(code: number): boolean {
  return !hopeless.includes(code) && (code < 4500 || code > 4999);
}

/** What a close is for programs. */
export function errorCodeOf(name: CloseName): QuireErrorCode {
  const known = name === 'signed-out' || name === 'forbidden' || name === 'deleted' || name === 'unsupported';
  return known ? name : 'protocol';
}
