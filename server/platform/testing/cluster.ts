import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { appUrl, migrate, migrationsHash } from '../../../prisma/migrate.ts';
import { attachEmbeddedPostgres } from '../embedded-postgres.ts';
import { inTurn } from '../turn.ts';

/** The passwords of throw-away clusters; they listen on loopback and live as long as one test run. */
const PASSWORD = 'throw-away';
const STALE_AFTER_MS = 90_000;

/** What a test file needs to make its own database. */
export interface TestCluster {
  /** Owner's address of the maintenance database. */
  readonly adminUrl: string;
  readonly template: string;
  readonly appPassword: string;
}

/** The owner's address of another database of the cluster. */
export function databaseUrl(cluster: TestCluster, database: string): string {
  const url = new URL(cluster.adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

export function applicationUrl(cluster: TestCluster, database: string): string {
  return appUrl(databaseUrl(cluster, database), cluster.appPassword);
}

/**
 * The cluster of this test run with its migrated template, made by whoever asks first: a run whose tests touch no database
 * starts none. `runDir` belongs to the run; TEST_DATABASE_URL names a server to use instead.
 */
export async function testCluster(runDir: string): Promise<TestCluster> {
  mkdirSync(runDir, { recursive: true, mode: 0o711 });
  const ready = join(runDir, 'ready.json');
  const recorded = () => JSON.parse(readFileSync(ready, 'utf8')) as TestCluster;
  if (existsSync(ready)) return recorded();
  return inTurn(join(runDir, 'turn'), async () => {
    if (existsSync(ready)) return recorded();
    const cluster = await prepare(runDir);
    writeFileSync(`${ready}.part`, JSON.stringify(cluster));
    renameSync(`${ready}.part`, ready);
    return cluster;
  });
}

async function prepare(runDir: string): Promise<TestCluster> {
  const given = process.env.TEST_DATABASE_URL;
  const adminUrl = given ?? (await attachEmbeddedPostgres({ dir: runDir, password: PASSWORD, settings: SETTINGS })).adminUrl;
  const template = `waybill_template_${migrationsHash()}`;
  const cluster = { adminUrl, template, appPassword: PASSWORD };
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const lock = BigInt(`0x${migrationsHash().slice(0, 12)}`);
    await admin.query(`SET lock_timeout = ${STALE_AFTER_MS}`);
    await admin.query('SELECT pg_advisory_lock($1)', [lock]);
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [template]);
    if (!rowCount) {
      await admin.query(`DROP DATABASE IF EXISTS ${template}`);
      await admin.query(`CREATE DATABASE ${template}`);
      await migrate({ ownerUrl: databaseUrl(cluster, template), appPassword: PASSWORD });
      await admin.query(`ALTER DATABASE ${template} IS_TEMPLATE true`);
    }
  } finally {
    await admin.end();
  }
  return cluster;
}

/** Small: many runs may share a machine. Durability stays on. */
const SETTINGS = { shared_buffers: '64MB', max_wal_size: '512MB', log_min_messages: 'fatal' };
