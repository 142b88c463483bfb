import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type DisputeHands, disputeHands } from '../testing/dispute-hands.ts';
import { type GatewayHouse, gatewayHouse } from '../testing/gateway-house.ts';
import { dieEverywhere } from '../testing/mortal.ts';
import { refusalOf as refusal } from '../testing/refusal.ts';

let w: GatewayHouse;
let d: DisputeHands;
let before: Awaited<ReturnType<DisputeHands['books']>>;
beforeAll(async () => {
  w = await gatewayHouse();
  d = disputeHands(w);
});
afterAll(() => w?.close());
beforeEach(async () => {
  before = await d.books();
});

/** What was lost since the test began, and what that cost. */
const lost = async (): Promise<readonly [losses: number, fees: number]> => {
  const { losses, fees } = await d.books();
  return [losses - before.losses, fees - before.fees];
};
const refund = (orderId: string, amountMinor: bigint) =>
  w.flows.refundOrder({ kind: 'amount', orderId, amountMinor, reason: 'customer_request' }, w.ctx());
const types = async (orderId: string): Promise<string[]> =>
  (
    await w.db.pool.query<{ type: string }>(
      `SELECT type FROM events WHERE aggregate_id = $1 AND type LIKE 'dispute.%' ORDER BY aggregate_version`,
      [orderId],
    )
  ).rows.map(({ type }) => type);

describe('a payment that the cardholder’s bank takes back', () => {
  it('is the merchant’s loss from that moment, with the fee apart, and comes back once when it is won', async () => {
    const order = await d.paid();
    await d.open(order);
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'open', amount: 2_500, taken: 2_500 }]);
    expect(await lost()).toEqual([2_500, 1_500]);
    expect(await w.order(order.id)).toMatchObject({ payment_status: 'CAPTURED', captured_minor: 2_500n, refunded_minor: 0n });
    await w.audit();
    await d.decide(order, 'won');
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'won', taken: 0 }]);
    expect(await lost()).toEqual([0, 0]);
    await w.audit();
  });

  it('is booked once, whatever is told, how often and in which order', async () => {
    const order = await d.paid();
    w.hold(true);
    await d.open(order, { amount: 1_000 });
    await d.decide(order, 'won');
    await d.news();
    await d.news();
    w.hold(false);
    const told = w.held();
    expect(told.length).toBeGreaterThanOrEqual(3);
    await w.take([...told.toReversed(), ...told, ...told]);
    expect(await d.one(order)).toMatchObject({ status: 'won', amount: 1_000, taken: 0 });
    const { rows } = await w.db.pool.query(
      `SELECT kind, count(*)::int AS n FROM transfers WHERE order_id = $1 AND kind LIKE 'chargeback%' GROUP BY kind ORDER BY kind`,
      [order.id],
    );
    expect(rows).toEqual([
      { kind: 'chargeback', n: 1 },
      { kind: 'chargeback_fee', n: 2 },
      { kind: 'chargeback_won', n: 1 },
    ]);
    expect(await types(order.id)).toEqual(['dispute.won']);
    await w.audit();
  });

  it('is only asked about at first: nothing is taken, and it may be refunded', async () => {
    const order = await d.paid();
    await d.open(order, { inquiry: true });
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'inquiry', taken: 0 }]);
    expect(await lost()).toEqual([0, 0]);
    await refund(order.id, 500n);
    await w.rest();
    await d.decide(order, 'won');
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'withdrawn', taken: 0 }]);
    await w.audit();
  });

  it('is found where no message came: in the report, and by asking what became of it', async () => {
    const order = await d.paid();
    await w.psp.switches.set({ webhooks: { off: true } });
    await d.open(order);
    expect(await w.flows.disputes.sweep({ reports: true }, w.ctx())).toBeGreaterThan(0);
    expect(await d.one(order)).toMatchObject({ status: 'open', taken: 2_500 });
    await d.decide(order, 'lost');
    expect(await w.flows.disputes.sweep({ reports: false }, w.ctx())).toBe(0);
    w.advanceClock(7 * 3_600_000);
    await w.flows.disputes.sweep({ reports: false }, w.ctx());
    await w.psp.switches.set({ webhooks: { off: false } });
    expect(await d.one(order)).toMatchObject({ status: 'lost', taken: 2_500 });
    await w.audit();
  });
});

