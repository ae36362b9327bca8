import { formatsTable } from '@quire/client';
import { expect, it } from 'vitest';
import { createRegistry } from './registry';

const { inline, block, embeds } = formatsTable;

// What the server takes and the editor cannot show would be lost from the page without a word.
it.each([...Object.keys(inline), ...Object.keys(block), ...Object.keys(embeds)])(
  'E3: the editor has a blot for %s',
  (name) => {
    expect(createRegistry().query(name)).not.toBe(null);
  },
);
