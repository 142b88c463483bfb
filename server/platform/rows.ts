import { binaryArray, isNull } from './binary-arrays.ts';
import type { Tx } from './db.ts';

/**
 * One statement per table, whatever the batch: rows travel as one array parameter per column and are unnested there. Tables and
 * columns come from constants in the stores, never from input; the text is built once and prepared under its name.
 */
export type ColumnType = 'uuid' | 'text' | 'int4' | 'int8' | 'numeric' | 'bool' | 'timestamptz' | 'date' | 'jsonb' | 'text[]';

export interface TableSpec {
  readonly table: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
}

type Row = Readonly<Record<string, unknown>>;

const texts = new Map<string, string>();

/** Inserts rows whose properties are named like the columns. `onConflict` is appended as it stands. */
export async function insertRows(tx: Tx, spec: TableSpec, rows: readonly Row[], onConflict = ''): Promise<number> {
  if (rows.length === 0) return 0;
  const names = Object.keys(spec.columns);
  // Two specs of one table differ in how much of a row they write.
  const name = `ins:${spec.table}:${names.length}:${onConflict.length}`;
  const text = cached(
    name,
    () =>
      `INSERT INTO ${spec.table} (${names.join(', ')}) SELECT ${selectList(spec, names)} FROM ${unnest(spec, names)} ${onConflict}`,
  );
  const result = await tx.query({ name: short(name), text, values: names.map((column) => toArray(spec, column, rows)) });
  return result.rowCount ?? 0;
}

/** Updates rows found by `keys`, setting `set`. A row that is not there is a bug of the caller's, and an error. */
export async function updateRows(
  tx: Tx,
  spec: TableSpec,
  keys: readonly string[],
  set: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) return;
  const names = [...keys, ...set];
  const name = `upd:${spec.table}:${set.join(',')}`;
  const text = cached(name, () => {
    const assignments = set.map((column) => `${column} = ${cast(spec, column)}`).join(', ');
    const where = keys.map((column) => `t.${column} = ${cast(spec, column)}`).join(' AND ');
    return `UPDATE ${spec.table} t SET ${assignments} FROM ${unnest(spec, names)} WHERE ${where}`;
  });
  const result = await tx.query({ name: short(name), text, values: names.map((column) => toArray(spec, column, rows)) });
  if (result.rowCount !== rows.length) throw new Error(`${spec.table}: updated ${result.rowCount} of ${rows.length} rows`);
}

function cached(name: string, build: () => string): string {
  let text = texts.get(name);
  if (text === undefined) {
    text = build();
    texts.set(name, text);
  }
  return text;
}

/** PostgreSQL cuts statement names at 63 bytes; two that differ only beyond that would collide. */
function short(name: string): string {
  if (name.length <= 60) return name;
  let hash = 5381;
  for (const char of name) hash = (Math.imul(hash, 33) ^ char.charCodeAt(0)) >>> 0;
  return `${name.slice(0, 48)}:${hash.toString(36)}`;
}

function unnest(spec: TableSpec, names: readonly string[]): string {
  const parameters = names.map((column, index) => `$${index + 1}::${wireType(spec.columns[column] as ColumnType)}[]`);
  return `unnest(${parameters.join(', ')}) AS v(${names.join(', ')})`;
}

function selectList(spec: TableSpec, names: readonly string[]): string {
  return names.map((column) => cast(spec, column)).join(', ');
}

/** unnest would flatten an array of arrays and jsonb[] is clumsy to send: both travel as text and are cast back. */
function wireType(type: ColumnType): string {
  return type === 'text[]' || type === 'jsonb' ? 'text' : type;
}

function cast(spec: TableSpec, column: string): string {
  const type = spec.columns[column] as ColumnType;
  return wireType(type) === type ? `v.${column}` : `v.${column}::${type}`;
}

/** A column of the batch, as PostgreSQL reads it fastest. */
function toArray(spec: TableSpec, column: string, rows: readonly Row[]): Buffer | string {
  const type = spec.columns[column] as ColumnType;
  const values = rows.map((row) => row[column]);
  if (type === 'jsonb') return textOf(values, JSON.stringify);
  if (type === 'text[]') return textOf(values, (value) => arrayLiteral(value as readonly string[]));
  return binaryArray(type, values) ?? arrayLiteral(values.map((value) => (isNull(value) ? null : String(value))));
}

function textOf(values: readonly unknown[], write: (value: unknown) => string): Buffer {
  return binaryArray(
    'text',
    values.map((value) => (isNull(value) ? null : write(value))),
  ) as Buffer;
}

const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

function quoted(text: string): string {
  return SPECIAL.test(text) ? `"${text.replace(EACH_SPECIAL, '\\$&')}"` : `"${text}"`;
}

function arrayLiteral(items: readonly (string | null)[]): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quoted(item))).join(',')}}`;
}
