import './build/node20.ts';
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { precompress } from './build/compress.ts';
import { nameDocumentFiles } from './build/early.ts';
import { preloadFonts, sharedFonts } from './build/fonts.ts';
import { keepPlaceholder } from './build/placeholder.ts';
import { mantineVariables } from './build/variables.ts';

const server = process.env.QUIRE_SERVER ?? 'http://127.0.0.1:8080';
const outDir = resolve(import.meta.dirname, '../dist');

export default defineConfig({
  plugins: [
    react(),
    mantineVariables(),
    nameDocumentFiles(),
    preloadFonts(),
    sharedFonts(),
    precompress(),
    keepPlaceholder(outDir),
  ],
  // The SDK is read from its sources, so that the app needs no build of it.
  resolve: { conditions: ['@quire/source', 'module', 'browser', 'development|production'] },
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0, // a font as data: would break font-src 'self'
    target: 'es2022',
    chunkSizeWarningLimit: 700,
  },
  server: {
    // The socket's origin check compares with Host, so the browser's own Host is passed on.
    proxy: { '/api': { target: server, ws: true, changeOrigin: false }, '/healthz': server, '/readyz': server },
  },
  test: {
    environment: 'jsdom',
    isolate: process.env.QUIRE_FULL === '1', // a worker for each file, in `make test`: half of the time is their start
    testTimeout: 60_000, // for what hangs, not for a busy machine
    hookTimeout: 60_000,
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['./src/test-setup.ts'],
    restoreMocks: true,
  },
});
