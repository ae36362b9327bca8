import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('..', import.meta.url));
const modules = join(here, '../node_modules');
const folder = mkdtempSync(join(tmpdir(), 'quire-package-'));
const installed = join(folder, 'node_modules/@quire/client');
let tarball = '';

/** A program as somebody who installed the package writes it. */
const program = `
import { createClient, createRest, Delta, QuireError } from '@quire/client';

const client = createClient({ url: 'https://docs.example.org', auth: { kind: 'token', token: async () => 'token' } });
const doc = client.open('minutes');
doc.on('change', ({ delta }) => console.log(new Delta([{ insert: 'a' }]).compose(delta).ops));
doc.edit(new Delta().insert('Hello.', { bold: true }));
doc.edit({ ops: [{ retain: 1 }, { delete: 1 }] });
// @ts-expect-error: a number is no delta
doc.edit(42);
// @ts-expect-error: nor is this one of its methods
doc.contents().nothing();
console.log(doc.contents().length() + doc.contents().ops.length);
createRest().text('minutes').catch((error) => error instanceof QuireError && error.problem?.detail);
`;

const options = { target: 'ES2022', strict: true, noEmit: true, lib: ['ES2023', 'DOM'], types: [] as string[] };

/** Compiles the program in a folder beside the installed package; resolves to what the compiler says. */
function compile(name: string, file: string, source: string, more: object): string {
  const project = join(folder, name);
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, file), source);
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, ...more }, files: [file] }),
  );
  try {
    return execFileSync(join(modules, '.bin/tsc'), ['-p', project], { encoding: 'utf8' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

describe('what npm pack makes', () => {
  beforeAll(() => {
    // As cloned: without dist/, which belongs to who builds.
    const work = join(folder, 'work');
    mkdirSync(installed, { recursive: true });
    for (const name of ['src', 'package.json', 'README.md', 'tsconfig.json', 'tsconfig.build.json'])
      cpSync(join(here, name), join(work, name), { recursive: true });
    symlinkSync(modules, join(work, 'node_modules'));
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: work,
      encoding: 'utf8',
    });
    tarball = join(folder, packed.trim());
    execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
    for (const name of ['quill-delta', 'openapi-fetch', 'openapi-typescript-helpers', 'ws'])
      symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('publint has nothing to say', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it('are the types wrong? No, wherever ES modules can be read', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    const problems = 'problems' in result ? result.problems : ['no types'];
    // An ES module alone: what only knows CommonJS does not read it.
    const ours = problems.filter((one) => {
      const kind = typeof one === 'object' && 'resolutionKind' in one ? one.resolutionKind : '';
      return kind !== 'node10' && kind !== 'node16-cjs';
    });
    expect(ours).toEqual([]);
  });

  it.each([
    ['bundler', { module: 'ESNext', moduleResolution: 'bundler', skipLibCheck: false }],
    ['nodenext', { module: 'NodeNext', moduleResolution: 'nodenext', skipLibCheck: true }],
  ])('a program compiles with moduleResolution %s, and a mistake in it does not', (name, more) => {
    expect(compile(name, 'main.ts', program, more)).toBe('');
  });

  it('plain JavaScript is checked and runs', () => {
    const more = { module: 'NodeNext', moduleResolution: 'nodenext', skipLibCheck: true, allowJs: true, checkJs: true };
    expect(compile('javascript', 'main.js', program, more)).toBe('');
    const source = `import { Delta, createRest } from '@quire/client';
      import { createClient } from '@quire/client/node';
      const client = createClient({ url: 'http://127.0.0.1:1' });
      console.log(new Delta().insert('a').length(), typeof createRest().text, client.open('x').state.kind);
      client.close();`;
    writeFileSync(join(folder, 'javascript/run.js'), source);
    const out = execFileSync(process.execPath, [join(folder, 'javascript/run.js')], { encoding: 'utf8' });
    expect(out.trim()).toBe('1 function loading');
  });

  it('without a WebSocket it says what to pass', () => {
    const source = `import { createClient } from '@quire/client';
      delete globalThis.WebSocket;
      const client = createClient({ url: 'http://127.0.0.1:1' });
      try { client.open('x') } catch (error) { console.log(error.code, error.message) }
      client.close();`;
    const file = join(folder, 'javascript/without.js');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source);
    writeFileSync(join(dirname(file), 'package.json'), '{ "type": "module" }');
    const out = execFileSync(process.execPath, [file], { encoding: 'utf8' });
    expect(out).toContain("no-websocket there is no WebSocket here: import createClient from '@quire/client/node'");
  });
});
