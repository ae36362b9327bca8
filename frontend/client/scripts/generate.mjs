// Writes src/schema.ts from openapi.json, and src/formats-table.ts from the server's table of formats. With QUIRE_BIN the
// description is first taken from that binary (`quire openapi`). openapi-typescript crashes beside TypeScript 7, so it runs
// in a throw-away npx package with a TypeScript 5 of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const home = resolve(import.meta.dirname, '..');
const description = resolve(home, 'openapi.json');

if (process.env.QUIRE_BIN) writeFileSync(description, execFileSync(process.env.QUIRE_BIN, ['openapi']));

const schema = resolve(home, 'src/schema.ts');
execFileSync(
  'npx',
  ['--yes', '-p', 'typescript@5', '-p', 'openapi-typescript@7.13.0', 'openapi-typescript', description, '-o', schema],
  { stdio: 'inherit' },
);

const table = resolve(home, '../../collab/wire/testdata/formats.json');
if (existsSync(table)) {
  const { comment: _, ...rows } = JSON.parse(readFileSync(table, 'utf8'));
  writeFileSync(
    resolve(home, 'src/formats-table.ts'),
    `import type { FormatsTable } from './format-rules.ts';\n\n/** Written by scripts/generate.mjs from collab/wire/testdata/formats.json; a test compares the two. */\nexport const formatsTable: FormatsTable = ${JSON.stringify(rows)};\n`,
  );
  execFileSync('npx', ['biome', 'format', '--write', resolve(home, 'src/formats-table.ts')], { stdio: 'inherit' });
}
