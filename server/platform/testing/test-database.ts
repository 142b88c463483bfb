import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createPool } from '../db.ts';
import { applicationUrl, databaseUrl, testCluster } from './cluster.ts';

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  /** The application's role, which cannot alter what is append-only. */
  readonly pool: pg.Pool;
  readonly ownerPool: pg.Pool;
  /** The application's address. */
  readonly url: string;
  readonly ownerUrl: string;
  /** Ends both pools and removes the database. */
  drop(): Promise<void>;
}

/** Clones the migrated template: `beforeAll(async () => { db = await createTestDatabase(); })`, `afterAll(() => db.drop())`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const runDir = process.env.WAYBILL_TEST_RUN;
  if (!runDir) throw new Error('Test databases belong to a test run: start this with vitest, which runs global-setup.ts.');
  const cluster = await testCluster(runDir);
  const name = `test_${randomBytes(6).toString('hex')}`;
  // WAL_LOG writes the small template through the log; FILE_COPY would force two checkpoints of the whole cluster.
  await asAdmin(cluster.adminUrl, `CREATE DATABASE ${name} TEMPLATE ${cluster.template} STRATEGY WAL_LOG`);
  const url = applicationUrl(cluster, name);
  const ownerUrl = databaseUrl(cluster, name);
  const pool = createPool({ connectionString: url, name: 'test' });
  const ownerPool = createPool({ connectionString: ownerUrl, max: 4, name: 'test-owner' });
  return {
    pool,
    ownerPool,
    url,
    ownerUrl,
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
