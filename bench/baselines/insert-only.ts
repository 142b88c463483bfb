import pg from 'pg';
import { arraysOf, insertMany } from './order-sql.ts';
import { mint, type OrderTemplate } from './order-template.ts';

/** Orders per transaction, as in a full lane. */
const BATCH = 256;

/**
 * The ceiling: the same rows of many orders, inserted in batches over `connections` connections by nobody who locks, decides or answers.
 * What is inserted is made before the clock starts. Orders per second.
 */
export async function insertOnly(url: string, template: OrderTemplate, batches: number, connections: number): Promise<number> {
  const statements = template.tables.map(insertMany);
  const made = Array.from({ length: batches }, (_, batch) => columnsOf(template, `${connections}-${batch}`));
  const pool = new pg.Pool({ connectionString: url, max: connections });
  try {
    const startedAt = performance.now();
    let next = 0;
    const worker = async (): Promise<void> => {
      const client = await pool.connect();
      try {
        for (let mine = made[next++]; mine; mine = made[next++]) {
          await client.query('BEGIN');
          for (const [at, statement] of statements.entries()) await client.query({ ...statement, values: mine[at] ?? [] });
          await client.query('COMMIT');
        }
      } finally {
        client.release();
      }
    };
    await Promise.all(Array.from({ length: connections }, worker));
    return (batches * BATCH) / ((performance.now() - startedAt) / 1_000);
  } finally {
    await pool.end();
  }
}

/** One batch: per table, per column, the values of all its rows as they travel. */
function columnsOf(template: OrderTemplate, batch: string): (Buffer | null)[][] {
  const batchColumns = template.tables.map(({ columns }) => columns.map((): (string | null)[] => []));
  for (let order = 0; order < BATCH; order++) {
    const ids = mint(new Set());
    for (const [at, { columns, rows }] of template.tables.entries())
      for (const row of rows)
        for (const [column, { name }] of columns.entries()) {
          const value = row[name] ?? null;
          const own = name === 'number' || name === 'key' ? `B-${batch}-${order}` : value && ids.fresh(value);
          batchColumns[at]?.[column]?.push(own);
        }
  }
  return template.tables.map((table, at) => arraysOf(table, batchColumns[at] ?? []));
}
