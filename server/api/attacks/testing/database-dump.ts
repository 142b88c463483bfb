import type pg from 'pg';

/** Every row of every table of every schema of ours, as text: what a leaked backup would hold. `leaveOut` names tables that are not read. */
export async function dumpDatabase(owner: pg.Pool, leaveOut: readonly string[] = []): Promise<string> {
  const parts = await dumpTables(owner, leaveOut);
  return [...parts].map(([table, rows]) => `${table}\n${rows}`).join('\n');
}

/** The same by table. */
export async function dumpTables(owner: pg.Pool, leaveOut: readonly string[] = []): Promise<Map<string, string>> {
  const { rows: tables } = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const parts = new Map<string, string>();
  for (const { name } of tables) {
    if (leaveOut.includes(name)) continue;
    const { rows } = await owner.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    parts.set(name, rows.map(({ row }) => row).join('\n'));
  }
  return parts;
}
