import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Checkout } from './rules.ts';

const CHECKOUTS: TableSpec = {
  table: 'checkouts',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    source: 'text',
    state: 'text',
    currency: 'text',
    lines: 'jsonb',
    customer: 'jsonb',
    ship_to: 'jsonb',
    quote_id: 'uuid',
    shipping_option: 'text',
    tenders: 'jsonb',
    hold: 'jsonb',
    pickup: 'jsonb',
    accept: 'text',
    order_id: 'uuid',
    order_ids: 'text[]',
    locale: 'text',
    return_url: 'text',
    created_by: 'text',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    expires_at: 'timestamptz',
    link_sent_at: 'timestamptz',
    paid_at: 'timestamptz',
    version: 'int8',
  },
};

const CHANGING = [
  'state',
  'lines',
  'customer',
  'ship_to',
  'quote_id',
  'shipping_option',
  'tenders',
  'hold',
  'pickup',
  'order_id',
  'order_ids',
  'updated_at',
  'expires_at',
  'link_sent_at',
  'paid_at',
  'version',
] as const;

const SELECT = `SELECT id, home, merchant_id AS "merchantId", source, state, currency, lines, customer, ship_to AS "shipTo", quote_id AS "quoteId",
  shipping_option AS "shippingOption", tenders, hold, pickup, accept, order_id AS "orderId", order_ids AS "orderIds", locale, return_url AS "returnUrl", created_by AS "createdBy",
  created_at AS "createdAt", updated_at AS "updatedAt", expires_at AS "expiresAt", link_sent_at AS "linkSentAt", paid_at AS "paidAt", version
  FROM checkouts`;

export async function lockCheckouts(tx: Tx, ids: readonly string[]): Promise<Checkout[]> {
  const { rows } = await tx.query<Checkout>({
    name: 'checkouts-lock',
    text: `${SELECT} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function readCheckouts(db: Queryable, ids: readonly string[]): Promise<Checkout[]> {
  const { rows } = await db.query<Checkout>({
    name: 'checkouts-read',
    text: `${SELECT} WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

/**
 * Those whose attempt to pay has ended, and those whose time is over. Found unlocked: the sweep looks again under the lock. What still
 * waits for a bank is not among them, so that any number of these keeps nobody else waiting.
 */
export async function findUnsettled(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'checkouts-unsettled',
    text: `(SELECT c.id FROM checkouts c JOIN orders o ON o.id = c.order_id
             WHERE c.state = 'paying' AND c.state IN ('open', 'paying') AND (o.confirmed_at IS NOT NULL OR o.status = 'CANCELLED')
             ORDER BY c.updated_at LIMIT $2)
           UNION ALL (SELECT id FROM checkouts WHERE state = 'open' AND state IN ('open', 'paying') AND expires_at <= $1
             ORDER BY expires_at LIMIT $2)`,
    values: [now, limit],
  });
  return rows.map((row) => row.id);
}

export async function insertCheckouts(tx: Tx, checkouts: readonly Checkout[]): Promise<void> {
  await insertRows(tx, CHECKOUTS, checkouts.map(columns));
}

export async function updateCheckouts(tx: Tx, checkouts: readonly Checkout[]): Promise<void> {
  await updateRows(tx, CHECKOUTS, ['id'], CHANGING, checkouts.map(columns));
}

function columns(c: Checkout): Record<string, unknown> {
  return {
    id: c.id,
    home: c.home,
    merchant_id: c.merchantId,
    source: c.source,
    state: c.state,
    currency: c.currency,
    lines: c.lines,
    customer: c.customer,
    ship_to: c.shipTo,
    quote_id: c.quoteId,
    shipping_option: c.shippingOption,
    tenders: c.tenders,
    hold: c.hold,
    pickup: c.pickup,
    accept: c.accept,
    order_id: c.orderId,
    order_ids: c.orderIds,
    locale: c.locale,
    return_url: c.returnUrl,
    created_by: c.createdBy,
    created_at: c.createdAt,
    updated_at: c.updatedAt,
    expires_at: c.expiresAt,
    link_sent_at: c.linkSentAt,
    paid_at: c.paidAt,
    version: c.version,
  };
}
