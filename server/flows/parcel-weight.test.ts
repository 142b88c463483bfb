import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

/** What the carrier is told that a parcel weighs. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
  await w.db.pool.query(`UPDATE skus SET weight_grams = CASE code WHEN 'MUG' THEN 380 WHEN 'TEE' THEN 150 ELSE 0 END`);
});
afterAll(() => w?.close());

async function order(lines: { sku: string; quantity: number }[]): Promise<string> {
  const { id } = await w.place({ lines });
  await w.settle();
  return id;
}

async function weights(orderId: string): Promise<number[]> {
  const { rows } = await w.db.pool.query<{ carrier_ref: string }>(
    'SELECT carrier_ref FROM shipments WHERE order_id = $1 AND carrier_ref IS NOT NULL ORDER BY id',
    [orderId],
  );
  const found: number[] = [];
  for (const row of rows) {
    const response = await fetch(`${w.carrier.url}/v1/labels/${row.carrier_ref}`, {
      headers: { authorization: 'Bearer carrier_test' },
    });
    found.push(((await response.json()) as { weight_grams: number }).weight_grams);
  }
  return found;
}

test('a parcel weighs what its units weigh: not what the order weighs', async () => {
  const orderId = await order([
    { sku: 'MUG', quantity: 3 },
    { sku: 'TEE', quantity: 2 },
    { sku: 'GIFTWRAP', quantity: 1 },
  ]);
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM order_lines WHERE order_id = $1 ORDER BY position', [
    orderId,
  ]);
  const [mugs, tees] = rows.map((row) => row.id);
  const units = [
    { lineId: String(mugs), quantity: 1 },
    { lineId: String(tees), quantity: 2 },
  ];
  await w.flows.shipOrder({ orderId, units }, w.ctx('warehouse'));
  await w.settle();
  expect(await weights(orderId)).toEqual([380 + 2 * 150]);
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
  expect(await weights(orderId)).toEqual([380 + 2 * 150, 2 * 380]);
});

test('a parcel of which the catalogue knows no weight is taken to weigh 500 g', async () => {
  const orderId = await order([{ sku: 'BAG', quantity: 4 }]);
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
  expect(await weights(orderId)).toEqual([500]);
});

test('a label asked for again, after the catalogue changed, is the same request', async () => {
  const orderId = await order([{ sku: 'MUG', quantity: 2 }]);
  await fetch(`${w.carrier.controlUrl}/_sim/switches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error_5xx: { next: 1 } }),
  });
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
  expect(await weights(orderId)).toEqual([]);
  await w.db.pool.query(`UPDATE skus SET weight_grams = 999 WHERE code = 'MUG'`);
  for (let i = 0; i < 4; i++) {
    w.advanceClock(60_000);
    await w.settle();
  }
  expect(await weights(orderId)).toEqual([760]);
});
