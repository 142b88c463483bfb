import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceOrderInput } from '../domains/orders/schema.ts';
import type { PaymentMethod } from '../kernel/vocabulary.ts';
import { type GatewayHouse, gatewayHouse } from './testing/gateway-house.ts';
import { refusalOf } from './testing/refusal.ts';

const DAY_MS = 86_400_000;
/** What differs from its neighbours in one thing only is looked at in the deep tier. */
const deep = it.runIf(process.env.WAYBILL_DEEP === '1');
let w: GatewayHouse;
beforeAll(async () => {
  w = await gatewayHouse();
});
afterAll(() => w?.close());

type Rule = Parameters<GatewayHouse['flows']['setPaymentGateways']>[0]['gateways'][number];
const route = (...gateways: Rule[]) => w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways }, w.ctx());
const payments = async (orderId: string) =>
  (
    await w.db.pool.query<{ provider: string; status: string; captured: number; refunded: number; ref: string }>(
      `SELECT provider, status, captured_minor::int AS captured, refunded_minor::int AS refunded, provider_ref AS ref FROM payments WHERE order_id = $1 ORDER BY id`,
      [orderId],
    )
  ).rows;
const place = async (method: PaymentMethod, token?: string, more: Partial<PlaceOrderInput> = {}): Promise<string> => {
  const input = { ...w.input({ lines: [{ sku: 'MUG', quantity: 2 }] }), ...more };
  const payment = { provider: 'card' as const, method, ...(token ? { token } : {}) };
  const { id } = await w.flows.placeOrder({ ...input, payment }, w.ctx('shop'));
  await w.rest(2);
  return id;
};
const state = async (id: string) => {
  const { status, payment_status, fulfilment_status, holds, receivable_minor } = await w.order(id);
  return { status, payment_status, fulfilment_status, holds, receivable: Number(receivable_minor) };
};
const ship = async (id: string) => {
  await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
  await w.rest(2);
};
const shipmentOf = async (id: string): Promise<string> =>
  (await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [id])).rows[0]?.id ?? '';
const report = async (id: string, status: 'DELIVERED' | 'RETURNING') => {
  await w.flows.updateShipment({ shipmentId: await shipmentOf(id), status, detail: null }, w.ctx('warehouse'));
  await w.rest(2);
};
/** The bank says how a debit ended. */
async function bank(id: string, end: 'succeed' | 'fail' | 'return'): Promise<void> {
  const [payment] = await payments(id);
  const body = JSON.stringify({ end });
  const reply = await fetch(`${w.psp.controlUrl}/_sim/payments/${payment?.ref}/debit`, { method: 'POST', body });
  if (!reply.ok) throw new Error(await reply.text());
  await expect.poll(() => w.psp.state.unsent.size, { timeout: 10_000 }).toBe(0);
  await w.rest(2);
}
const today = () => w.clock().toISOString().slice(0, 10);
const record = (orderId: string, amountMinor: bigint, more: { operationId?: string; reference?: string } = {}) =>
  w.flows.recordPayment({ orderId, amountMinor, currency: 'EUR', reference: 'E2E-1', occurredOn: today(), ...more }, w.ctx());

