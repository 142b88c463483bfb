import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** A test that makes databases says so in its own text or that of the fixture it imports. */
const NEEDS_DATABASE = /createTestDatabase|embedded-postgres\.ts|test-database\.ts|-fixture\.ts|\/testing\//;
const all = globSync('{server,jobs,prisma,components,app,docs,bench}/**/*.test.{ts,tsx}');
const database = all.filter((file) => NEEDS_DATABASE.test(readFileSync(file, 'utf8')));
const unit = all.filter((file) => !database.includes(file));
/** They put other modules in the place of the house's: nobody else may meet those. */
const apart = database.filter((file) => readFileSync(file, 'utf8').includes('vi.mock('));

/** Everything but the browser: rules beside the code, services and flows on a real PostgreSQL cloned per file. */
export default defineConfig({
  test: {
    // A process per worker, not per file: half of a file's time was to load the same modules again. Files share those and no state.
    projects: [
      { extends: true, test: { name: 'unit', include: unit, isolate: false } },
      { extends: true, test: { name: 'database', include: database.filter((file) => !apart.includes(file)), isolate: false } },
      { extends: true, test: { name: 'database-apart', include: apart } },
    ],
    globalSetup: ['server/platform/testing/global-setup.ts'],
    pool: 'forks',
    // Most of them wait: for the database, for a lease, for a process to start.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 240_000,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
  },
});
