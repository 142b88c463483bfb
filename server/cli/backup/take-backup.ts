import { createHash, createHmac } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { takeTurn } from '../../../prisma/migrate.ts';
import { CopyOut } from '../../platform/copy-rows.ts';
import { Refusal } from '../run.ts';
import { copyTarget, quoted, readAppliedMigrations, readTables } from './catalog.ts';
import { type BackupFile, FORMAT, type Manifest, writeManifest } from './manifest.ts';
import { transactionsQuery } from './transactions.ts';

/**
 * A backup is every row of one snapshot: whatever had committed at that moment, and nothing else, while everybody goes on working. It
 * is plain rows, so that it can be restored on any PostgreSQL from version 15 on, embedded or not (docs/decisions/070). The transaction
 * only reads and gets no number: one that had a number would hold back live events until its end.
 */
export interface BackupSource {
  readonly ownerUrl: string;
  readonly dataDir: string;
  readonly demo: boolean;
  readonly dataKey: string | undefined;
}

/** Fast rather than small: the house goes on meanwhile, on the same processors. */
const GZIP_LEVEL = 3;

/** Writes a backup into a new or empty folder and says what it holds. Without its manifest, which comes last, a folder is no backup. */
export async function takeBackup(source: BackupSource, folder: string): Promise<Manifest> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new Refusal(`${folder} is not empty: name a new folder for the backup.`);
  const client = new pg.Client({ connectionString: source.ownerUrl, application_name: 'waybill-backup' });
  client.on('error', () => {});
  await client.connect();
  try {
    // Tables must not change their shape meanwhile, and a migration that waited at one of them would stop everybody behind it.
    await takeTurn(client, true);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const manifest = await copySnapshot(client, source, folder);
    await client.query('COMMIT');
    writeManifest(folder, manifest);
    return manifest;
  } finally {
    await client.end();
  }
}

async function copySnapshot(client: pg.Client, source: BackupSource, folder: string): Promise<Manifest> {
  const migrations = await readAppliedMigrations(client);
  if (migrations.length === 0) throw new Refusal('The database holds nothing of Waybill: there is nothing to back up.');
  const { rows } = await client.query<{ at: Date; version: string }>(
    `SELECT statement_timestamp() AS at, current_setting('server_version') AS version`,
  );
  const tables: Manifest['tables'] = [];
  for (const table of await readTables(client)) {
    const { rows: count, ...file } = await copy(client, `COPY ${copyTarget(table)} TO STDOUT`, folder, `${table.name}.gz`);
    tables.push({ schema: table.schema, name: table.name, columns: [...table.columns], rows: count, ...file });
  }
  const query = `COPY (${await transactionsQuery(client)}) TO STDOUT`;
  return {
    format: FORMAT,
    takenAt: (rows[0]?.at ?? new Date()).toISOString(),
    postgres: rows[0]?.version ?? '',
    migrations,
    demo: source.demo,
    dataKey: source.dataKey === undefined ? null : dataKeyMark(source.dataKey),
    tables,
    transactions: await copy(client, query, folder, 'transactions.gz'),
    sequences: await readSequences(client),
    others: await copyDataFolder(source.dataDir, folder),
  };
}

/** What a data key leaves in a manifest. */
export function dataKeyMark(dataKey: string): string {
  return createHmac('sha256', dataKey).update('waybill-backup').digest('hex').slice(0, 16);
}

async function copy(client: pg.Client, sql: string, folder: string, file: string): Promise<BackupFile & { rows: number }> {
  const rows = client.query(new CopyOut(sql));
  const written = await writeFile(rows, folder, file, [createGzip({ level: GZIP_LEVEL })]);
  return { ...written, rows: rows.rows };
}

async function writeFile(
  from: NodeJS.ReadableStream,
  folder: string,
  file: string,
  through: Transform[] = [],
): Promise<BackupFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  // On the disk before the manifest says that it is there.
  await pipeline([from, ...through, measure, createWriteStream(join(folder, file), { mode: 0o600, flags: 'wx', flush: true })]);
  return { file, bytes, sha256: hash.digest('hex') };
}

/** Sequences stand outside of snapshots and only grow: read last, they are past everything that was copied. */
async function readSequences(client: pg.Client): Promise<Manifest['sequences']> {
  const { rows: names } = await client.query<{ schema: string; name: string }>(
    `SELECT schemaname AS schema, sequencename AS name FROM pg_sequences WHERE schemaname IN ('public', 'graphile_worker') ORDER BY 1, 2`,
  );
  const sequences: Manifest['sequences'] = [];
  for (const { schema, name } of names) {
    const { rows } = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${quoted(schema)}.${quoted(name)}`,
    );
    for (const { value, called } of rows) sequences.push({ name: `${quoted(schema)}.${quoted(name)}`, value, called });
  }
  return sequences;
}

/**
 * The secrets that `npm start` made up, without which nobody could open the copy, and what the simulators of a demo remember: they stand
 * in for a world that is not ours to restore. They come after the snapshot, so that they know of everything that is in it.
 */
async function copyDataFolder(dataDir: string, folder: string): Promise<Manifest['others']> {
  const simulators = join(dataDir, 'simulators');
  const remembered = existsSync(simulators) ? readdirSync(simulators).filter((name) => name.endsWith('.jsonl')) : [];
  const paths = ['secrets.json', ...remembered.map((name) => `simulators/${name}`)];
  const others: Manifest['others'] = [];
  for (const path of paths.filter((candidate) => existsSync(join(dataDir, candidate))))
    others.push({ path, ...(await writeFile(createReadStream(join(dataDir, path)), folder, basename(path))) });
  return others;
}
