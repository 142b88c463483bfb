import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attachEmbeddedPostgres, removeEmbeddedPostgres, stopEmbeddedPostgres } from './embedded-postgres.ts';
import { processIsAlive } from './embedded-postgres-keeper.ts';

const MODULE = join(import.meta.dirname, 'embedded-postgres.ts');
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'waybill-embedded-'));
});
afterEach(async () => {
  await stopEmbeddedPostgres(dir);
  removeEmbeddedPostgres(dir);
});

const attach = (password = 'secret') => attachEmbeddedPostgres({ dir, password, settings: { shared_buffers: '32MB' } });
const postmaster = (clusterDir: string) => Number(readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n')[0]);

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Another process that attaches to the same folder: prints its server's number, then runs `then`. */
const other = (then: string) => [
  '--input-type=module',
  '-e',
  `import { readFileSync } from 'node:fs';
   const { attachEmbeddedPostgres } = await import(${JSON.stringify(MODULE)});
   const server = await attachEmbeddedPostgres({ dir: ${JSON.stringify(dir)}, password: 'secret' });
   console.log(readFileSync(server.clusterDir + '/postmaster.pid', 'utf8').split('\\n')[0]);
   ${then}`,
];

describe('an embedded PostgreSQL', () => {
  it('is shared by the processes of a folder, and ends with the last that lets go', async () => {
    const server = await attach();
    const pid = postmaster(server.clusterDir);
    const second = spawnSync(process.execPath, other('await server.detach();'), { encoding: 'utf8' });
    expect(second.stdout.trim()).toBe(String(pid));
    expect(await answers(server.adminUrl)).toBe(true);
    await server.detach();
    expect(processIsAlive(pid)).toBe(false);
  });

  it('ends by itself when everybody who used it was killed', async () => {
    const second = spawn(process.execPath, other('setInterval(() => {}, 1000);'), { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = Number(await new Promise((resolve) => second.stdout.setEncoding('utf8').once('data', resolve)));
    expect(processIsAlive(pid)).toBe(true);
    second.kill('SIGKILL');
    while (processIsAlive(pid)) await sleep(50);
  });

  it.skipIf(!existsSync('/proc/self/comm'))(
    'starts again after kill -9, with the address it had and a lock file in its way',
    async () => {
      const server = await attach();
      const { clusterDir, adminUrl } = server;
      const lockFile = join(clusterDir, 'postmaster.pid');
      const lock = readFileSync(lockFile, 'utf8');
      process.kill(postmaster(clusterDir), 'SIGKILL');
      while (await answers(adminUrl)) await sleep(50);
      // The number in the lock file belongs to another program now: this one.
      writeFileSync(lockFile, lock.replace(/^\d+/, String(process.pid)));
      await sleep(300); // the killed server's own children end
      const again = await attach();
      expect(again.adminUrl).toBe(adminUrl);
      expect(await answers(again.adminUrl)).toBe(true);
    },
  );

  it('refuses another password with a sentence', async () => {
    const server = await attach();
    await expect(attach('wrong')).rejects.toThrow(/did not start: password authentication failed/);
    await server.detach();
  });
});
