import type { TestDatabase } from '../../platform/testing/test-database.ts';

/**
 * What happened in the database since a moment, as the number of rows written (added or changed) and added per table. Every row version
 * carries the transaction that wrote it, so nothing that was committed is missed, and nothing that was rolled back is counted.
 */
export type Effects = Readonly<Record<string, { readonly written: number; readonly added: number }>>;

/** A moment, with how many rows there were and how many were told of by their column. */
export interface Mark {
  readonly xid: string;
  readonly tables: ReadonlyMap<string, Counts>;
}

interface Counts {
  readonly name: string;
  readonly rows: number;
  readonly written: number;
}

/** Written whether or not anybody asks for anything: what processes see of themselves. */
const APART = [
  'process_samples',
  '_prisma_migrations',
  'integrity_runs',
  'integrity_marks',
  'seals',
  'seal_contents',
  'seal_marks',
];
/** That somebody was here is noted on these rows at most once a minute; what a request does to them is told by a column. */
const TOLD_BY: Readonly<Record<string, string>> = { sessions: 'revoked_at', api_keys: 'revoked_at' };

export interface EffectReader {
  /** From here on. */
  mark(): Promise<Mark>;
  /** What was written since, table by table; a table that nothing happened to is not named. */
  since(mark: Mark): Promise<Effects>;
}

export async function effectReader(db: TestDatabase): Promise<EffectReader> {
  const found = await db.ownerPool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
     AND NOT table_name = ANY($1) ORDER BY 1`,
    [APART],
  );
  const tables = [...found.rows.map(({ name }) => name), 'graphile_worker._private_jobs'];
  const written = (name: string): string =>
    TOLD_BY[name] ? `count(${TOLD_BY[name]})` : 'count(*) FILTER (WHERE t.xmin::text::bigint >= $1::bigint)';
  const text = tables
    .map((name) => `SELECT '${name}' AS name, count(*)::int AS rows, (${written(name)})::int AS written FROM ${name} t`)
    .join(' UNION ALL ');
  const read = async (xid: string): Promise<Counts[]> =>
    (await db.ownerPool.query<Counts>({ name: 'effects', text, values: [xid] })).rows;
  return {
    async mark() {
      const { rows } = await db.ownerPool.query<{ xid: string }>('SELECT pg_current_xact_id()::text AS xid');
      const xid = rows[0]?.xid ?? '0';
      return { xid, tables: new Map((await read(xid)).map((counts) => [counts.name, counts])) };
    },
    async since(mark) {
      const changes = (await read(mark.xid)).map((now) => {
        const before = mark.tables.get(now.name) ?? { rows: 0, written: 0 };
        return [now.name, { written: now.written - before.written, added: now.rows - before.rows }] as const;
      });
      return Object.fromEntries(changes.filter(([, { written, added }]) => written !== 0 || added !== 0));
    },
  };
}
