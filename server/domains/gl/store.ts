import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { GlAccount, GlMapping } from './rules.ts';
import type { GlKind } from './schema.ts';

const TABLE: TableSpec = {
  table: 'gl_accounts',
  columns: {
    id: 'uuid',
    kind: 'text',
    merchant_id: 'uuid',
    number: 'text',
    name: 'text',
    version: 'int8',
    updated_at: 'timestamptz',
  },
};

interface Key {
  readonly kind: GlKind;
  readonly merchantId: string | null;
}

/** Makes the lines that are missing, so that there is something to lock; they say nothing until they are written. */
export async function makeMissing(tx: Tx, keys: readonly Key[], now: Date): Promise<void> {
  const rows = keys.map(({ kind, merchantId }) => ({ id: newId(), kind, merchant_id: merchantId, version: 0, updated_at: now }));
  await insertRows(tx, TABLE, rows, 'ON CONFLICT (kind, merchant_id) DO NOTHING');
}

export async function lockMappings(tx: Tx, keys: readonly Key[]): Promise<GlMapping[]> {
  const { rows } = await tx.query<Omit<GlMapping, 'account'> & { number: string | null; name: string | null }>({
    name: 'gl-accounts-lock',
    text: `SELECT id, kind, merchant_id AS "merchantId", number, name, version FROM gl_accounts
           WHERE id IN (SELECT g.id FROM unnest($1::text[], $2::uuid[]) AS k (kind, merchant_id)
                        JOIN gl_accounts g ON g.kind = k.kind AND g.merchant_id IS NOT DISTINCT FROM k.merchant_id)
           ORDER BY id FOR NO KEY UPDATE`,
    values: [keys.map(({ kind }) => kind), keys.map(({ merchantId }) => merchantId)],
  });
  return rows.map(({ number, name, ...mapping }) => ({ ...mapping, account: accountOf(number, name) }));
}

const accountOf = (number: string | null, name: string | null): GlAccount | null =>
  number === null || name === null ? null : { number, name };

export async function writeMappings(tx: Tx, mappings: readonly GlMapping[], now: Date): Promise<void> {
  await updateRows(
    tx,
    TABLE,
    ['id'],
    ['number', 'name', 'version', 'updated_at'],
    mappings.map(({ id, account, version }) => ({
      id,
      number: account?.number ?? null,
      name: account?.name ?? null,
      version,
      updated_at: now,
    })),
  );
}
