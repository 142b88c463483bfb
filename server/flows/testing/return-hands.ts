import type { RequestReturnInput } from '../../domains/returns/schema.ts';
import type { OrderWorld } from './order-world.ts';

/** What tests of returns do again and again. */

export interface Delivered {
  readonly orderId: string;
  /** Line ids by SKU. */
  readonly lines: Readonly<Record<string, string>>;
}

/** An order that its customer has. */
export async function delivered(w: OrderWorld, goods: Readonly<Record<string, number>> = { MUG: 3 }): Promise<Delivered> {
  const placed = await w.place({ lines: Object.entries(goods).map(([sku, quantity]) => ({ sku, quantity })) });
  await w.settle();
  await w.flows.shipOrder({ orderId: placed.id }, w.ctx());
  await w.settle();
  for (const { id } of (await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [placed.id])).rows)
    await w.flows.updateShipment({ shipmentId: id, status: 'DELIVERED', detail: null }, w.ctx('carrier'));
  await w.settle();
  const { rows } = await w.db.pool.query<{ id: string; sku: string }>(
    'SELECT id, sku_code AS sku FROM order_lines WHERE order_id = $1',
    [placed.id],
  );
  return { orderId: placed.id, lines: Object.fromEntries(rows.map(({ id, sku }) => [sku, id])) };
}

type Wish = Partial<Omit<RequestReturnInput, 'orderId' | 'lines'>> & {
  readonly reason?: RequestReturnInput['lines'][0]['reason'];
};

/** A request for some units of each SKU named; returns the return's id. */
export async function requested(
  w: OrderWorld,
  { orderId, lines }: Delivered,
  units: Readonly<Record<string, number>>,
  { reason = 'changed_mind', ...wish }: Wish = {},
): Promise<string> {
  const wanted = Object.entries(units).map(([sku, quantity]) => ({ lineId: lines[sku] as string, quantity, reason }));
  const input = { orderId, lines: wanted, wants: 'refund', label: false, ...wish } as const;
  return (await w.flows.returns.request(input, w.ctx('customer'))).id;
}

/** A return that is here and was not looked at. */
export async function received(
  w: OrderWorld,
  order: Delivered,
  units: Readonly<Record<string, number>>,
  wish: Wish = {},
): Promise<string> {
  const returnId = await requested(w, order, units, { approve: true, ...wish });
  await w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string }, w.ctx('warehouse'));
  return returnId;
}

/** A return all of whose units were accepted. */
export async function accepted(
  w: OrderWorld,
  order: Delivered,
  units: Readonly<Record<string, number>>,
  wish: Wish = {},
): Promise<string> {
  const returnId = await received(w, order, units, wish);
  const lines = Object.entries(units).map(([sku, quantity]) => ({
    lineId: order.lines[sku] as string,
    quantity,
    verdict: 'accept' as const,
  }));
  await w.flows.returns.inspect({ returnId, lines }, w.ctx('warehouse'));
  return returnId;
}

export const returnRow = async (w: OrderWorld, id: string): Promise<Record<string, unknown>> =>
  (await w.db.pool.query('SELECT * FROM returns WHERE id = $1', [id])).rows[0];

export const onHand = async (w: OrderWorld, sku: string): Promise<bigint> =>
  (await w.db.pool.query('SELECT sum(on_hand)::bigint AS units FROM node_stock WHERE sku_id = $1', [w.skus[sku]])).rows[0]?.units;
