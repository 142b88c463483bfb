import type { OrderStatus } from '../../kernel/vocabulary.ts';
import type { Queryable, Tx } from '../../platform/db.ts';

/** An order as somebody outside names it. */
export interface FoundOrder {
  readonly id: string;
  readonly channel: string;
  readonly status: OrderStatus;
  readonly lines: readonly { readonly id: string; readonly skuCode: string | null }[];
}

export async function findByExternalId(db: Queryable, merchantId: string, externalId: string): Promise<FoundOrder | undefined> {
  const { rows } = await db.query<FoundOrder>({
    name: 'orders-by-external-id',
    text: `SELECT o.id, o.channel, o.status,
                  (SELECT json_agg(json_build_object('id', l.id, 'skuCode', l.sku_code) ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id) AS lines
           FROM orders o WHERE o.merchant_id = $1 AND o.external_id = $2`,
    values: [merchantId, externalId],
  });
  return rows[0];
}

/** The orders of a merchant that carry one of these external ids already. Read after the keys are claimed. */
export async function findExternalIds(
  tx: Tx,
  pairs: readonly { merchantId: string; externalId: string }[],
): Promise<Set<string>> {
  if (pairs.length === 0) return new Set();
  const { rows } = await tx.query<{ key: string }>({
    name: 'orders-external-ids',
    text: `SELECT o.merchant_id || ':' || o.external_id AS key FROM orders o
           JOIN unnest($1::uuid[], $2::text[]) AS p(m, e) ON o.merchant_id = p.m AND o.external_id = p.e`,
    values: [pairs.map((p) => p.merchantId), pairs.map((p) => p.externalId)],
  });
  return new Set(rows.map((row) => row.key));
}

/** How far an order came, for whoever waits for its payment. */
export interface AttemptState {
  readonly id: string;
  readonly status: OrderStatus;
  readonly confirmedAt: Date | null;
}

export async function findAttempts(db: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, AttemptState>> {
  if (ids.length === 0) return new Map();
  const { rows } = await db.query<AttemptState>({
    name: 'orders-attempts',
    text: 'SELECT id, status, confirmed_at AS "confirmedAt" FROM orders WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Units that orders of a channel wait for, by SKU. */
export async function readWaiting(db: Queryable, skuIds: readonly string[]): Promise<WaitingUnits[]> {
  const { rows } = await db.query<WaitingUnits>({
    name: 'orders-waiting-units',
    text: `SELECT l.sku_id AS "skuId", o.channel, sum(s.to_unit - s.from_unit + 1)::int8 AS units
           FROM order_lines l JOIN line_spans s ON s.line_id = l.id JOIN orders o ON o.id = l.order_id
           WHERE l.stocked AND l.sku_id = ANY($1::uuid[]) AND s.state IN ('open', 'backordered', 'allocated') GROUP BY 1, 2`,
    values: [skuIds],
  });
  return rows;
}

export interface WaitingUnits {
  readonly skuId: string;
  readonly channel: string;
  readonly units: bigint;
}
