import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { StoreCredit } from './rules.ts';

const STORE_CREDITS: TableSpec = {
  table: 'store_credits',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    customer_id: 'uuid',
    currency: 'text',
    status: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    version: 'int8',
  },
};

/** Credits whose accounts are locked: no lock of their own is taken. */
export async function readStoreCredits(db: Queryable, ids: readonly string[]): Promise<StoreCredit[]> {
  const { rows } = await db.query<StoreCredit>({
    name: 'store-credits-read',
    text: `SELECT id, home, merchant_id AS "merchantId", customer_id AS "customerId", currency, status, created_at AS "createdAt",
             updated_at AS "updatedAt", version FROM store_credits WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export async function insertStoreCredits(tx: Tx, credits: readonly StoreCredit[]): Promise<void> {
  await insertRows(tx, STORE_CREDITS, credits.map(columns));
}

export async function updateStoreCredits(tx: Tx, credits: readonly StoreCredit[]): Promise<void> {
  await updateRows(tx, STORE_CREDITS, ['id'], ['status', 'updated_at', 'version'], credits.map(columns));
}

function columns(credit: StoreCredit): Record<string, unknown> {
  return {
    id: credit.id,
    home: credit.home,
    merchant_id: credit.merchantId,
    customer_id: credit.customerId,
    currency: credit.currency,
    status: credit.status,
    created_at: credit.createdAt,
    updated_at: credit.updatedAt,
    version: credit.version,
  };
}
