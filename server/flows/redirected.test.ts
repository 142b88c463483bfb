import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../domains/policies/rules.ts';
import { type DisputeHands, disputeHands, type PaidOrder } from './testing/dispute-hands.ts';
import { type GatewayHouse, gatewayHouse } from './testing/gateway-house.ts';
import { dieEverywhere } from './testing/mortal.ts';
import { refusalOf } from './testing/refusal.ts';

let w: GatewayHouse;
let d: DisputeHands;
beforeAll(async () => {
  w = await gatewayHouse();
  d = disputeHands(w);
});
afterAll(() => w?.close());

interface Leg {
  readonly id: string;
  readonly status: string;
  readonly destination: string | null;
  readonly why: string | null;
  readonly tries: number;
}
const legs = async (refundId: string): Promise<Leg[]> =>
  (
    await w.db.pool.query<Leg>(
      `SELECT id, status, destination, failure->>'code' AS why, tries FROM refund_legs WHERE refund_id = $1 ORDER BY id`,
      [refundId],
    )
  ).rows;
const status = async (refundId: string): Promise<unknown> =>
  (await w.db.pool.query('SELECT status, failure->>$2 AS why FROM refunds WHERE id = $1', [refundId, 'code'])).rows[0];
const refund = async ({ id }: PaidOrder, amountMinor = 500n) =>
  (await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor, reason: 'late' }, w.ctx('agent'))).id;

/** A refund that the second gateway took on, and tells later that the card’s bank does not take. */
async function refusedLater(): Promise<{ readonly order: PaidOrder; readonly refundId: string; readonly legId: string }> {
  const order = await d.paid();
  await w.adyen.switches.set({ decline: { next: 1, on: 'refund', value: 'expired_card' } });
  const refundId = await refund(order);
  await w.rest();
  const [leg] = await legs(refundId);
  expect(leg).toMatchObject({ status: 'pending', destination: null, why: 'refused' });
  return { order, refundId, legId: leg?.id ?? '' };
}

