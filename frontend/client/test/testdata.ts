import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const home = resolve(import.meta.dirname, '../../../collab/wire/testdata');

/** Reads a file that the server's tests read too. */
export function testdata<T>(name: string): T {
  return JSON.parse(readFileSync(resolve(home, name), 'utf8'));
}

/** One golden frame. */
export interface Golden {
  readonly name: string;
  readonly dir: 'c2s' | 's2c';
  readonly ok?: boolean;
  readonly frame?: Record<string, unknown>;
  readonly raw?: string;
}

export function goldenFrames(): Golden[] {
  return readdirSync(resolve(home, 'frames')).flatMap((file) => testdata<Golden[]>(`frames/${file}`));
}
