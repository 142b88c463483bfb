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
}

/** What a person who looks for missing units reads at once; the rest is reached through the orders page. */
const MOST = 50;

/**
 * The orders that a shortage of a SKU may hit: those whose units have not left, the youngest first, because whoever was promised last waits for
 * the units that are missing.
 */
export async function readWaitingOrders(db: Queryable, scope: Scope, skuId: string): Promise<WaitingOrder[]> {
  const where = new Conditions().add((p) => `l.sku_id = ${p}`, skuId).scope(scope, 'o');
  const text = `SELECT o.id, o.number, o.channel, o.customer_name AS "customerName", o.placed_at AS "placedAt",
      sum(s.to_unit - s.from_unit + 1)::int AS units,
      coalesce(sum(s.to_unit - s.from_unit + 1) FILTER (WHERE s.state = 'allocated'), 0)::int AS allocated
    FROM order_lines l JOIN line_spans s ON s.line_id = l.id JOIN orders o ON o.id = l.order_id
    WHERE l.stocked AND s.state IN ('open', 'backordered', 'allocated') AND ${where.where}
    GROUP BY o.id ORDER BY o.placed_at DESC, o.id DESC LIMIT ${MOST}`;
  const { rows } = await db.query<WaitingOrder>(prepared('waiting-orders', text, where.values));
  return rows;
}
