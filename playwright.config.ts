import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserOptions } from './e2e/fixtures/browser.ts';

/**
 * Journeys in a real browser on the whole production stack, started for them on a folder of its own. The browser is the
 * Chromium inside an npm package. E2E_ORIGIN tests a stack that runs already.
 */
const port = Number(process.env.E2E_PORT ?? 24190);
const dataDir = process.env.E2E_DATA ?? join(tmpdir(), `waybill-e2e-${process.pid}`);
process.env.E2E_DATA = dataDir; // tests read running.json there, for the addresses of the simulators
process.env.E2E_PORT = String(port);
const origin = process.env.E2E_ORIGIN ?? `http://localhost:${port}`;
const BUILDS_AND_STARTS_WITHIN_MS = 300_000;
const SCRIPT = '**/script.spec.ts';
const CHROMIUM = { browserName: 'chromium', viewport: { width: 1280, height: 800 } } as const;
export default defineConfig({
  testDir: 'e2e',
  // Journeys wait more than they work. Files run side by side, the tests of one file one after the other.
  workers: 3,
  retries: 0,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  outputDir: 'test-results',
  use: {
    baseURL: origin,
    // What cannot be clicked by then never can: the test says so, and not that its time is over.
    actionTimeout: 60_000,
    // Recording every step slows every test down; it is done where somebody asks for it.
    trace: process.env.E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: await browserOptions(),
  },
  projects: [
    { name: 'journeys', use: CHROMIUM, testIgnore: SCRIPT },
    // It breaks the provider for whoever comes next, and so has the stack to itself.
    { name: 'script', use: CHROMIUM, testMatch: SCRIPT, dependencies: ['journeys'] },
  ],
  ...(process.env.E2E_ORIGIN
    ? {}
    : {
        webServer: {
          command: `node server/cli/bootstrap.mjs start --port ${port} --data ${dataDir} --no-traffic`,
          url: `${origin}/health/ready`,
          timeout: BUILDS_AND_STARTS_WITHIN_MS,
          gracefulShutdown: { signal: 'SIGTERM', timeout: 40_000 },
          stdout: 'pipe',
          env: { WAYBILL_NEXT_DIR: '.next-test' },
        },
      }),
});