describe('disputed money and refunds', () => {
  it('is not given back twice: the planner says what is left, and why', async () => {
    const order = await d.paid();
    await d.open(order, { amount: 2_000 });
    await expect.poll(() => d.disputes(order)).toHaveLength(1);
    const refused = await refusal(refund(order.id, 1_000n));
    expect(refused).toMatchObject({ code: 'over_limit', data: { leftMinor: 500, disputedMinor: 2_000 } });
    expect(refused.detail).toContain('The cardholder’s bank has taken 20.00 EUR back by itself.');
    await refund(order.id, 500n);
    await w.rest();
    expect((await refusal(refund(order.id, 1n))).detail).toContain('it cannot be refunded as well');
    expect(w.effects('card', order.id)).toEqual(['authorization', 'capture', 'dispute', 'refund']);
    await w.audit();
  });

  it('is not sent where the bank took it between the wish and the sending', async () => {
    const order = await d.paid();
    const { id } = await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged', undoable: true }, w.ctx());
    await d.open(order);
    await expect.poll(() => d.disputes(order)).toHaveLength(1);
    w.advanceClock(11_000);
    await w.rest();
    const { rows } = await w.db.pool.query(`SELECT status, failure->>'code' AS why FROM refunds WHERE id = $1`, [id]);
    expect(rows).toEqual([{ status: 'failed', why: 'disputed' }]);
    expect(w.effects('card', order.id)).not.toContain('refund');
    await d.decide(order, 'won');
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'won' }]);
    await w.flows.refundOrder({ kind: 'units', orderId: order.id, reason: 'damaged' }, w.ctx());
    await w.rest();
    expect(await w.order(order.id)).toMatchObject({ payment_status: 'REFUNDED' });
    await w.audit();
  });

  it('may be money that was refunded already: then the loss is real until the bank gives it back', async () => {
    const order = await d.paid();
    await refund(order.id, 2_500n);
    await w.rest();
    await d.open(order);
    await expect.poll(() => d.disputes(order)).toMatchObject([{ status: 'open', taken: 2_500 }]);
    expect(await w.order(order.id)).toMatchObject({ refunded_minor: 2_500n, captured_minor: 2_500n, receivable_minor: 0n });
    await w.audit();
    await d.decide(order, 'won');
    await expect.poll(async () => (await d.one(order)).status).toBe('won');
    expect(await lost()).toEqual([0, 0]);
    await w.audit();
  });
});

