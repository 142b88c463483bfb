import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** An order that waits for units of a SKU. */
export interface WaitingOrder {
  readonly id: string;
  readonly number: string;
  readonly channel: string;
  readonly customerName: string | null;
  readonly placedAt: Date;
  readonly units: number;
  /** Of these, units that a node holds for it. */
  readonly allocated: number;
  /** Of these, units that were sold beyond stock. */
  readonly backordered: number;
  /** The last day that those are promised for. */
  readonly promisedOn: string | null;
  /** The purchase order that announces them. */
  readonly purchaseNumber: string | null;
}

/** A cart that holds units for a while. */
export interface HoldingCart {
  readonly id: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly units: bigint;
  readonly expiresAt: Date;
}

/** Who holds what is promised of a SKU: orders whose units have not left, the youngest first, and carts. */
export interface PromiseHolders {
  readonly orders: readonly WaitingOrder[];
  readonly carts: readonly HoldingCart[];
}

/** What a person who looks for missing units reads at once; the rest is reached through the orders page. */
const MOST = 50;

/** The youngest first, because whoever was promised last waits for the units that are missing. */
export async function readPromiseHolders(db: Queryable, scope: Scope, skuId: string): Promise<PromiseHolders> {
  return { orders: await readWaitingOrders(db, scope, skuId), carts: await readCarts(db, scope, skuId) };
}

async function readWaitingOrders(db: Queryable, scope: Scope, skuId: string): Promise<WaitingOrder[]> {
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'o');
  const text = `SELECT w.*, b.units AS backordered, b."promisedOn", b."purchaseNumber" FROM (
      SELECT o.id, o.number, o.channel, o.customer_name AS "customerName", o.placed_at AS "placedAt",
        sum(s.to_unit - s.from_unit + 1)::int AS units,
        coalesce(sum(s.to_unit - s.from_unit + 1) FILTER (WHERE s.state = 'allocated'), 0)::int AS allocated
      FROM order_lines l JOIN line_spans s ON s.line_id = l.id JOIN orders o ON o.id = l.order_id
      WHERE l.stocked AND s.state IN ('open', 'backordered', 'allocated') AND ${where.where}
      GROUP BY o.id ORDER BY o.placed_at DESC, o.id DESC LIMIT ${MOST}) w
    LEFT JOIN LATERAL (
      SELECT coalesce(sum(e.to_unit - e.from_unit + 1), 0)::int AS units, max(e.promised_on)::text AS "promisedOn",
        (array_agg(po.number ORDER BY e.promised_on DESC) FILTER (WHERE po.number IS NOT NULL))[1] AS "purchaseNumber"
      FROM backorders e LEFT JOIN purchase_order_lines pl ON pl.id = e.inbound_id LEFT JOIN purchase_orders po ON po.id = pl.purchase_order_id
      WHERE e.order_id = w.id AND e.sku_id = $1) b ON true
    ORDER BY w."placedAt" DESC, w.id DESC`;
  const { rows } = await db.query<WaitingOrder>(prepared('waiting-orders', text, where.values));
  return rows;
}

async function readCarts(db: Queryable, scope: Scope, skuId: string): Promise<HoldingCart[]> {
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'r', null);
  const text = `SELECT r.id, r.channel, r.reference, l.quantity AS units, r.expires_at AS "expiresAt"
    FROM reservation_lines l JOIN reservations r ON r.id = l.reservation_id
    WHERE r.status = 'open' AND ${where.where} ORDER BY r.expires_at, r.id LIMIT ${MOST}`;
  return (await db.query<HoldingCart>(prepared('holding-carts', text, where.values))).rows;
}
