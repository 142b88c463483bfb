import type pg from 'pg';
import { createPool } from '../platform/db.ts';
import type { TestDatabase } from '../platform/testing/test-database.ts';

/** Plans as auto_explain reports them, in its JSON. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface ReportedPlan {
  readonly statement: string;
  readonly plan: PlanNode;
}

/** What auto_explain said of one statement, in a notice or in an entry of the log; undefined where it is something else. */
export function readPlan(message: string): ReportedPlan | undefined {
  const [, json] = message.split(/duration: [\d.]+ ms {2}plan:\n/);
  if (json === undefined) return undefined;
  // In a log every further line begins with a tab, also inside the statement.
  const { 'Query Text': statement, Plan: plan } = JSON.parse(json.replaceAll('\t', ' ')) as {
    'Query Text': string;
    Plan: PlanNode;
  };
  return { statement: statement.replace(/\s+/g, ' ').trim(), plan };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The tables that a plan reads from beginning to end. */
export function seqScansIn(plan: PlanNode): string[] {
  return nodesOf(plan).flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []));
}

/** The tables of which a plan, as it was executed, looked at more than `most` rows in vain, whatever it found them by. */
export function wastefulScansIn(plan: PlanNode, most: number): string[] {
  return nodesOf(plan).flatMap((node) => ((node['Rows Removed by Filter'] ?? 0) > most ? [node['Relation Name'] ?? ''] : []));
}

/** The application's pool, whose sessions report the plan of each statement as it was executed. */
export async function watchedPool(db: TestDatabase, onPlan: (plan: ReportedPlan) => void): Promise<pg.Pool> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  };
  const name = new URL(db.ownerUrl).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings))
    await db.ownerPool.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  const watched = createPool({ connectionString: db.url, max: 2, name: 'test-plans' });
  watched.on('connect', (client) => {
    client.on('notice', ({ message }) => {
      const plan = message === undefined ? undefined : readPlan(message);
      if (plan) onPlan(plan);
    });
  });
  return watched;
}

/** The tables with more rows than that, as the planner knows them. */
export async function bigTables(db: TestDatabase, rows: number): Promise<ReadonlySet<string>> {
  const found = await db.ownerPool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples > $1`,
    [rows],
  );
  return new Set(found.rows.map((row) => row.name));
}