describe('an order with a dispute', () => {
  it('ships nothing more while it is open, and goes on when it is won', async () => {
    const order = await d.paid(1, 3);
    await d.open(order);
    await expect.poll(async () => (await w.order(order.id)).holds).toEqual(['dispute']);
    expect((await refusal(w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse')))).detail).toContain('on hold (dispute)');
    await w.audit();
    await d.decide(order, 'won');
    await expect.poll(async () => (await w.order(order.id)).holds).toEqual([]);
    await w.flows.shipOrder({ orderId: order.id }, w.ctx('warehouse'));
    await w.rest();
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED' });
    await w.audit();
  });
});

describe('the answer to a dispute', () => {
  const disputed = async () => {
    const order = await d.paid();
    await d.open(order);
    await expect.poll(() => d.disputes(order)).toHaveLength(1);
    return { order, disputeId: (await d.one(order)).id };
  };
  const submissions = (ref: string): number =>
    [...w.psp.state.disputes.values()].filter((one) => one.intent === ref).reduce((sum, one) => sum + (one.submissions ?? 0), 0);

  it('is gathered, sent once, and may win', async () => {
    const { order, disputeId } = await disputed();
    await w.flows.disputes.save({ disputeId, evidence: { trackingNumber: 'TN1', statement: 'x' } }, w.ctx());
    const data = Buffer.from('%PDF-1.4 a receipt').toString('base64');
    await w.flows.disputes.addFile({ disputeId, kind: 'receipt', contentType: 'application/pdf', data }, w.ctx());
    const key = newId();
    const wish = { disputeId, evidence: { statement: 'It arrived: winning_evidence' } };
    const [first, second] = [
      await w.flows.disputes.submit(wish, w.ctx(), key),
      await w.flows.disputes.submit(wish, w.ctx(), key),
    ];
    expect(second).toEqual(first);
    expect((await refusal(w.flows.disputes.submit(wish, w.ctx()))).detail).toBe('The answer is being sent.');
    await w.settle();
    expect(await d.one(order)).toMatchObject({ status: 'won', answer: 'evidence', answered: true, taken: 0 });
    const [sent] = [...w.psp.state.disputes.values()].filter((one) => one.intent === order.ref);
    expect(sent?.evidence).toMatchObject({ shipping_tracking_number: 'TN1', uncategorized_text: 'It arrived: winning_evidence' });
    expect(sent?.evidence?.receipt).toMatch(/^file_/);
    expect(submissions(order.ref)).toBe(1);
    expect((await refusal(w.flows.disputes.save(wish, w.ctx()))).code).toBe('state_refuses');
    await w.audit();
  });

  it('lets the money go, and says so', async () => {
    const { order, disputeId } = await disputed();
    await w.flows.disputes.accept({ disputeId, reason: 'The parcel was lost' }, w.ctx());
    await w.settle();
    expect(await d.one(order)).toMatchObject({ status: 'accepted', taken: 2_500 });
    expect(await types(order.id)).toEqual(['dispute.opened', 'dispute.answered', 'dispute.accepted']);
    await w.audit();
  });

  it('is refused in words, and may be given again', async () => {
    const { order, disputeId } = await disputed();
    const nothing = await refusal(w.flows.disputes.submit({ disputeId }, w.ctx()));
    expect(nothing.detail).toContain('nothing to send yet');
    expect((await refusal(w.flows.disputes.submit({ disputeId: newId() }, w.ctx()))).code).toBe('not_found');
    const picture = { disputeId, kind: 'other', contentType: 'image/png', data: 'AAAA' } as const;
    expect((await refusal(w.flows.disputes.addFile(picture, w.ctx()))).detail).toContain('no file of the kind');
    w.hold(true);
    await d.decide(order, 'lost');
    await w.flows.disputes.submit({ disputeId, evidence: { statement: 'Late' } }, w.ctx());
    await w.settle();
    w.hold(false);
    expect(await d.one(order)).toMatchObject({ status: 'open', answer: null, why: 'dispute_closed' });
    await w.take(w.held());
    expect(await d.one(order)).toMatchObject({ status: 'lost' });
    await w.audit();
  });

  it('is one answer, wherever a worker dies that sends it, and however the reply is lost', async () => {
    const deaths = await dieEverywhere(
      { pool: w.db.pool, outside: w.outside, clock: w.clock },
      {
        begin: disputed,
        async work(flows, { disputeId }) {
          await flows.disputes.submit({ disputeId, evidence: { statement: 'It arrived' } }, w.ctx(), `answer:${disputeId}`);
          const { rows } = await w.db.pool.query<{ id: string }>(`SELECT id FROM sagas WHERE state->>'disputeId' = $1`, [
            disputeId,
          ]);
          for (const { id } of rows) await flows.advanceSaga(id);
        },
        async end({ order, disputeId }, died) {
          await w.flows.disputes.submit({ disputeId, evidence: { statement: 'It arrived' } }, w.ctx(), `answer:${disputeId}`);
          for (let round = 0; round < 3; round++) {
            await w.settle();
            w.advanceClock(13_000);
          }
          expect(await d.one(order), died).toMatchObject({ status: 'submitted', answer: 'evidence', answered: true });
          expect(submissions(order.ref), died).toBe(1);
        },
      },
    );
    expect(deaths).toBeGreaterThan(2);
    await w.psp.switches.set({ drop_reply: { on: 'dispute', next: 1 } });
    const { order, disputeId } = await disputed();
    await w.flows.disputes.submit({ disputeId, evidence: { statement: 'It arrived' } }, w.ctx());
    await w.settle();
    w.advanceClock(31_000);
    await w.settle();
    expect(await d.one(order)).toMatchObject({ status: 'submitted', answered: true });
    expect(submissions(order.ref)).toBe(1);
    await w.audit();
  });
});

describe('a gateway that only tells', () => {
  const step = async (ref: string, name: string): Promise<void> => {
    const url = `${w.adyen.controlUrl}/_sim/payments/${ref}/chargeback`;
    expect((await fetch(url, { method: 'POST', body: JSON.stringify({ step: name }) })).status).toBe(200);
  };
  const stand = async (orderId: string): Promise<unknown> =>
    (
      await w.db.pool.query(
        `SELECT status, taken_minor::int AS taken, evidence_due_at IS NOT NULL AS due FROM disputes WHERE order_id = $1`,
        [orderId],
      )
    ).rows;
  beforeAll(() => w.flows.setPaymentGateways({ merchantId: w.merchantId, gateways: [{ gateway: 'adyen' }] }, w.ctx()));

  it('is believed: noticed, taken, reversed, and taken for good', async () => {
    const order = await d.paid();
    await step(order.ref, 'NOTIFICATION_OF_CHARGEBACK');
    await expect.poll(() => stand(order.id)).toEqual([{ status: 'open', taken: 0, due: true }]);
    await step(order.ref, 'CHARGEBACK');
    await expect.poll(() => stand(order.id)).toMatchObject([{ status: 'open', taken: 2_500 }]);
    const { id: disputeId } = await d.one(order);
    const refused = await refusal(w.flows.disputes.submit({ disputeId, evidence: { statement: 'x' } }, w.ctx()));
    expect(refused.detail).toContain('on its own pages only');
    await step(order.ref, 'CHARGEBACK_REVERSED');
    await expect.poll(() => stand(order.id)).toMatchObject([{ status: 'won', taken: 0 }]);
    await step(order.ref, 'SECOND_CHARGEBACK');
    await expect.poll(() => stand(order.id)).toMatchObject([{ status: 'lost', taken: 2_500 }]);
    expect(await lost()).toEqual([2_500, 0]);
    await w.audit();
  });

  it.each([
    ['lost', 1_250],
    ['won', 0],
  ] as const)(
    'has taken all at once: what is cancelled of an order whose dispute is %s is given back once',
    async (how, loss) => {
      const order = await d.paid(1, 3);
      expect(await w.order(order.id)).toMatchObject({ captured_minor: 3_750n });
      await step(order.ref, 'CHARGEBACK');
      await expect.poll(() => stand(order.id)).toMatchObject([{ status: 'open', taken: 3_750 }]);
      await w.flows.cancelOrder({ orderId: order.id, reason: 'customer_request' }, w.ctx());
      await w.rest();
      // The bank has the money: nothing is sent, and the customer is owed it until the bank has decided.
      expect(await w.order(order.id)).toMatchObject({ receivable_minor: -2_500n, refunded_minor: 0n });
      await w.audit();
      await step(order.ref, how === 'won' ? 'CHARGEBACK_REVERSED' : 'SECOND_CHARGEBACK');
      await expect.poll(async () => (await d.one(order)).status).toBe(how);
      await w.rest();
      expect(await w.order(order.id)).toMatchObject({ receivable_minor: 0n, refunded_minor: how === 'won' ? 2_500n : 0n });
      expect(await lost()).toEqual([loss, 0]);
      await w.audit();
    },
  );

  it('is read in its report where it told nothing', async () => {
    const order = await d.paid();
    await w.adyen.switches.set({ webhooks: { off: true } });
    await step(order.ref, 'CHARGEBACK');
    await w.adyen.switches.set({ webhooks: { off: false } });
    await w.flows.disputes.sweep({ reports: true }, w.ctx());
    expect(await stand(order.id)).toMatchObject([{ status: 'open', taken: 2_500 }]);
    await w.audit();
  });
});