describe('a bank debit', () => {
  beforeAll(() => route({ gateway: 'card' }, { gateway: 'bank_debit', currencies: ['EUR'] }));

  it('is waited for, and nothing leaves before it has come', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_success');
    expect(await state(id)).toMatchObject({ status: 'PENDING', payment_status: 'UNPAID' });
    await bank(id, 'succeed');
    expect(await state(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'CAPTURED' });
    await ship(id);
    expect(await state(id)).toEqual({
      status: 'FULFILLED',
      payment_status: 'CAPTURED',
      fulfilment_status: 'SHIPPED',
      holds: [],
      receivable: 0,
    });
    expect(w.effects('card', id)).toEqual(['debit', 'capture']);
    await w.audit();
  });

  deep('that the bank refuses gives the order up', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_insufficientFunds');
    await bank(id, 'fail');
    expect(await state(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'FAILED', receivable: 0 });
    await w.audit();
  });

  it('that comes although its order was cancelled is given back, once', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_success');
    await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
    w.advanceClock(11_000);
    await w.rest(2);
    expect(await state(id)).toMatchObject({ status: 'CANCELLED' });
    await bank(id, 'succeed');
    expect(w.effects('card', id)).toEqual(['debit', 'capture', 'refund']);
    expect(await state(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'REFUNDED', receivable: 0 });
    await w.audit();
  });

  deep('gives back what was cancelled before it came', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_success');
    const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM order_lines WHERE order_id = $1', [id]);
    const units = [{ lineId: rows[0]?.id ?? '', quantity: 1 }];
    await w.flows.cancelOrder({ orderId: id, reason: 'customer_request', units }, w.ctx());
    w.advanceClock(11_000);
    await w.rest(2);
    await bank(id, 'succeed');
    await w.rest(2);
    expect(await payments(id)).toMatchObject([{ captured: 2_500, refunded: 1_250, status: 'PARTIALLY_REFUNDED' }]);
    expect(await state(id)).toMatchObject({ status: 'CONFIRMED', receivable: 0 });
    await w.audit();
  });

  it('that the bank returns after weeks is owed again, and can be paid by transfer', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_returned');
    await bank(id, 'succeed');
    await ship(id);
    w.hold(true);
    await bank(id, 'return');
    // Told twice, and in the wrong order.
    const news = w.held();
    w.hold(false);
    await w.take([...news.toReversed(), ...news]);
    await w.rest(2);
    expect(await state(id)).toMatchObject({ status: 'FULFILLED', payment_status: 'FAILED', receivable: 2_500 });
    await w.audit();
    expect((await refusalOf(record(id, 2_501n))).detail).toContain('25.00 EUR is waited for');
    await record(id, 2_500n);
    expect(await state(id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED', receivable: 0 });
    await w.audit();
  });

  deep('that the bank returns before anything left holds the order', async () => {
    const id = await place('bank_debit', 'pm_sepaDebit_returned');
    await bank(id, 'succeed');
    await bank(id, 'return');
    expect(await state(id)).toMatchObject({ status: 'CONFIRMED', holds: ['payment'], receivable: 2_500 });
    await w.audit();
  });

  it('is followed where goods may leave before it came, and owed where it does not', async () => {
    await route({ gateway: 'bank_debit', shipsUnpaid: true }, { gateway: 'card' });
    const [comes, bounces] = [
      await place('bank_debit', 'pm_sepaDebit_success'),
      await place('bank_debit', 'pm_sepaDebit_insufficientFunds'),
    ];
    for (const id of [comes, bounces]) await ship(id);
    expect(await state(comes)).toMatchObject({ status: 'FULFILLED', payment_status: 'UNPAID', receivable: 2_500 });
    await bank(comes, 'succeed');
    await bank(bounces, 'fail');
    expect(await state(comes)).toMatchObject({ payment_status: 'CAPTURED', receivable: 0 });
    expect(await state(bounces)).toMatchObject({ payment_status: 'FAILED', receivable: 2_500 });
    await w.audit();
  });
});

describe('money that comes by hand', () => {
  beforeAll(() => route({ gateway: 'card' }, { gateway: 'manual' }));

  it('confirms the order when a person records it, and goes back when a person says so', async () => {
    const id = await place('bank_transfer');
    expect(await state(id)).toMatchObject({ status: 'PENDING', payment_status: 'UNPAID' });
    expect((await refusalOf(record(id, 2_400n))).detail).toContain('25.00 EUR is waited for');
    await record(id, 2_500n);
    await w.rest(2);
    expect(await state(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'CAPTURED' });
    await ship(id);
    await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 500n, reason: 'late' }, w.ctx());
    w.advanceClock(11_000);
    await w.rest(2);
    expect(await payments(id)).toMatchObject([{ refunded: 0 }]);
    const open = `SELECT id FROM payment_operations WHERE order_id = $1 AND kind = 'refund' AND status = 'in_flight'`;
    const { rows } = await w.db.pool.query<{ id: string }>(open, [id]);
    await record(id, 500n, { operationId: rows[0]?.id ?? '', reference: 'OUT-1' });
    await w.rest(2);
    expect(await payments(id)).toMatchObject([{ refunded: 500, status: 'PARTIALLY_REFUNDED' }]);
    const told = await w.db.pool.query('SELECT kind, reference FROM payment_records WHERE order_id = $1 ORDER BY recorded_at', [
      id,
    ]);
    expect(told.rows).toEqual([
      { kind: 'received', reference: 'E2E-1' },
      { kind: 'paid_out', reference: 'OUT-1' },
    ]);
    await w.audit();
  });

  deep('that never comes gives the order up after two weeks', async () => {
    const id = await place('bank_transfer');
    w.advanceClock(15 * DAY_MS);
    await w.rest(2);
    expect(await state(id)).toMatchObject({ status: 'CANCELLED', receivable: 0 });
    expect((await refusalOf(record(id, 2_500n))).code).toBe('state_refuses');
    await w.audit();
  });
});

