import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Migration, migrate } from '../../../prisma/migrate.ts';
import { createPool } from '../db.ts';
import { applicationUrl, databaseUrl, type TestCluster, testCluster } from './cluster.ts';

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  /** The application's role, which cannot alter what is append-only. */
  readonly pool: pg.Pool;
  readonly ownerPool: pg.Pool;
  /** The application's address. */
  readonly url: string;
  readonly ownerUrl: string;
  readonly appPassword: string;
  /** Ends both pools and removes the database. */
  drop(): Promise<void>;
}

/** Clones the migrated template: `beforeAll(async () => { db = await createTestDatabase(); })`, `afterAll(() => db.drop())`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const cluster = await clusterOfThisRun();
  // WAL_LOG writes the small template through the log; FILE_COPY would force two checkpoints of the whole cluster.
  return createDatabase(cluster, `TEMPLATE ${cluster.template} STRATEGY WAL_LOG`);
}

/** A database of an earlier version, or one with nothing in it. */
export async function createOldDatabase(migrations: readonly Migration[]): Promise<TestDatabase> {
  const cluster = await clusterOfThisRun();
  const db = await createDatabase(cluster, '');
  if (migrations.length > 0) await migrate({ ownerUrl: db.ownerUrl, appPassword: cluster.appPassword, migrations });
  return db;
}

function clusterOfThisRun(): Promise<TestCluster> {
  const runDir = process.env.WAYBILL_TEST_RUN;
  if (!runDir) throw new Error('Test databases belong to a test run: start this with vitest, which runs global-setup.ts.');
  return testCluster(runDir);
}

async function createDatabase(cluster: TestCluster, how: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(cluster.adminUrl, `CREATE DATABASE ${name} ${how}`);
  const url = applicationUrl(cluster, name);
  const ownerUrl = databaseUrl(cluster, name);
  const pool = createPool({ connectionString: url, name: 'test' });
  const ownerPool = createPool({ connectionString: ownerUrl, max: 4, name: 'test-owner' });
  return {
    pool,
    ownerPool,
    url,
    ownerUrl,
    appPassword: cluster.appPassword,
    drop: async () => {
      await Promise.all([pool.end(), ownerPool.end()]);
      await asAdmin(cluster.adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
