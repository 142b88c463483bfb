import type { PlacedOrder } from '../placed-order.ts';
import type { OrderWorld } from './order-world.ts';

/** What people in a warehouse, and a carrier, do with parcels in tests. */
export interface BoxRow {
  readonly id: string;
  readonly number: number;
  readonly status: string;
  readonly carrier_ref: string | null;
  readonly tracking_number: string | null;
  readonly weight_grams: number | null;
  readonly manifest_id: string | null;
}

export interface Packed {
  readonly order: PlacedOrder;
  readonly shipmentId: string;
  readonly lineId: string;
}

/** An order of some mugs, confirmed and allocated. */
export async function allocatedMugs(w: OrderWorld, quantity = 3): Promise<PlacedOrder> {
  const order = await w.place({ lines: [{ sku: 'MUG', quantity }], shipping: { name: 'Standard', priceMinor: 490n } });
  await w.settle();
  return order;
}

/** The order's mugs, packed into boxes of so many; their saga has not run yet. */
export async function packed(w: OrderWorld, boxes: readonly number[]): Promise<Packed> {
  const order = await allocatedMugs(
    w,
    boxes.reduce((sum, units) => sum + units, 0),
  );
  const lineId = order.lines[0]?.id as string;
  const wanted = boxes.map((quantity) => ({ units: [{ lineId, quantity }] }));
  const { shipments } = await w.flows.shipOrder({ orderId: order.id, boxes: wanted }, w.ctx('warehouse'));
  return { order, shipmentId: shipments[0]?.id as string, lineId };
}

/** Packed and handed over. */
export async function shippedBoxes(w: OrderWorld, boxes: readonly number[]): Promise<Packed> {
  const parcel = await packed(w, boxes);
  await w.settle();
  return parcel;
}

export async function boxesOf(w: OrderWorld, shipmentId: string): Promise<BoxRow[]> {
  return (await w.db.pool.query<BoxRow>('SELECT * FROM shipment_boxes WHERE shipment_id = $1 ORDER BY number', [shipmentId]))
    .rows;
}

export async function shipmentRow(w: OrderWorld, id: string): Promise<Record<string, unknown>> {
  return (await w.db.pool.query('SELECT * FROM shipments WHERE id = $1', [id])).rows[0];
}

/** What the carrier's own log says of a shipment, by kind. */
export async function carrierLog(w: OrderWorld, shipmentId: string): Promise<Record<string, number>> {
  const response = await fetch(`${w.carrier.controlUrl}/_sim/log?shipment_id=${shipmentId}`);
  const { data } = (await response.json()) as { data: { kind: string }[] };
  const counts: Record<string, number> = {};
  for (const { kind } of data) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Lets the clock run over leases and back-offs, as often as a crash may need. */
export async function comesToRest(w: OrderWorld, rounds = 4): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    w.advanceClock(31_000);
    await w.settle();
  }
}

/** Whether the node's parcels wait for a manifest. */
export async function calledFor(w: OrderWorld, handOver: 'at_once' | 'by_manifest' = 'by_manifest'): Promise<void> {
  for (const nodeId of w.nodes) await w.flows.parcels.setHandOver({ nodeId, handOver }, w.ctx('warehouse'));
}
