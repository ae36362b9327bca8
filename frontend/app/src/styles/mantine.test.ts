import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const from = join(import.meta.dirname, '..');
const sheets = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles/Button.layer.css'));

/** The names that our modules import from Mantine. */
function used(): Set<string> {
  const files = readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  const lists = files.flatMap((file) => [
    ...readFileSync(join(from, file), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
  ]);
  return new Set(lists.flatMap(([, list]) => (list ?? '').split(',').map((name) => name.trim())));
}

it('every component of Mantine that is used comes with its looks', () => {
  const own = readFileSync(join(import.meta.dirname, 'mantine.css'), 'utf8');
  const there = readdirSync(sheets);
  const styled = [...used()].filter((name) => there.includes(`${name}.layer.css`));
  expect(styled).toContain('Button');
  expect(styled.filter((name) => !own.includes(`/${name}.layer.css`))).toEqual([]);
});
