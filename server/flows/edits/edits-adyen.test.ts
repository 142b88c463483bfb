import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayHouse, gatewayHouse } from '../testing/gateway-house.ts';

/** A gateway that takes a raise on, and tells later how it ended. */
let w: GatewayHouse;
beforeAll(async () => {
  w = await gatewayHouse();
  await w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'adyen' }] }, w.ctx());
});
afterAll(() => w?.close());

async function edited(token = 'pm_card_visa'): Promise<string> {
  const { id } = await w.place({ lines: [{ sku: 'MUG', quantity: 2 }], token });
  await w.rest();
  await w.flows.edits.edit({ orderId: id, changes: [{ change: 'add', sku: 'TEE', quantity: 1 }] }, w.ctx());
  return id;
}
async function shipped(id: string): Promise<void> {
  await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
  await w.rest();
}

it('is waited for: nothing of the order changes before it has told, and all of it is captured once', async () => {
  w.hold(true);
  const id = await edited();
  await w.settle();
  // Taken on, and not told of.
  expect(await w.order(id)).toMatchObject({ total_minor: 2_500n, authorized_minor: 2_500n });
  w.hold(false);
  await w.take(w.held());
  await w.rest();
  expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', total_minor: 4_499n, authorized_minor: 4_499n });
  await shipped(id);
  expect(w.effects('adyen', id)).toEqual(['authorization', 'increment', 'capture']);
  expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_499n, receivable_minor: 0n });
  await w.audit();
});

it('is raised once where its answer is lost, and asked for a second payment where the bank refuses later', async () => {
  await w.adyen.switches.set({ drop_reply: { on: 'increment', next: 1 } });
  const lost = await edited();
  await w.rest();
  expect(w.effects('adyen', lost)).toEqual(['authorization', 'increment']);
  const refused = await edited('pm_card_incrementDeclined');
  await w.rest();
  expect(w.effects('adyen', refused)).toEqual(['authorization', 'authorization']);
  await shipped(refused);
  expect(w.effects('adyen', refused)).toEqual(['authorization', 'authorization', 'capture', 'capture']);
  expect(await w.order(refused)).toMatchObject({ status: 'FULFILLED', captured_minor: 4_499n, receivable_minor: 0n });
  await w.audit();
});
