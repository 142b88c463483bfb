import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface HistoryRow {
  readonly id: string;
  readonly kind: string;
  readonly skuId: string;
  readonly skuCode: string;
  readonly merchantId: string;
  readonly nodeCode: string | null;
  readonly onHandDelta: bigint;
  readonly allocatedDelta: bigint;
  readonly promisedDelta: bigint;
  readonly reason: string | null;
  readonly orderNumber: string | null;
  readonly shipmentNumber: string | null;
  readonly purchaseNumber: string | null;
  readonly transferNumber: string | null;
  readonly countNumber: string | null;
  readonly actor: Actor;
  readonly at: Date;
}

export interface HistoryFilter {
  readonly kind?: readonly string[] | undefined;
  readonly nodeId?: string | undefined;
  readonly skuId?: string | undefined;
  /** Words of the reason. */
  readonly reason?: string | undefined;
  readonly actor?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** In whose calendar these are days; UTC unless said. */
  readonly timeZone?: string | undefined;
  /** The number of an order, shipment, purchase order, transfer or count. */
  readonly reference?: string | undefined;
  /** Promises and allocations, too, which move nothing on a shelf. */
  readonly everything?: boolean | undefined;
}

/** The id that begins a time: ids are UUIDv7, so the primary key is the order of time. */
export function firstIdOf(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** An id is made a moment before or after its movement's time is taken, and a zone's day begins within a day of UTC's. */
const APART_MS = 86_400_000 + 60_000;

/**
 * By the time itself, and by ids, which an index has, from a little earlier or to a little later. What was written down long after it happened
 * has a later id than its time: of one SKU the time alone says where a period ends.
 */
function inTime(
  where: Conditions,
  side: '>=' | '<',
  { day, zone, later, byTime = false }: { day: string; zone: string; later: 0 | 1; byTime?: boolean },
): void {
  const zoned = where.value(zone);
  where.add((p) => `v.at ${side} ((${p}::date + ${later})::timestamp AT TIME ZONE ${zoned})`, day);
  if (byTime) return;
  const around = Date.parse(`${day}T00:00:00Z`) + later * 86_400_000 + (side === '<' ? APART_MS : -APART_MS);
  where.add((p) => `v.id ${side} ${p}::uuid`, firstIdOf(new Date(around)));
}

const REFERENCED = `SELECT id::text AS reference FROM purchase_orders WHERE number = $N UNION ALL SELECT id::text FROM stock_transfers WHERE number = $N
  UNION ALL SELECT id::text FROM stock_counts WHERE number = $N`;

function conditions(scope: Scope, filter: HistoryFilter): Conditions {
  const where = new Conditions().scope(scope, 'v', null);
  if (filter.nodeId) where.add((p) => `v.node_id = ${p}`, filter.nodeId);
  if (filter.skuId) where.add((p) => `v.sku_id = ${p}`, filter.skuId);
  if (filter.kind?.length) where.add((p) => `v.kind = ANY(${p})`, filter.kind);
  // The indexes of this page hold what moved on a shelf.
  if (!filter.everything && !filter.reference) where.plain('v.on_hand_delta <> 0');
  if (filter.actor) where.add((p) => `v.actor = ${p}`, filter.actor);
  if (filter.reason?.trim()) {
    const text = filter.reason.trim().replaceAll(/[\\%_]/g, '\\$&');
    where.add((p) => `v.reason ILIKE '%' || ${p} || '%'`, text);
  }
  const zone = filter.timeZone ?? 'UTC';
  if (filter.from) inTime(where, '>=', { day: filter.from, zone, later: 0 });
  if (filter.to) inTime(where, '<', { day: filter.to, zone, later: 1, byTime: filter.skuId !== undefined });
  if (filter.reference?.trim()) {
    const number = filter.reference.trim().toUpperCase();
    where.add(
      (p) => `(v.reference IN (${REFERENCED.replaceAll('$N', p)}) OR v.order_id = (SELECT id FROM orders WHERE number = ${p})
        OR v.order_id = (SELECT order_id FROM shipments WHERE number = ${p}) AND v.shipment_id = (SELECT id FROM shipments WHERE number = ${p}))`,
      number,
    );
  }
  return where;
}

/** What moved, newest first. */
export async function listHistory(db: Queryable, scope: Scope, request: HistoryFilter & PageRequest): Promise<Page<HistoryRow>> {
  const page = await keysetPage<Omit<HistoryRow, 'actor'> & { actor: string }>(
    db,
    {
      label: 'movement-history',
      columns: `v.id, v.kind, v.sku_id AS "skuId", k.code AS "skuCode", v.merchant_id AS "merchantId", n.code AS "nodeCode", v.on_hand_delta AS "onHandDelta",
        v.allocated_delta AS "allocatedDelta", v.promised_delta AS "promisedDelta", v.reason, o.number AS "orderNumber", s.number AS "shipmentNumber",
        b.number AS "purchaseNumber", t.number AS "transferNumber", c.number AS "countNumber", v.actor, v.at`,
      from: `stock_movements v JOIN skus k ON k.id = v.sku_id LEFT JOIN nodes n ON n.id = v.node_id LEFT JOIN orders o ON o.id = v.order_id
        LEFT JOIN shipments s ON s.id = v.shipment_id
        LEFT JOIN purchase_orders b ON v.kind = 'receive' AND b.id = v.reference::uuid
        LEFT JOIN stock_transfers t ON v.kind IN ('transfer_out', 'transfer_in') AND t.id = v.reference::uuid
        LEFT JOIN stock_counts c ON v.kind = 'count' AND c.id = v.reference::uuid`,
      where: conditions(scope, request),
      by: 'v.id',
      id: 'v.id',
      cast: 'uuid',
      check: isId,
    },
    request,
  );
  const name = await resolveActors(
    db,
    page.items.map((row) => row.actor),
  );
  return { ...page, items: page.items.map((row) => ({ ...row, actor: name(row.actor) })) };
}
