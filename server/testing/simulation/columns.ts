import pg from 'pg';
import type { Statement } from './database.ts';

const TEXT_ARRAY = 1009;
const parse = pg.types.getTypeParser(TEXT_ARRAY as Parameters<typeof pg.types.getTypeParser>[0]) as (
  text: string,
) => (string | null)[];

/** The columns of a batch of rows (platform/rows.ts): each travels as one array literal, and is read back as text. */
export function columnsOf({ values = [] }: Statement): readonly (readonly (string | null)[])[] {
  return values.map((literal) => parse(String(literal)));
}
