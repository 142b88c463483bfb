import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { Tx } from './db.ts';

/**
 * How rows become a seal (docs/decisions/080). Whoever seals and whoever verifies share this and nothing else; the format never changes
 * under its name, because old seals are verified by it for ever.
 *
 * - A row's digest is the SHA-256 of its values as the wire protocol sends a record of them (record_send), in the order of `columns`.
 * - A table's digest is the SHA-256 of its rows' digests one behind the other, by id. Its leaves are each id and the first 8 bytes of
 *   that row's digest, by id.
 * - A seal's hash is the SHA-256 of the canonical JSON of `sealHash()`.
 */
const FORMAT = 'waybill-seal-1';

/** What is sealed: append-only tables with an id, whose rows carry their transaction. */
export const SEALED_TABLES = ['audit_log', 'transfers'] as const;

/** The hash that the first seal of a chain follows. */
export const NOTHING_BEFORE = Buffer.alloc(32);

/** Bytes of a leaf: a UUID and the beginning of a digest. */
export const LEAF_BYTES = 24;
const LEAF_DIGEST_BYTES = 8;

/** What a seal covers of one table. */
export interface SealContent {
  readonly source: string;
  readonly columns: readonly string[];
  readonly rowCount: number;
  readonly digest: Buffer;
  /** SHA-256 of the leaves. */
  readonly leavesHash: Buffer;
}

export interface SealHead {
  readonly home: string;
  readonly number: bigint;
  readonly previousHash: Buffer;
  readonly sealedAt: Date;
  readonly contents: readonly SealContent[];
}

/** Everything a seal says but its last transaction: that is the server's own count, and another one on a restored copy. */
export function sealHash({ home, number, previousHash, sealedAt, contents }: SealHead): Buffer {
  const tables = [...contents]
    .sort((a, b) => (a.source < b.source ? -1 : 1))
    .map(({ source, columns, rowCount, digest, leavesHash }) => ({
      table: source,
      columns,
      rows: rowCount,
      digest: digest.toString('hex'),
      leaves: leavesHash.toString('hex'),
    }));
  const text = canonicalJson({ format: FORMAT, home, number, previous: previousHash.toString('hex'), sealedAt, tables });
  return createHash('sha256').update(text).digest();
}

/**
 * What a seal covers of each table as it is now: all columns but those that hold the server's own transaction numbers. A seal carries the
 * list, so that a column which is added later belongs to later seals and changes nothing for older ones.
 */
export async function sealedColumns(tx: Tx): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await tx.query<{ source: string; columns: string[] }>({
    name: 'sealed-columns',
    text: `SELECT c.relname::text AS source, array_agg(a.attname::text ORDER BY a.attname) AS columns
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
             AND a.atttypid <> 'xid8'::regtype AND a.attgenerated = ''
           GROUP BY 1`,
    values: [SEALED_TABLES],
  });
  return new Map(rows.map(({ source, columns }) => [source, columns]));
}

/** A row's transaction as a number: the expression of the index that finds it. */
export const TRANSACTION = '(xid::text::bigint)';

/** SELECT of id, transaction (`n`) and digest (`d`) of each row of the transactions after `$1` up to `$2`. */
export function rowDigests(source: string, columns: readonly string[]): string {
  const record = columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(', ');
  return `SELECT id, ${TRANSACTION} AS n, sha256(record_send(ROW(${record}))) AS d
          FROM "${source.replaceAll('"', '""')}" WHERE ${TRANSACTION} > $1 AND ${TRANSACTION} <= $2`;
}

/** Aggregates over `rowDigests`. */
export const TABLE_DIGEST = `sha256(string_agg(d, ''::bytea ORDER BY id))`;
export const TABLE_LEAVES = `string_agg(uuid_send(id) || substr(d, 1, ${LEAF_DIGEST_BYTES}), ''::bytea ORDER BY id)`;

/** Leaves as they were sealed: each row's id with the beginning of its digest, in hex. */
export function readLeaves(leaves: Buffer): Map<string, string> {
  const read = new Map<string, string>();
  for (let at = 0; at + LEAF_BYTES <= leaves.length; at += LEAF_BYTES) {
    const hex = leaves.toString('hex', at, at + LEAF_BYTES);
    const id = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    read.set(id, hex.slice(32));
  }
  return read;
}

/**
 * Runs `work` with sequential scans switched off: the window of a seal is always found by its index, also where the planner knows
 * nothing of it yet. `tx` is as before afterwards.
 */
export async function byTransaction<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.query('SET LOCAL enable_seqscan = off');
  const result = await work();
  await tx.query('SET LOCAL enable_seqscan = on');
  return result;
}
