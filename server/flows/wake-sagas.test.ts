import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OrderWorld, orderWorld } from './testing/order-world.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5 });
});
afterAll(() => w.close());

it('allocates an order as soon as the units that it waits for arrive', async () => {
  const [first, second] = w.nodes as [string, string];
  const about = { merchantId: w.merchantId, skuId: w.skus.MUG as string };
  // Promised from ten units, of which seven turn out not to be there.
  const placed = await w.place({ lines: [{ sku: 'MUG', quantity: 6 }] });
  await w.flows.adjustStock({ ...about, nodeId: first, delta: -5, reason: 'lost' }, w.ctx());
  await w.flows.adjustStock({ ...about, nodeId: second, delta: -2, reason: 'damaged' }, w.ctx());
  await w.settle();
  expect(await w.order(placed.id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'UNALLOCATED' });
  await w.expectBooksAgree();

  expect(await w.flows.wakeWaitingFor([w.skus.TEE as string], w.ctx())).toBe(0);
  await w.flows.adjustStock({ ...about, nodeId: first, delta: 9, reason: 'received' }, w.ctx());
  expect(await w.flows.wakeWaitingFor([w.skus.MUG as string], w.ctx())).toBe(1);
  await w.settle();
  expect(await w.order(placed.id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
  await w.expectBooksAgree();
});
