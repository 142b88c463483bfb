import type { OrderStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** Whose a record is. `status` is an order's, null for everything else. */
export interface Owner {
  readonly merchantId: string | null;
  readonly customerId: string | null;
  readonly status: OrderStatus | null;
}

const NOBODY = 'NULL::uuid AS "customerId", NULL::text AS status';

const TEXTS = {
  order: 'SELECT merchant_id AS "merchantId", customer_id AS "customerId", status FROM orders WHERE id = $1',
  shipment: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM shipments WHERE id = $1`,
  return: 'SELECT merchant_id AS "merchantId", customer_id AS "customerId", NULL::text AS status FROM returns WHERE id = $1',
  dispute: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM disputes WHERE id = $1`,
  manifest: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM manifests WHERE id = $1`,
  saga: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM sagas WHERE id = $1`,
  approval: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM approvals WHERE id = $1`,
  mail: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM notifications WHERE id = $1 AND kind NOT IN ('reset_link', 'invitation')`,
  checkout: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM checkouts WHERE id = $1`,
  giftCard: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM gift_cards WHERE id = $1`,
  storeCredit: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM store_credits WHERE id = $1`,
  sku: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM skus WHERE id = $1`,
  node: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM nodes WHERE id = $1`,
  channel: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM channel_connections WHERE id = $1`,
  purchaseOrder: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM purchase_orders WHERE id = $1`,
  transfer: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM stock_transfers WHERE id = $1`,
  stockCount: `SELECT merchant_id AS "merchantId", ${NOBODY} FROM stock_counts WHERE id = $1`,
  wallet: 'SELECT NULL::uuid AS "merchantId", customer_id AS "customerId", NULL::text AS status FROM wallets WHERE id = $1',
  bank_account:
    'SELECT merchant_id AS "merchantId", customer_id AS "customerId", NULL::text AS status FROM bank_accounts WHERE id = $1',
} as const;

/** Whose this record is, or undefined where there is none: asked before a verb runs, so that what is not yours is not there. */
export async function ownerOf(db: Queryable, kind: keyof typeof TEXTS, id: string): Promise<Owner | undefined> {
  const { rows } = await db.query<Owner>(prepared(`owner-${kind}`, TEXTS[kind], [id]));
  return rows[0];
}

/** Whether a merchant has an order of this customer: for merchants, such a customer exists. */
export async function isCustomerOf(db: Queryable, customerId: string, merchantId: string | null): Promise<boolean> {
  const text =
    merchantId === null
      ? 'SELECT 1 FROM customers WHERE id = $1 AND $2::uuid IS NULL'
      : 'SELECT 1 FROM orders WHERE customer_id = $1 AND merchant_id = $2 LIMIT 1';
  const name = merchantId === null ? 'customer-exists' : 'customer-of-merchant';
  const { rowCount } = await db.query(prepared(name, text, [customerId, merchantId]));
  return rowCount === 1;
}
