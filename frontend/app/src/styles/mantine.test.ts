import { expect, it } from 'vitest';
import own from './mantine.css?raw';

const raw = { query: '?raw', import: 'default', eager: true } as const;
const modules = import.meta.glob<string>('../**/*.tsx', raw);
const sheets = Object.keys(
  import.meta.glob('../../../node_modules/@mantine/core/styles/*.layer.css', { query: '?url', exhaustive: true }),
);

/** The names that our modules import from Mantine. */
function used(): Set<string> {
  const lists = Object.values(modules).flatMap((text) => [
    ...text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g),
  ]);
  return new Set(lists.flatMap(([, list]) => (list ?? '').split(',').map((name) => name.trim())));
}

it('every component of Mantine that is used comes with its looks', () => {
  const styled = [...used()].filter((name) => sheets.some((sheet) => sheet.endsWith(`/${name}.layer.css`)));
  expect(styled).toContain('Button');
  expect(styled.filter((name) => !own.includes(`/${name}.layer.css`))).toEqual([]);
});
