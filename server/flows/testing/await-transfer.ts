import type { RecordPaymentInput } from '../payments/record-payment.ts';
import type { OrderWorld } from './order-world.ts';

/** An order that waits for a transfer, and what is recorded when it has come. */
export async function awaitTransfer(w: OrderWorld): Promise<RecordPaymentInput> {
  await w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'card' }, { gateway: 'manual' }] }, w.ctx());
  const payment = { provider: 'card', method: 'bank_transfer' } as const;
  const { id: orderId } = await w.flows.placeOrder({ ...w.input({ lines: [{ sku: 'MUG', quantity: 1 }] }), payment }, w.ctx());
  await w.settle();
  const occurredOn = w.clock().toISOString().slice(0, 10);
  return { orderId, amountMinor: 1_250n, currency: 'EUR', reference: 'E2E 1', occurredOn };
}
