import { type Lot, planTake } from '../domains/lots/rules.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** Units of a lot that somebody is to take from the shelf. The code is empty where nobody said which lot it is. */
export interface LotToTake {
  readonly code: string;
  readonly expiresOn: string | null;
  readonly units: number;
}

const LOTS = `SELECT s.id, s.sku_id AS "skuId", s.node_id AS "nodeId", s.merchant_id AS "merchantId", s.code, s.expires_on::text AS "expiresOn",
    s.on_hand AS "onHand", s.expired, s.created_at AS "createdAt", current_date::text AS today
  FROM stock_lots s WHERE s.node_id = ANY($1::uuid[]) AND s.sku_id = ANY($2::uuid[]) AND s.on_hand > 0`;

// What is in a parcel is off the shelf already; then whoever waits longest. A held order waits for a person, and takes nothing before the others.
const WAITING = `SELECT s.node_id AS "nodeId", l.sku_id AS "skuId", s.order_id AS "orderId", sum(s.to_unit - s.from_unit + 1)::int8 AS units,
    s.shipment_id IS NOT NULL AS packed
  FROM line_spans s JOIN order_lines l ON l.id = s.line_id JOIN orders o ON o.id = s.order_id
  WHERE s.state = 'allocated' AND s.node_id = ANY($1::uuid[]) AND l.sku_id = ANY($2::uuid[])
  GROUP BY s.node_id, l.sku_id, s.order_id, s.shipment_id IS NOT NULL, o.holds, o.placed_at
  ORDER BY s.shipment_id IS NOT NULL DESC, o.holds <> '{}', o.placed_at, s.order_id`;

type LotOfDay = Lot & { readonly today: string };
interface Waiting {
  readonly nodeId: string;
  readonly skuId: string;
  readonly orderId: string;
  readonly units: bigint;
  readonly packed: boolean;
}

const keyOf = (nodeId: string, skuId: string, orderId = ''): string => `${nodeId} ${skuId} ${orderId}`;

/**
 * Which lots each waiting order takes at a node: what expires first goes to whoever waits longest, so that two orders are not sent to the same
 * units. Empty for goods that are not kept by lot. Costs nothing where no SKU is named.
 */
export async function lotsToTake(
  db: Queryable,
  places: readonly { readonly nodeId: string; readonly skuId: string }[],
): Promise<(nodeId: string, skuId: string, orderId: string) => readonly LotToTake[]> {
  if (places.length === 0) return () => [];
  const values = [[...new Set(places.map(({ nodeId }) => nodeId))], [...new Set(places.map(({ skuId }) => skuId))]];
  const lots = await db.query<LotOfDay>(prepared('lots-to-take', LOTS, values));
  const there = Map.groupBy(lots.rows, (lot) => keyOf(lot.nodeId, lot.skuId));
  const waiting = await db.query<Waiting>(prepared('lots-waited-for', WAITING, values));
  const taken = new Map<string, LotToTake[]>();
  for (const { nodeId, skuId, orderId, units, packed } of waiting.rows) {
    const own = there.get(keyOf(nodeId, skuId)) ?? [];
    const plan = planTake(own, units, own[0]?.today ?? '');
    for (const { lot, units: some } of plan) lot.onHand -= some;
    if (packed) continue;
    taken.set(
      keyOf(nodeId, skuId, orderId),
      plan.map(({ lot, units: some }) => ({ code: lot.code, expiresOn: lot.expiresOn, units: Number(some) })),
    );
  }
  return (nodeId, skuId, orderId) => taken.get(keyOf(nodeId, skuId, orderId)) ?? [];
}
