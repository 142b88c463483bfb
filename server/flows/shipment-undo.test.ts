import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
});
afterAll(() => w.close());

it('voids a label that was bought although its answer never came, when the shipment is undone', async () => {
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
  await w.settle();
  const switched = await fetch(`${w.carrier.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ drop_reply: { on: 'label', next: 1, probability: 1 } }),
  });
  expect(switched.status).toBe(200);
  const { shipments } = await w.flows.shipOrder({ orderId: placed.id }, w.ctx('warehouse'));
  await w.settle();
  const { rows } = await w.db.pool.query<{ id: string; state: { asked?: string[] } }>(
    `SELECT id, state FROM sagas WHERE order_id = $1 AND kind = 'ship-order'`,
    [placed.id],
  );
  expect(rows[0]?.state.asked).toEqual([shipments[0]?.id]);
  await w.flows.operateSaga({ sagaId: rows[0]?.id as string, action: 'compensate', reason: 'It will not leave today' }, w.ctx());
  await w.settle();
  const response = await fetch(`${w.carrier.controlUrl}/_sim/log?shipment_id=${shipments[0]?.id}`);
  const { data } = (await response.json()) as { data: { kind: string }[] };
  expect(data.map((entry) => entry.kind).sort()).toEqual(['label', 'voided']);
  expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'ALLOCATED', captured_minor: 0n });
  await w.expectBooksAgree();
});
