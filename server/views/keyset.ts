import type { Queryable } from '../platform/db.ts';
import { type Conditions, prepared } from './conditions.ts';
import { decodeCursor, isTimestamp, limitOf, type Page, pageOf } from './pages.ts';

export interface KeysetQuery {
  readonly label: string;
  /** The SELECT list; every column under the name of the row's type. */
  readonly columns: string;
  readonly from: string;
  readonly where: Conditions;
  /** The sorted column and the id that breaks ties, both in one index. */
  readonly by: string;
  readonly id: string;
  readonly descending?: boolean;
  /** How to read the sorted column back from a cursor. Timestamps unless said. */
  readonly cast?: 'timestamptz' | 'text' | 'bigint' | 'uuid';
  readonly check?: (value: string) => boolean;
}

export interface PageRequest {
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** Reads one page by keyset: rows that appear or vanish meanwhile neither repeat nor hide another. */
export async function keysetPage<R>(db: Queryable, query: KeysetQuery, request: PageRequest): Promise<Page<R>> {
  const { columns, from, where, by, id, descending = true, cast = 'timestamptz', check = isTimestamp } = query;
  const limit = limitOf(request.limit);
  if (request.after !== undefined) {
    const position = decodeCursor(request.after, check);
    const value = where.value(position.value);
    where.add((p) => `(${by}, ${id}) ${descending ? '<' : '>'} (${value}::${cast}, ${p}::uuid)`, position.id);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const text = `SELECT ${columns}, ${by}::text AS "keysetValue", ${id} AS "keysetId" FROM ${from} WHERE ${where.where}
    ORDER BY ${by} ${direction}, ${id} ${direction} LIMIT ${where.value(limit + 1)}`;
  const { rows } = await db.query<R & { keysetValue: string; keysetId: string }>(prepared(query.label, text, where.values));
  return pageOf(
    rows,
    limit,
    (row) => ({ value: row.keysetValue, id: row.keysetId }),
    ({ keysetValue: _, keysetId: __, ...row }) => row as unknown as R,
  );
}
