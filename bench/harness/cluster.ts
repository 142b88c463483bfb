import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { appUrl, migrate } from '../../prisma/migrate.ts';
import { attachEmbeddedPostgres, removeEmbeddedPostgres, stopEmbeddedPostgres } from '../../server/platform/embedded-postgres.ts';

/** A PostgreSQL that exists for one bench. Durability stays at PostgreSQL's defaults: fsync and synchronous_commit on. */
export interface Cluster {
  readonly dir: string;
  /** The server's first process: all its others are below it. */
  readonly pid: number;
  readonly logFile: string;
  /** An empty, migrated database. */
  create(name: string): Promise<Database>;
  /** A copy of a database that nobody is connected to: every contender starts on the same rows. */
  copy(from: Database, name: string): Promise<Database>;
  drop(database: Database): Promise<void>;
}

export interface Database {
  readonly name: string;
  readonly ownerUrl: string;
  /** What the application runs as. */
  readonly url: string;
}

const PASSWORD = 'throw-away';
/** What an operator of a small machine would set. Nothing here makes a COMMIT mean less. */
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', checkpoint_timeout: '15min', max_connections: '200' };
/** BENCH_STATEMENTS=1 shows where the database's time went, at the price of some of it. */
const WATCHED: Readonly<Record<string, string>> =
  process.env.BENCH_STATEMENTS === '1' ? { shared_preload_libraries: 'pg_stat_statements' } : {};

/** Runs `work` on a cluster of its own and removes it, whatever happens. `settings` are further ones of PostgreSQL. */
export async function withCluster<T>(
  work: (cluster: Cluster) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  try {
    const server = await attachEmbeddedPostgres({ dir, password: PASSWORD, settings: { ...SETTINGS, ...WATCHED, ...settings } });
    const admin = (statement: string): Promise<void> => once(server.adminUrl, statement);
    const database = (name: string): Database => {
      const ownerUrl = server.urlOf(name);
      return { name, ownerUrl, url: appUrl(ownerUrl, PASSWORD) };
    };
    return await work({
      dir,
      pid: postmasterOf(server.clusterDir),
      logFile: join(dirname(server.clusterDir), 'postgres.log'),
      async create(name) {
        await admin(`CREATE DATABASE ${name}`);
        const made = database(name);
        await migrate({ ownerUrl: made.ownerUrl, appPassword: PASSWORD });
        if (process.env.BENCH_STATEMENTS === '1') await once(made.ownerUrl, 'CREATE EXTENSION pg_stat_statements');
        return made;
      },
      async copy(from, name) {
        await admin(`CREATE DATABASE ${name} TEMPLATE ${from.name} STRATEGY FILE_COPY`);
        await once(server.urlOf(name), 'ANALYZE');
        return database(name);
      },
      drop: (made) => admin(`DROP DATABASE IF EXISTS ${made.name} WITH (FORCE)`),
    });
  } finally {
    await stopEmbeddedPostgres(dir);
    removeEmbeddedPostgres(dir);
  }
}

/** The first line of postmaster.pid. */
function postmasterOf(clusterDir: string): number {
  return Number(readFileSync(join(clusterDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

/** One statement on a connection of its own. */
export async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The statements that took the most time in a database so far; nothing unless BENCH_STATEMENTS=1. */
export async function costliest(database: Database, say: (line: string) => void): Promise<void> {
  if (process.env.BENCH_STATEMENTS !== '1') return;
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ ms: number; calls: string; mean: number; text: string }>(
      `SELECT round(total_exec_time)::int AS ms, calls, round(mean_exec_time::numeric, 3)::float AS mean,
              left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS text
       FROM pg_stat_statements JOIN pg_database d ON d.oid = dbid WHERE d.datname = $1 ORDER BY total_exec_time DESC LIMIT 30`,
      [database.name],
    );
    for (const { ms, calls, mean, text } of rows) say(`${String(ms).padStart(8)} ms ${calls.padStart(8)} × ${mean} ms  ${text}`);
  } finally {
    await client.end();
  }
}
