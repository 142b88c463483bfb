import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole } from './build.ts';
import { run } from './run.ts';
import { createSupervisor } from './supervisor.ts';

/** Builds the console ahead of a start, for the image. A build needs no secret and no database; these values are never used. */
run(async () => {
  const logs = mkdtempSync(join(tmpdir(), 'waybill-build-'));
  const env = {
    ...process.env,
    NODE_ENV: 'production' as const,
    DATABASE_URL: 'postgres://build@127.0.0.1/none',
    WAYBILL_SECRET: 'used by nobody while the console is built',
    WAYBILL_DATA_KEY: 'used by nobody while the console is being built',
    WAYBILL_DEMO: '1',
  };
  console.log(`The console was ${await buildConsole(createSupervisor(logs, false, console.log), env, logs)}.`);
});
