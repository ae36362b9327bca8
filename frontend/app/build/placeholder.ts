import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Emptying the output also takes the one committed file, without which package frontend would not compile unbuilt. */
export function keepPlaceholder(outDir: string): Plugin {
  return {
    name: 'quire:keep-placeholder',
    apply: 'build',
    closeBundle: () => writeFile(join(outDir, '.gitkeep'), ''),
  };
}
