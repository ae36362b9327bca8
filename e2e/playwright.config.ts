import { defineConfig } from '@playwright/test'
import { chromium } from './fixtures/programs.ts'

const asRoot = process.getuid?.() === 0

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  // A test mostly waits for its server and its pages, so two workers fill two cores. Measurements need a quiet machine: one.
  workers: Number(process.env.QUIRE_E2E_WORKERS ?? (process.env.QUIRE_BENCH_PAGE ? 1 : 2)),
  retries: 0, // a flaky test is a defect
  timeout: 120_000, // long enough for a busy machine
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  globalSetup: './fixtures/setup.ts',
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    trace: process.env.QUIRE_TRACE ? 'retain-on-failure' : 'off', // it doubles the time
    launchOptions: {
      executablePath: chromium(),
      args: [
        // Host names for which plain http is no secure context, and for pages of another site.
        '--host-resolver-rules=MAP quire.test 127.0.0.1,MAP embedder.test 127.0.0.1',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-gpu',
        ...(asRoot ? ['--no-sandbox', '--disable-dev-shm-usage'] : []),
      ],
    },
  },
  projects: [
    { name: 'sqlite', testMatch: 'specs/**/*.spec.ts', use: { database: 'sqlite' } as object },
    // A browser cannot tell which database there is: these tests are enough to show that Postgres is wired up.
    {
      name: 'postgres',
      testMatch: ['specs/together.spec.ts', 'specs/restart.spec.ts'],
      grep: /in one paragraph|the same range|kill -9/,
      use: { database: 'postgres' } as object,
    },
    // Not a test: `make screenshot` takes the README's picture.
    ...(process.env.QUIRE_BENCH_PAGE ? [{ name: 'bench-page', testMatch: 'bench/page/*.bench.ts' }] : []),
    ...(process.env.QUIRE_SCREENSHOT ? [{ name: 'screenshot', testMatch: 'screenshots/*.shot.ts' }] : []),
  ],
})
