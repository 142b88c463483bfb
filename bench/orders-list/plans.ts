import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { createPool } from '../../server/platform/db.ts';
import { type ReportedPlan, readPlan, seqScansIn } from '../../server/testing/plans.ts';
import { type Cluster, type Database, once } from '../harness/cluster.ts';
import type { House } from '../harness/house.ts';
import type { ReadRequest } from '../harness/read-load.ts';

/** Reading a table of fewer rows from beginning to end is what a planner should do. */
const BIG_ROWS = 10_000;
/** A prepared statement is planned for its values five times; then the planner may settle on one plan for all. */
const TIMES = 7;
const PER_SHAPE = 2;
const CHUNK_BYTES = 16 * 1024 * 1024;

/** A statement that a request ran, and the big table it read from beginning to end. */
export interface SeqScan {
  readonly table: string;
  readonly statement: string;
  readonly request: string;
}

/**
 * Asks every request again, one after another, of an api process whose sessions log the plan of each statement as it was executed
 * (auto_explain), and tells which plans read a big table sequentially.
 */
export async function findSeqScans(
  cluster: Cluster,
  database: Database,
  house: House,
  requests: readonly ReadRequest[],
): Promise<{ readonly plans: number; readonly scans: readonly SeqScan[] }> {
  const big = await bigTables(database);
  for (const setting of [
    `session_preload_libraries = 'auto_explain'`,
    'auto_explain.log_min_duration = 0',
    `auto_explain.log_format = 'json'`,
  ])
    await once(database.ownerUrl, `ALTER DATABASE ${database.name} SET ${setting}`);
  const api = await house.start('api');
  const scans = new Map<string, SeqScan>();
  let plans = 0;
  try {
    for (const { kind, path, headers } of ofEachShape(requests)) {
      const from = statSync(cluster.logFile).size;
      for (let time = 0; time < TIMES; time++) {
        const response = await fetch(`http://127.0.0.1:${house.port}${path}`, { headers });
        await response.arrayBuffer();
      }
      for (const { statement, plan } of plansIn(readFrom(cluster.logFile, from))) {
        plans += 1;
        for (const table of seqScansIn(plan))
          if (big.has(table)) scans.set(`${table} ${statement}`, { table, statement, request: `${kind} ${path}` });
      }
    }
  } finally {
    await api.stop();
  }
  return { plans, scans: [...scans.values()] };
}

async function bigTables(database: Database): Promise<ReadonlySet<string>> {
  const pool = createPool({ connectionString: database.url, max: 1, name: 'bench-plans' });
  try {
    const { rows } = await pool.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > $1`,
      [BIG_ROWS],
    );
    return new Set(rows.map((row) => row.name));
  } finally {
    await pool.end();
  }
}

function readFrom(file: string, from: number): string {
  const handle = openSync(file, 'r');
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const read = readSync(handle, buffer, 0, CHUNK_BYTES, at);
    if (read === 0) break;
    parts.push(buffer.subarray(0, read));
    at += read;
  }
  closeSync(handle);
  return Buffer.concat(parts).toString('utf8');
}

/** The plans in a server's log. An entry's first line begins with its time, all further ones with a tab. */
function plansIn(log: string): ReportedPlan[] {
  return log.split(/^(?=\d{4}-\d\d-\d\d )/m).flatMap((entry) => readPlan(entry) ?? []);
}

/** One or two requests of each shape: what differs in nothing but the number, address or id it names is planned the same. */
function ofEachShape(requests: readonly ReadRequest[]): ReadRequest[] {
  const named = (path: string): RegExp => (path.startsWith('/api/trpc/') ? /"[^"]*[\d@ ][^"]*"/g : /(?<=[=/])[^&/]*[\d@][^&/]*/g);
  const shapeOf = ({ kind, path }: ReadRequest): string => kind + decodeURIComponent(path).replace(named(path), formOf);
  return [...Map.groupBy(requests, shapeOf).values()].flatMap((alike) => alike.slice(0, PER_SHAPE));
}

/** EU-10012 and EU-7 have one form, ana@example.com another; ids and cursors are all alike. */
function formOf(text: string): string {
  return text.length > 36 || /^"?[\da-f-]{36}"?$/.test(text) ? '…' : text.replace(/\p{L}+/gu, 'a').replace(/\d+/g, '0');
}
