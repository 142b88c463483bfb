import pg from 'pg';
import type { Statement } from './database.ts';

const TEXT_ARRAY = 1009;
const parse = pg.types.getTypeParser(TEXT_ARRAY as Parameters<typeof pg.types.getTypeParser>[0]) as (
  text: string,
) => (string | null)[];

/** The columns of a batch of rows (platform/rows.ts): each travels as one array, and is read back as text. */
export function columnsOf({ values = [] }: Statement): readonly (readonly (string | null)[])[] {
  return values.map((value) => (Buffer.isBuffer(value) ? elementsOf(value) : parse(String(value))));
}

const ELEMENT_TYPE_AT = 8;
const COUNT_AT = 12;
const ELEMENTS_AT = 20;
const MS_TO_2000 = Date.UTC(2000, 0, 1);

/** How PostgreSQL would write an element of a binary array, by its type. */
const TEXT_OF: Readonly<Record<number, (bytes: Buffer) => string>> = {
  16: (bytes) => (bytes[0] === 1 ? 't' : 'f'),
  20: (bytes) => bytes.readBigInt64BE().toString(),
  23: (bytes) => bytes.readInt32BE().toString(),
  25: (bytes) => bytes.toString(),
  1184: (bytes) => new Date(MS_TO_2000 + Number(bytes.readBigInt64BE() / 1_000n)).toISOString(),
  2950: (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

function elementsOf(array: Buffer): (string | null)[] {
  const type = array.readInt32BE(ELEMENT_TYPE_AT);
  const textOf = TEXT_OF[type];
  if (!textOf) throw new Error(`Elements of type ${type} are not known here`);
  let at = ELEMENTS_AT;
  return Array.from({ length: array.readInt32BE(COUNT_AT) }, () => {
    const length = array.readInt32BE(at);
    const from = at + 4;
    at = from + Math.max(0, length);
    return length < 0 ? null : textOf(array.subarray(from, at));
  });
}