describe('a part of a refund that its card does not take', () => {
  beforeAll(() => w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'adyen' }] }, w.ctx()));

  it('waits for a person, counts as on its way and not as refunded, and becomes store credit once', async () => {
    const { order, refundId, legId } = await refusedLater();
    expect(await status(refundId)).toEqual({ status: 'pending', why: null });
    expect(await w.order(order.id)).toMatchObject({ refunded_minor: 0n });
    const tooMuch = await refusalOf(refund(order, 2_001n));
    expect(tooMuch).toMatchObject({ code: 'over_limit', data: { leftMinor: 2_000 } });
    await w.audit();
    const wish = { orderId: order.id, refundId, legId, to: 'store_credit' } as const;
    await w.flows.redirectRefund(wish, w.ctx('other'));
    expect((await refusalOf(w.flows.redirectRefund(wish, w.ctx('other')))).detail).toContain('does not wait for a decision');
    await w.rest();
    expect(await status(refundId)).toEqual({ status: 'succeeded', why: null });
    expect(await legs(refundId)).toMatchObject([{ status: 'succeeded', destination: 'store_credit', why: null }]);
    expect(await w.order(order.id)).toMatchObject({ refunded_minor: 500n, receivable_minor: 0n });
    expect(w.effects('adyen', order.id)).toEqual(['authorization', 'capture']);
    await w.audit();
  });

  it('is tried there once more where somebody says so', async () => {
    const { order, refundId, legId } = await refusedLater();
    await w.flows.redirectRefund({ orderId: order.id, refundId, legId, to: 'original' }, w.ctx());
    await w.rest();
    expect(await legs(refundId)).toMatchObject([{ status: 'succeeded', destination: null }]);
    expect(w.effects('adyen', order.id)).toEqual(['authorization', 'capture', 'refund']);
    await w.audit();
  });

  it('was paid by hand where a second person says so, with what it is found by', async () => {
    const { order, refundId, legId } = await refusedLater();
    const wish = { orderId: order.id, refundId, legId, to: 'by_hand', reference: 'SEPA 4711' } as const;
    expect((await refusalOf(w.flows.redirectRefund(wish, w.ctx('agent')))).code).toBe('own_request');
    await w.flows.redirectRefund(wish, w.ctx('other'));
    await w.rest();
    expect(await legs(refundId)).toMatchObject([{ status: 'succeeded', destination: 'by_hand' }]);
    const { rows } = await w.db.pool.query(
      `SELECT t.reference, c.kind FROM transfers t JOIN accounts c ON c.id = t.credit_account WHERE t.order_id = $1 AND t.kind = 'payout_refund'`,
      [order.id],
    );
    expect(rows).toEqual([{ reference: 'SEPA 4711', kind: 'bank_clearing' }]);
    await w.audit();
  });

  it('goes to no wallet that is not there, and may be given up', async () => {
    const { order, refundId, legId } = await refusedLater();
    const wish = { orderId: order.id, refundId, legId };
    expect((await refusalOf(w.flows.redirectRefund({ ...wish, to: 'wallet' }, w.ctx()))).detail).toContain('no open wallet');
    await w.flows.redirectRefund({ ...wish, to: 'nobody' }, w.ctx());
    await w.rest();
    expect(await status(refundId)).toEqual({ status: 'failed', why: 'given_up' });
    expect(await w.order(order.id)).toMatchObject({ refunded_minor: 0n });
    await refund(order, 2_500n);
    await w.rest();
    expect(await w.order(order.id)).toMatchObject({ payment_status: 'REFUNDED' });
    await w.audit();
  });

  it('ends the same wherever the worker dies that sends it elsewhere', async () => {
    const deaths = await dieEverywhere(
      { pool: w.db.pool, outside: w.outside, clock: w.clock },
      {
        begin: refusedLater,
        async work(flows, { order, refundId, legId }) {
          const wish = { orderId: order.id, refundId, legId, to: 'store_credit' } as const;
          await flows.redirectRefund(wish, w.ctx('other'), `redirect:${legId}`);
          const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM sagas WHERE state->>'refundId' = $1`, [
            refundId,
          ]);
          for (const { id } of rows) await flows.advanceSaga(id);
        },
        async end({ order, refundId, legId }, died) {
          const wish = { orderId: order.id, refundId, legId, to: 'store_credit' } as const;
          await w.flows.redirectRefund(wish, w.ctx('other'), `redirect:${legId}`);
          await w.rest();
          expect(await status(refundId), died).toEqual({ status: 'succeeded', why: null });
          expect(await w.order(order.id), died).toMatchObject({ refunded_minor: 500n, receivable_minor: 0n });
        },
      },
    );
    expect(deaths).toBeGreaterThan(1);
    await w.audit();
  });
});

describe('a part of a refund that cannot be sent for the moment', () => {
  beforeAll(() => w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'card' }] }, w.ctx()));

  it('is tried again by itself, each time under an id of its own', async () => {
    const order = await d.paid();
    // Our own balance there is too low.
    await w.psp.switches.set({ decline: { next: 2, on: 'refund' } });
    const refundId = await refund(order);
    for (let round = 0; round < 4; round++) {
      await w.settle();
      w.advanceClock(31_000);
    }
    await w.rest();
    expect(await legs(refundId)).toMatchObject([{ status: 'succeeded', destination: null, why: null, tries: 2 }]);
    expect(w.effects('card', order.id)).toEqual(['authorization', 'capture', 'refund']);
    await w.audit();
  });
});

it('goes where the merchant’s policy says where nobody names a destination', async () => {
  const terms = { ...DEFAULTS.refund, destination: 'store_credit' } as const;
  await w.flows.policies.save({ merchantId: w.merchantId, kind: 'refund', terms, seenVersion: 0 }, w.ctx());
  const order = await d.paid();
  const refundId = await refund(order);
  await w.rest();
  expect(await legs(refundId)).toMatchObject([{ status: 'succeeded', destination: 'store_credit' }]);
  const named = { kind: 'amount', orderId: order.id, amountMinor: 500n, reason: 'late', to: 'original' } as const;
  expect(await w.flows.previewRefund(named, w.ctx())).toMatchObject({ to: 'original' });
  await w.audit();
});
