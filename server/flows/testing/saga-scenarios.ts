import { UNDO_WINDOW_MS } from '../../kernel/undo.ts';
import type { OrderWorld } from './order-world.ts';

/** One order per saga, brought to where that saga starts, and how it has to end whoever dies in between. */
export interface SagaScenario {
  readonly name: string;
  /** Brings an order to where the saga in question starts; returns its id. */
  readonly start: (w: OrderWorld) => Promise<string>;
  readonly ends: Record<string, unknown>;
  /** What the provider's own log says in the end. */
  readonly log: Readonly<Record<string, number>>;
}

const goods = { lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } };

async function placed(w: OrderWorld, token = 'pm_card_visa'): Promise<string> {
  return (await w.place({ ...goods, token })).id;
}
export async function confirmed(w: OrderWorld): Promise<string> {
  const id = await placed(w);
  await w.settle();
  return id;
}
export async function shipping(w: OrderWorld): Promise<string> {
  const id = await confirmed(w);
  await w.flows.shipOrder({ orderId: id }, w.ctx());
  return id;
}

/** The order's mugs in two boxes. */
async function twoBoxes(w: OrderWorld): Promise<{ id: string; shipmentId: string }> {
  const id = await confirmed(w);
  const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM order_lines WHERE order_id = $1 AND stocked`, [id]);
  const boxes = [1, 1].map((quantity) => ({ units: [{ lineId: rows[0]?.id as string, quantity }] }));
  const { shipments } = await w.flows.shipOrder({ orderId: id, boxes }, w.ctx());
  return { id, shipmentId: shipments[0]?.id as string };
}

export const SAGA_SCENARIOS: readonly SagaScenario[] = [
  {
    name: 'placing an order',
    start: (w) => placed(w),
    ends: { status: 'CONFIRMED', payment_status: 'AUTHORIZED', fulfilment_status: 'ALLOCATED', receivable_minor: 2_990n },
    log: { authorization: 1 },
  },
  {
    name: 'placing an order whose card is declined',
    start: (w) => placed(w, 'pm_card_chargeDeclined'),
    ends: { status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n },
    log: {},
  },
  {
    name: 'cancelling an order whose payment has no answer yet',
    start: async (w) => {
      const id = await placed(w);
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
      return id;
    },
    ends: { status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n },
    log: {},
  },
  {
    name: 'shipping an order',
    start: (w) => shipping(w),
    ends: { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1 },
  },
  {
    name: 'shipping an order in two boxes',
    start: async (w) => (await twoBoxes(w)).id,
    ends: { status: 'FULFILLED', payment_status: 'CAPTURED', captured_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1 },
  },
  {
    name: 'voiding a payment',
    start: async (w) => {
      const id = await confirmed(w);
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
      return id;
    },
    ends: { status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n },
    log: { authorization: 1, void: 1 },
  },
  {
    name: 'refunding an order',
    start: async (w) => {
      const id = await shipping(w);
      await w.settle();
      await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged' }, w.ctx());
      return id;
    },
    ends: { status: 'REFUNDED', refunded_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1, refund: 1 },
  },
];

/** Past the seconds in which a person could undo it: from here on it is carried out. */
function windowIsOver(w: OrderWorld): void {
  w.advanceClock(UNDO_WINDOW_MS);
}

/** What people started in the console, when the time to undo it is over. A clock is moved, so only the house of one process plays them. */
export const UNDOABLE_SCENARIOS: readonly SagaScenario[] = [
  {
    name: 'cancelling an order that nobody undid',
    start: async (w) => {
      const id = await confirmed(w);
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request', undoable: true }, w.ctx());
      windowIsOver(w);
      return id;
    },
    ends: { status: 'CANCELLED', payment_status: 'VOIDED', receivable_minor: 0n },
    log: { authorization: 1, void: 1 },
  },
  {
    name: 'refunding an order, which nobody undid',
    start: async (w) => {
      const id = await shipping(w);
      await w.settle();
      await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged', undoable: true }, w.ctx());
      windowIsOver(w);
      return id;
    },
    ends: { status: 'REFUNDED', refunded_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1, refund: 1 },
  },
  {
    name: 'sending an order’s goods again',
    start: async (w) => {
      const id = await shipping(w);
      await w.settle();
      const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [id]);
      await w.flows.reshipOrder({ orderId: id, shipmentId: rows[0]?.id as string, reason: 'lost' }, w.ctx());
      return id;
    },
    ends: { status: 'PARTIALLY_FULFILLED', fulfilment_status: 'ALLOCATED', captured_minor: 2_990n, receivable_minor: 0n },
    log: { authorization: 1, capture: 1 },
  },
];

export async function providerLog(w: OrderWorld, orderId: string): Promise<Record<string, number>> {
  const response = await fetch(`${w.psp.controlUrl}/_sim/log?order_id=${orderId}`);
  const { data } = (await response.json()) as { data: { kind: string; status?: string }[] };
  const counts: Record<string, number> = {};
  for (const { kind } of data) if (EFFECTS.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
const EFFECTS = new Set(['authorization', 'capture', 'void', 'refund']);

export async function openSagas(w: OrderWorld, orderId: string): Promise<string[]> {
  const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM sagas WHERE order_id = $1 AND status <> 'done'`, [
    orderId,
  ]);
  return rows.map((row) => row.id);
}
