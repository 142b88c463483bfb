import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { newId } from '../kernel/ids.ts';
import type { Project } from './project.ts';
import { Refusal } from './run.ts';

/** What the data folder knows of the demo data: which database has it, and whether it is complete. */
interface DemoRecord {
  readonly database: string;
  readonly complete: boolean;
}

const SETUP_VALID_HOURS = 24;
const recordOf = (dataDir: string) => join(dataDir, 'demo.json');

function readRecord(dataDir: string): DemoRecord | undefined {
  const file = recordOf(dataDir);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as DemoRecord) : undefined;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Names one database of one server, so that a record is never taken for that of another. */
function identify(client: pg.Client): Promise<string> {
  return client
    .query<{ id: string }>(
      `SELECT (SELECT system_identifier FROM pg_control_system())::text || '/' || oid AS id
       FROM pg_database WHERE datname = current_database()`,
    )
    .then(({ rows }) => rows[0]?.id ?? '');
}

/** Whether a database has all of the demo data. Refuses a database that holds other people's data. */
export async function hasDemo(project: Project): Promise<boolean> {
  return withClient(project.ownerUrl, async (client) => {
    const database = await identify(client);
    const record = readRecord(project.dataDir);
    if (record?.database === database) return record.complete;
    if ((await client.query('SELECT FROM users LIMIT 1')).rowCount) {
      throw new Refusal('The database holds data that is not a demo: start with --no-demo, or name another database.');
    }
    writeRecord(project.dataDir, { database, complete: false });
    return false;
  });
}

/** Whether a database is a complete demo, as far as its data folder knows. */
export async function isDemo(project: Project): Promise<boolean> {
  const record = readRecord(project.dataDir);
  return record?.complete === true && record.database === (await withClient(project.ownerUrl, identify));
}

/** Records that the demo data is complete. */
export async function recordDemo(project: Project): Promise<void> {
  const database = await withClient(project.ownerUrl, identify);
  writeRecord(project.dataDir, { database, complete: true });
}

function writeRecord(dataDir: string, record: DemoRecord): void {
  writeFileSync(recordOf(dataDir), JSON.stringify(record, null, 2), { mode: 0o600 });
}

/**
 * A new one-time token for /setup while there is no administrator, else undefined. Only its SHA-256 is stored; earlier ones stop
 * working.
 */
export async function setupToken(databaseUrl: string, now: Date): Promise<string | undefined> {
  return withClient(databaseUrl, async (client) => {
    if ((await client.query(`SELECT FROM users WHERE role = 'admin' AND disabled_at IS NULL LIMIT 1`)).rowCount) return undefined;
    const token = randomBytes(24).toString('base64url');
    await client.query(`DELETE FROM user_tokens WHERE kind = 'setup' AND used_at IS NULL`);
    await client.query(
      `INSERT INTO user_tokens (id, kind, token_hash, role, created_by, created_at, expires_at)
       VALUES ($1, 'setup', $2, 'admin', 'system:start', $3, $4)`,
      [newId(), createHash('sha256').update(token).digest(), now, new Date(now.getTime() + SETUP_VALID_HOURS * 3_600_000)],
    );
    return token;
  });
}
