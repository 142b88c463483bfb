import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attachProcess, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../embedded-postgres.ts';

/**
 * Gives the test run a folder of its own. The first test that asks for a database starts a server there (cluster.ts); it
 * ends with this process even if that is killed.
 */
export default function setup(): () => Promise<void> {
  const runDir = mkdtempSync(join(tmpdir(), 'waybill-test-'));
  process.env.WAYBILL_TEST_RUN = runDir;
  attachProcess(runDir);
  return async () => {
    await stopEmbeddedPostgres(runDir);
    removeEmbeddedPostgres(runDir);
    rmSync(runDir, { recursive: true, force: true });
  };
}
