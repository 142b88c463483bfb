import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type SchemaEngine, withSchemaEngine } from '../server/platform/schema-engine.ts';
import { forgetInterrupted, runMigration } from './run-migration.ts';

/** The role the application runs as. Belongs to the whole server, not to one database. */
export const APP_ROLE = 'waybill_app';
const MIGRATIONS = join(import.meta.dirname, 'migrations');
/** Any number, as long as it is the same everywhere: two migrating processes take turns. */
export const MIGRATION_LOCK = 4_972_101n;
const TURN_PAUSE_MS = 50;
const OLDEST_POSTGRES = 150_000;

/** A folder of prisma/migrations. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];

export interface MigrateOptions {
  /** The owner's address of the database to migrate. */
  readonly ownerUrl: string;
  /** The password of the application's role; it is set if the role cannot sign in with it. */
  readonly appPassword: string;
  /** Those of this version, unless said: a backup is restored with its own, and tests upgrade from older ones. */
  readonly migrations?: readonly Migration[];
}

/** The migrations of this version, in order: name and SQL. */
export function readMigrations(): Migration[] {
  return readdirSync(MIGRATIONS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8') }));
}

/** Changes whenever a migration does: names template databases and caches. */
export function migrationsHash(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  for (const { name, sql } of readMigrations()) hash.update(name).update('\0').update(sql).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** The address of the same database for the application's role. */
export function appUrl(ownerUrl: string, appPassword: string): string {
  const url = new URL(ownerUrl);
  url.username = APP_ROLE;
  url.password = encodeURIComponent(appPassword);
  return url.href;
}

/**
 * Brings a database to this version: the application's role, our migrations through Prisma's engine, then the job queue's own
 * schema. Safe to run twice, from several processes, under load (run-migration.ts), and again where it was interrupted. Returns the names
 * of the migrations applied now.
 */
export async function migrate({ ownerUrl, appPassword, migrations = readMigrations() }: MigrateOptions): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'waybill-migrate' });
  client.on('error', () => {}); // a connection that breaks fails its next query
  await client.connect();
  try {
    await refuseOldServer(client);
    await takeTurn(client);
    await ensureAppRole(client, ownerUrl, appPassword);
    await forgetInterrupted(client);
    const { appliedMigrationNames } = await withSchemaEngine(
      ownerUrl,
      undefined,
      (engine) =>
        engine.applyMigrations({
          migrationsList: migrationList(migrations),
          filters: { externalTables: [], externalEnums: [] },
        }),
      (pool, script) => runMigration(pool, script, migrations.find(({ sql }) => sql === script)?.name),
    );
    await runMigrations({ connectionString: ownerUrl });
    await grantQueue(client);
    return appliedMigrationNames;
  } finally {
    await client.end();
  }
}

/**
 * Processes that migrate take turns; `shared` are those who only want nobody to migrate meanwhile. Whoever waits asks again and again instead of waiting inside a statement: that would be a transaction
 * older than the index which the other builds CONCURRENTLY, and each would wait for the other.
 */
export async function takeTurn(client: pg.ClientBase, shared = false): Promise<void> {
  const attempt = `SELECT ${shared ? 'pg_try_advisory_lock_shared' : 'pg_try_advisory_lock'}($1) AS mine`;
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>(attempt, [MIGRATION_LOCK]);
    if (rows[0]?.mine) return;
    await sleep(TURN_PAUSE_MS);
  }
}

function migrationList(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: MIGRATIONS,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`,
  );
  const found = rows[0];
  if (!found || Number(found.number) < OLDEST_POSTGRES) {
    throw new Error(`PostgreSQL ${found?.version} is too old: Waybill needs version 15 or newer.`);
  }
}

async function ensureAppRole(client: pg.Client, ownerUrl: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [APP_ROLE]);
  if (rowCount && (await canSignIn(appUrl(ownerUrl, password)))) return;
  const verb = rowCount ? 'ALTER' : 'CREATE';
  const statement = `${verb} ROLE ${APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(password)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      // Roles belong to the server, so that another database's migration can be doing the same at this moment.
      if (attempt >= 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
      if (await canSignIn(appUrl(ownerUrl, password))) return;
      if (!(error instanceof pg.DatabaseError) || !['42710', '23505', 'XX000'].includes(error.code ?? '')) throw error;
    }
  }
}

async function canSignIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** The queue's tables carry row level security without policies, which keeps everybody but the owner out; the application works on them. */
async function grantQueue(client: pg.Client): Promise<void> {
  await client.query(`
    GRANT USAGE ON SCHEMA graphile_worker TO ${APP_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO ${APP_ROLE};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA graphile_worker TO ${APP_ROLE};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO ${APP_ROLE};
  `);
  const { rows } = await client.query<{ table: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'graphile_worker' AND c.relrowsecurity
       AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'application')`,
  );
  for (const { table } of rows)
    await client.query(`CREATE POLICY application ON ${table} TO ${APP_ROLE} USING (true) WITH CHECK (true)`);
}
