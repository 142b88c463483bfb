import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWebhookStore } from '../platform/stored-webhooks.ts';
import { returnAddress } from '../views/return-address.ts';
import { processWebhooks } from './process-webhook.ts';
import { type GatewayHouse, gatewayHouse } from './testing/gateway-house.ts';

let w: GatewayHouse;
beforeAll(async () => {
  w = await gatewayHouse();
});
afterAll(() => w?.close());

const route = (...gateways: { gateway: string; currencies?: string[] }[]) =>
  w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways }, w.ctx());
const payments = async (orderId: string) =>
  (
    await w.db.pool.query(
      `SELECT provider, status, failure->>'code' AS why, captured_minor::int AS captured, refunded_minor::int AS refunded FROM payments WHERE order_id = $1 ORDER BY id`,
      [orderId],
    )
  ).rows;
/** After it was down it is left alone for a moment. */
const healthy = () => expect.poll(() => w.outside.payments.get('adyen')?.healthy(), { timeout: 10_000 }).toBe(true);
const place = (token = 'pm_card_visa') => w.place({ lines: [{ sku: 'MUG', quantity: 2 }], token });

describe('a merchant whose payments the second gateway takes', () => {
  beforeAll(() => route({ gateway: 'adyen' }));

  it('is paid when it says later that it captured, and gives back when it says later that it did', async () => {
    const { id } = await place();
    await w.rest();
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    w.hold(true);
    await w.settle();
    // Taken on, and not told of: nobody is in doubt, and nothing leaves unpaid.
    expect(await w.order(id)).toMatchObject({ payment_status: 'AUTHORIZED', fulfilment_status: 'ALLOCATED' });
    w.hold(false);
    await w.take(w.held());
    await w.rest();
    expect(await w.order(id)).toMatchObject({ payment_status: 'CAPTURED', fulfilment_status: 'SHIPPED' });
    await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 500n, reason: 'late' }, w.ctx());
    w.advanceClock(11_000);
    await w.rest();
    expect(await payments(id)).toEqual([
      { provider: 'adyen', status: 'PARTIALLY_REFUNDED', captured: 2_500, refunded: 500, why: null },
    ]);
    expect(w.effects('adyen', id)).toEqual(['authorization', 'capture', 'refund']);
    await w.audit();
  });

  it('has released what was cancelled before it left', async () => {
    const { id } = await place();
    await w.rest();
    await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
    w.advanceClock(11_000);
    await w.rest();
    expect(await payments(id)).toMatchObject([{ provider: 'adyen', status: 'VOIDED' }]);
    expect(w.effects('adyen', id)).toEqual(['authorization', 'void']);
    await w.audit();
  });

  it('learns from the report what no message ever said', async () => {
    const { id } = await place();
    await w.rest();
    await w.adyen.switches.set({ webhooks: { off: true } });
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await w.settle();
    await w.adyen.switches.set({ webhooks: { off: false } });
    w.advanceClock(120_000);
    await w.settle();
    expect(await w.order(id)).toMatchObject({ payment_status: 'AUTHORIZED' });
    w.reportAfter(0);
    await w.rest();
    w.reportAfter(86_400_000);
    expect(await w.order(id)).toMatchObject({ payment_status: 'CAPTURED', fulfilment_status: 'SHIPPED' });
    expect(w.effects('adyen', id)).toEqual(['authorization', 'capture']);
    await w.audit();
  });
});

describe('a merchant with two gateways', () => {
  beforeAll(() => route({ gateway: 'adyen', currencies: ['EUR'] }, { gateway: 'card' }));

  it('is paid through the next where the first is down, and through the first once it is back', async () => {
    await w.adyen.switches.set({ down: true });
    const { id } = await place();
    await w.rest();
    await w.adyen.switches.set({ down: false });
    expect(await payments(id)).toMatchObject([
      { provider: 'adyen', status: 'FAILED' },
      { provider: 'card', status: 'AUTHORIZED' },
    ]);
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    expect([w.effects('adyen', id), w.effects('card', id)]).toEqual([[], ['authorization']]);
  });

  it('is paid through the next where the first put it to no bank', async () => {
    await healthy();
    await w.adyen.switches.set({ decline: { next: 1, on: 'authorize', value: 'issuer_unavailable' } });
    const { id } = await place();
    await w.rest();
    expect((await payments(id)).map(({ provider, status }) => `${provider} ${status}`)).toEqual([
      'adyen FAILED',
      'card AUTHORIZED',
    ]);
  });

  it('takes a bank’s own no for an answer', async () => {
    const { id } = await place('pm_card_chargeDeclinedInsufficientFunds');
    await w.rest();
    expect(await payments(id)).toMatchObject([{ provider: 'adyen', status: 'FAILED' }]);
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED' });
  });

  it.each(['drop_reply', 'drop_before', 'error_5xx', 'error_5xx_after'])(
    'asks nobody else while it is in doubt: %s, and then down',
    async (fault) => {
      await w.adyen.switches.set({ [fault]: { next: 1, on: 'authorize' } });
      w.hold(true);
      const { id } = await place();
      await w.settle();
      await w.adyen.switches.set({ down: true });
      for (let round = 0; round < 3; round++) {
        w.advanceClock(31_000);
        await w.settle();
      }
      expect(w.effects('card', id)).toEqual([]);
      await w.adyen.switches.set({ down: false });
      w.hold(false);
      w.held();
      await w.rest();
      expect(await payments(id)).toMatchObject([{ provider: 'adyen', status: 'AUTHORIZED' }]);
      expect([w.effects('adyen', id), w.effects('card', id)]).toEqual([['authorization'], []]);
      await w.audit();
    },
  );
});

describe('a cardholder who is asked by their bank', () => {
  beforeAll(() => route({ gateway: 'adyen' }));

  it('has paid once their browser came back to us, and what it carried was handed in', async () => {
    const { id } = await place('pm_card_threeDSecure2Required');
    await w.rest();
    const { rows } = await w.db.pool.query<{ operation: string; url: string }>(
      `SELECT o.id AS operation, p.next_action->>'url' AS url FROM payments p JOIN payment_operations o ON o.payment_id = p.id WHERE p.order_id = $1`,
      [id],
    );
    const { operation = '', url = '' } = rows[0] ?? {};
    expect(await returnAddress(w.db.pool, operation)).toEqual({ gateway: 'adyen', url: null });
    const secret = new URL(url).searchParams.get('secret') ?? '';
    const answered = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ secret, answer: 'complete' }),
      redirect: 'manual',
    });
    const redirectResult = new URL(answered.headers.get('location') ?? '').searchParams.get('redirectResult') ?? '';
    const said = { orderId: null, paymentRef: null, operationId: operation, payload: { redirectResult } };
    const store = createWebhookStore(w.db.pool);
    await store.store({
      source: 'adyen',
      externalId: 'return:1',
      topic: 'payment.returned',
      payload: said,
      receivedAt: w.clock(),
    });
    const stored = await w.db.pool.query<{ id: string }>(`SELECT id FROM inbound_webhooks WHERE external_id = 'return:1'`);
    await processWebhooks(w.db.pool, w.flows, [stored.rows[0]?.id ?? ''], w.ctx(), { lastTry: true });
    await w.rest();
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    expect(w.effects('adyen', id)).toEqual(['challenge', 'authorization']);
    await w.audit();
  });
});