describe('cash on delivery', () => {
  beforeAll(() => route({ gateway: 'card' }, { gateway: 'cash_on_delivery', limits: { EUR: 5_000 } }));

  it('leaves unpaid, and is taken when the carrier delivered', async () => {
    const id = await place('cash_on_delivery');
    await ship(id);
    expect(await state(id)).toMatchObject({ status: 'FULFILLED', payment_status: 'AUTHORIZED', receivable: 2_500 });
    await report(id, 'DELIVERED');
    expect(await state(id)).toMatchObject({ payment_status: 'CAPTURED', fulfilment_status: 'DELIVERED', receivable: 0 });
    await w.audit();
  });

  it('is given up where nobody takes the parcel', async () => {
    const id = await place('cash_on_delivery');
    await ship(id);
    await report(id, 'RETURNING');
    await w.flows.parcels.receiveReturn(
      { shipmentId: await shipmentOf(id), nodeId: w.nodes[0] as string, damaged: [] },
      w.ctx('warehouse'),
    );
    await w.rest(2);
    expect(await state(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'VOIDED', receivable: 0 });
    await w.audit();
  });

  it('is refused beyond the limit, and where the merchant does not take it', async () => {
    const beyond = { lines: [{ sku: 'MUG', quantity: 5 }] } as Partial<PlaceOrderInput>;
    expect((await refusalOf(place('cash_on_delivery', undefined, beyond))).detail).toContain('up to 50.00 EUR');
    expect((await refusalOf(place('bank_transfer'))).detail).toContain('does not take bank transfers in EUR');
    expect((await refusalOf(place('card'))).detail).toContain('payment.token');
  });
});

describe('what a scheme takes back after its saga has ended', () => {
  beforeAll(() => route({ gateway: 'adyen' }));
  const fellBack = async (id: string, kind: 'capture' | 'refund') => {
    const [payment] = await payments(id);
    w.hold(true);
    const reply = await fetch(`${w.adyen.controlUrl}/_sim/payments/${payment?.ref}/${kind}_failed`, { method: 'POST' });
    expect(reply.ok).toBe(true);
    const news: Parameters<GatewayHouse['take']>[0][number][] = [];
    await expect.poll(() => news.push(...w.held()), { timeout: 10_000 }).toBeGreaterThan(0);
    w.hold(false);
    return news;
  };
  const shippedOrder = async () => {
    const id = await place('card', 'pm_card_visa');
    await w.rest();
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await w.rest();
    return id;
  };

  it('a capture is owed again, once, however often it is told of', async () => {
    const id = await shippedOrder();
    expect(await state(id)).toMatchObject({ payment_status: 'CAPTURED' });
    const news = await fellBack(id, 'capture');
    await w.take([...news, ...news]);
    await w.rest(2);
    expect(await state(id)).toMatchObject({
      status: 'FULFILLED',
      payment_status: 'FAILED',
      holds: ['payment'],
      receivable: 2_500,
    });
    await w.take(news);
    await w.rest(2);
    expect(await state(id)).toMatchObject({ receivable: 2_500 });
    await w.audit();
    await record(id, 2_500n);
    expect(await state(id)).toMatchObject({ payment_status: 'CAPTURED', holds: [], receivable: 0 });
  });

  it('a refund has failed, its units are free, and it can be given again', async () => {
    const id = await shippedOrder();
    const refund = async () => {
      await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 500n, reason: 'late' }, w.ctx());
      w.advanceClock(11_000);
      await w.rest();
    };
    await refund();
    expect(await payments(id)).toMatchObject([{ refunded: 500 }]);
    const news = await fellBack(id, 'refund');
    await w.take([...news, ...news]);
    await w.rest(2);
    expect(await payments(id)).toMatchObject([{ refunded: 0, status: 'CAPTURED' }]);
    const { rows } = await w.db.pool.query('SELECT status FROM refunds WHERE order_id = $1', [id]);
    expect(rows).toEqual([{ status: 'failed' }]);
    await refund();
    expect(await payments(id)).toMatchObject([{ refunded: 500, status: 'PARTIALLY_REFUNDED' }]);
    await w.audit();
  });

  deep('a capture that is refused before it was told of as done fails in its own saga', async () => {
    const id = await place('card', 'pm_card_visa');
    await w.rest();
    w.hold(true);
    await w.flows.shipOrder({ orderId: id }, w.ctx('warehouse'));
    await w.settle();
    const first: Parameters<GatewayHouse['take']>[0][number][] = [];
    await expect.poll(() => first.push(...w.held()), { timeout: 10_000 }).toBeGreaterThan(0);
    const later = await fellBack(id, 'capture');
    await w.take([...later, ...first]);
    await w.rest();
    expect(await state(id)).toMatchObject({ payment_status: 'AUTHORIZED', fulfilment_status: 'ALLOCATED' });
  });
});
