import { defineConfig } from 'vitest/config';

/** Everything but e2e: rules beside the code, services and flows on a real PostgreSQL cloned per file. */
export default defineConfig({
  test: {
    include: ['{server,jobs,prisma,components,app,docs,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '.next/**', '.waybill/**'],
    globalSetup: ['server/platform/testing/global-setup.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { NODE_ENV: 'test', TZ: 'UTC' },
  },
});
