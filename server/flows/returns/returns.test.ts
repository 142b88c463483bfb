import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_TERMS } from '../../domains/returns/rules.ts';
import type { ReturnTerms } from '../../domains/returns/schema.ts';
import type { MailLinks } from '../mail/content.ts';
import { readContent } from '../mail/facts.ts';
import { processWebhook } from '../process-webhook.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { comesToRest } from '../testing/parcel-hands.ts';
import { refusalOf as refusal } from '../testing/refusal.ts';
import { accepted, delivered, onHand, requested, returnRow } from '../testing/return-hands.ts';

const LINKS = { track: (orderId: string) => `https://shop.example/${orderId}` } as unknown as MailLinks;

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 5_000 });
});
beforeEach(() => w.carrier.switches.reset());
afterAll(() => w.close());

const DAY_MS = 86_400_000;
let version = 0;
/** The merchant's policy from now on. */
async function policy(terms: Partial<ReturnTerms> = {}): Promise<void> {
  await w.flows.policies.saveReturns({ merchantId: w.merchantId, ...DEFAULT_TERMS, ...terms, seenVersion: version++ }, w.ctx());
}
const settle = (returnId: string, more: Record<string, unknown> = {}) => w.flows.returns.settle({ returnId, ...more }, w.ctx());
const inspect = (returnId: string, lines: Parameters<typeof w.flows.returns.inspect>[0]['lines']) =>
  w.flows.returns.inspect({ returnId, lines }, w.ctx('warehouse'));

describe('a return', () => {
  it('goes from the customer’s wish to their money, its units to the shelf or off the books', async () => {
    await policy({ restockingBps: 1_000, labelPayer: 'customer', labelFeeMinor: 390n });
    const order = await delivered(w, { MUG: 3 });
    const MUG = order.lines.MUG as string;
    const shelf = await onHand(w, 'MUG');
    const returnId = await requested(w, order, { MUG: 3 }, { label: true });
    await w.flows.returns.approve({ returnId, label: true }, w.ctx());
    await w.settle();
    const labelled = await returnRow(w, returnId);
    expect(labelled).toMatchObject({
      status: 'labelled',
      number: expect.stringMatching(/^EU-A\d+$/),
      tracking_number: expect.any(String),
    });
    await w.flows.returns.report({ returnId, status: 'arrived', occurredAt: w.clock() }, w.ctx('carrier'));
    await w.flows.returns.report({ returnId, status: 'sent', occurredAt: w.clock() }, w.ctx('carrier'));
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'in_transit' });
    await w.flows.returns.receive({ returnId, nodeId: w.nodes[1] as string }, w.ctx('warehouse'), 'scan');
    await w.flows.returns.receive({ returnId, nodeId: w.nodes[1] as string }, w.ctx('warehouse'), 'scan');
    expect(await onHand(w, 'MUG')).toBe(shelf);
    expect(await w.order(order.orderId)).toMatchObject({ fulfilment_status: 'RETURNED' });
    const looked = await inspect(returnId, [
      { lineId: MUG, quantity: 1, verdict: 'accept', stock: 'sellable' },
      { lineId: MUG, quantity: 1, verdict: 'part', valuePercent: 40, stock: 'scrap' },
    ]);
    expect(looked).toMatchObject({ status: 'received', left: 1 });
    expect(await inspect(returnId, [{ lineId: MUG, quantity: 1, verdict: 'reject' }])).toMatchObject({ status: 'inspected' });
    expect(await onHand(w, 'MUG')).toBe(shelf + 1n);
    // 12.50 + 40 % of 12.50, less a tenth, less the label.
    const shown = await w.flows.returns.previewSettle({ returnId }, w.ctx());
    expect(shown).toMatchObject({ dueMinor: 1_750, feeMinor: 175, labelFeeMinor: 390, refundMinor: 1_185, resolution: 'refund' });
    await settle(returnId, { fingerprint: shown.fingerprint });
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settling' });
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', refund_minor: 1_185n });
    const told = (kind: 'return_approved' | 'return_settled') =>
      readContent(w.db.pool, { kind, orderId: order.orderId, data: { returnId }, createdAt: w.clock() }, LINKS);
    expect(await told('return_settled')).toMatchObject({
      dueMinor: 1_750n,
      keptMinor: 565n,
      refundMinor: 1_185n,
      chargeMinor: 0n,
    });
    // Nobody sends what is settled.
    expect(await told('return_approved')).toBeNull();
    expect(await w.order(order.orderId)).toMatchObject({ refunded_minor: 1_185n, receivable_minor: 0n, status: 'FULFILLED' });
    const { rows } = await w.db.pool.query('SELECT kind, on_hand_delta FROM stock_movements WHERE reference = $1 ORDER BY id', [
      returnId,
    ]);
    expect(rows).toEqual([
      { kind: 'return', on_hand_delta: 2n },
      { kind: 'damage', on_hand_delta: -1n },
    ]);
    await w.flows.returns.close({ returnId }, w.ctx());
    // What was rejected is the customer's, and neither refunded as a unit nor sent back once more.
    expect((await w.flows.returns.offer(order.orderId, w.ctx())).lines[0]).toMatchObject({
      quantity: 0,
      why: expect.stringContaining('in a return already'),
    });
    expect(await refusal(w.flows.refundOrder({ kind: 'units', orderId: order.orderId, reason: 'other' }, w.ctx()))).toMatchObject(
      { code: 'state_refuses' },
    );
    await w.expectBooksAgree();
  });

  it('costs no fee where the goods were at fault, and becomes store credit where the customer wishes', async () => {
    await policy({ restockingBps: 5_000 });
    const order = await delivered(w, { TEE: 2 });
    const returnId = await accepted(w, order, { TEE: 1 }, { reason: 'damaged', wants: 'store_credit' });
    expect(await settle(returnId)).toMatchObject({ resolution: 'store_credit', refundMinor: 1_999 });
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', resolution: 'store_credit' });
    const { rows } = await w.db.pool.query(
      `SELECT sum(credits_posted - debits_posted)::bigint AS b FROM accounts WHERE code LIKE 'store_credit:%'`,
    );
    expect(rows[0]?.b).toBe(1_999n);
    await w.expectBooksAgree();
  });

  it('is received short, and more than was announced', async () => {
    await policy();
    const order = await delivered(w, { MUG: 4 });
    const MUG = order.lines.MUG as string;
    const returnId = await requested(w, order, { MUG: 2 }, { approve: true });
    const receive = (quantity: number) =>
      w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string, lines: [{ lineId: MUG, quantity }] }, w.ctx('warehouse'));
    expect(await receive(1)).toMatchObject({ received: 1, missing: 1, extra: 0 });
    expect(await receive(2)).toMatchObject({ received: 2, missing: 0, extra: 1 });
    expect(await refusal(receive(2))).toMatchObject({ code: 'over_limit' });
    await inspect(returnId, [{ lineId: MUG, quantity: 3, verdict: 'accept' }]);
    expect(await settle(returnId)).toMatchObject({ refundMinor: 3_750 });
    const other = await delivered(w, { MUG: 2 });
    const short = await requested(w, other, { MUG: 2 }, { approve: true });
    const lineId = other.lines.MUG as string;
    await w.flows.returns.receive({ returnId: short, nodeId: w.nodes[0] as string, lines: [{ lineId, quantity: 1 }] }, w.ctx());
    await inspect(short, [{ lineId, quantity: 1, verdict: 'accept' }]);
    expect(await w.flows.returns.previewSettle({ returnId: short }, w.ctx())).toMatchObject({ missing: 1, refundMinor: 1_250 });
    await settle(short);
    await w.settle();
    // The unit that never came can be sent back another time.
    expect((await w.flows.returns.offer(other.orderId, w.ctx())).lines[0]).toMatchObject({ quantity: 1 });
    await w.expectBooksAgree();
  });

  it('is not had where the policy says no, in the same words for everybody; a person may take it anyway and says why', async () => {
    await policy({ windowDays: 14, finalSale: ['TEE'] });
    const order = await delivered(w, { MUG: 1, TEE: 1 });
    const ask = (sku: string) => refusal(requested(w, order, { [sku]: 1 }));
    const offered = async (sku: string) =>
      (await w.flows.returns.offer(order.orderId, w.ctx())).lines.find((line) => line.lineId === order.lines[sku])?.why;
    expect(await ask('TEE')).toMatchObject({ code: 'state_refuses', message: 'TEE is final sale: it is not taken back.' });
    expect(await offered('TEE')).toBe('TEE is final sale: it is not taken back.');
    expect(await offered('MUG')).toBeNull();
    await w.db.pool.query(`UPDATE shipments SET delivered_at = delivered_at - interval '15 days' WHERE order_id = $1`, [
      order.orderId,
    ]);
    const late = await ask('MUG');
    expect(late.message).toMatch(/^MUG could be sent back within 14 days of its delivery, until \d{4}-\d\d-\d\d\.$/);
    expect(await offered('MUG')).toBe(late.message);
    // A policy of tomorrow is not today's.
    await w.flows.policies.saveReturns(
      {
        merchantId: w.merchantId,
        ...DEFAULT_TERMS,
        windowDays: 90,
        seenVersion: version++,
        effectiveFrom: new Date(w.clock().getTime() + DAY_MS),
      },
      w.ctx(),
    );
    expect(await offered('MUG')).toBe(late.message);
    const returnId = await requested(w, order, { TEE: 1 }, { despite: 'A good customer' });
    expect(await returnRow(w, returnId)).toMatchObject({ despite: 'A good customer', policy_version: version - 1 });
    const tomorrow = { ...w.ctx(), now: new Date(w.clock().getTime() + 2 * DAY_MS) };
    expect((await w.flows.returns.offer(order.orderId, tomorrow)).lines.map((line) => line.why)).toContain(null);
    expect(
      await refusal(w.flows.policies.saveReturns({ merchantId: w.merchantId, ...DEFAULT_TERMS, seenVersion: 0 }, w.ctx())),
    ).toMatchObject({ code: 'conflict' });
  });

  it('frees its units where it is declined, cancelled or never sent, and its label is void', async () => {
    await policy({ sendWithinDays: 7 });
    const order = await delivered(w, { MUG: 3 });
    const declined = await requested(w, order, { MUG: 1 });
    expect(await refusal(requested(w, order, { MUG: 3 }))).toMatchObject({ code: 'over_limit' });
    await w.flows.returns.decline({ returnId: declined, reason: 'Worn' }, w.ctx());
    const cancelled = await requested(w, order, { MUG: 3 }, { approve: true, label: true });
    await w.settle();
    const { carrier_ref: label } = await returnRow(w, cancelled);
    await w.flows.returns.cancel({ returnId: cancelled }, w.ctx('customer'));
    await w.settle();
    expect(w.carrier.state.parcels.get(String(label))?.status).toBe('voided');
    const unsent = await requested(w, order, { MUG: 2 }, { approve: true });
    await w.flows.returns.endOverdue(w.ctx());
    expect(await returnRow(w, unsent)).toMatchObject({ status: 'approved' });
    await w.db.pool.query(`UPDATE returns SET send_by = now() - interval '1 hour' WHERE id = $1`, [unsent]);
    expect(await w.flows.returns.endOverdue(w.ctx())).toBeGreaterThan(0);
    expect(await returnRow(w, unsent)).toMatchObject({ status: 'expired' });
    expect(await refusal(w.flows.returns.receive({ returnId: unsent, nodeId: w.nodes[0] as string }, w.ctx()))).toMatchObject({
      message: expect.stringContaining('has expired'),
    });
    expect((await w.flows.returns.offer(order.orderId, w.ctx())).lines[0]).toMatchObject({ quantity: 3 });
    await w.expectBooksAgree();
  });

  it.each(['drop_reply', 'error_5xx_after', 'drop_before'])('has one label in spite of %s', async (fault) => {
    const order = await delivered(w, { MUG: 1 });
    await w.carrier.switches.set({ [fault]: { on: 'label', next: 1 } });
    const before = w.carrier.state.parcels.size;
    const returnId = await requested(w, order, { MUG: 1 }, { approve: true, label: true });
    await comesToRest(w);
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'labelled' });
    expect(w.carrier.state.parcels.size).toBe(before + 1);
  });

  it('is taken on by the carrier’s messages', async () => {
    const order = await delivered(w, { MUG: 1 });
    const returnId = await requested(w, order, { MUG: 1 }, { approve: true, label: true });
    await w.settle();
    const { carrier_ref: carrierRef } = await returnRow(w, returnId);
    const news = {
      subject: 'parcel',
      shipmentId: returnId,
      boxId: null,
      status: 'in_transit',
      detail: null,
      proof: null,
      carrierRef,
    };
    const { rows } = await w.db.pool.query<{ id: string }>(
      `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, status, received_at)
       VALUES (gen_random_uuid(), 'carrier', 'news-1', 'parcel.in_transit', $1, 'received', now()) RETURNING id`,
      [JSON.stringify({ ...news, occurredAt: w.clock().toISOString() })],
    );
    await processWebhook(w.db.pool, w.flows, rows[0]?.id as string, w.ctx('carrier'), { lastTry: true });
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'in_transit' });
  });

  it('keeps pictures that are pictures, six at most', async () => {
    const order = await delivered(w, { MUG: 1 });
    const returnId = await requested(w, order, { MUG: 1 });
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).toString('base64');
    const add = (data: string) => w.flows.returns.addPhoto({ returnId, contentType: 'image/jpeg', data }, w.ctx('customer'));
    expect(await refusal(add(Buffer.from('<script>').toString('base64')))).toMatchObject({ code: 'invalid_request' });
    for (let photo = 0; photo < 6; photo++) await add(jpeg);
    expect(await refusal(add(jpeg))).toMatchObject({ code: 'over_limit' });
  });
});

describe('an exchange', () => {
  it('sends other goods in place of what came back, and gives the difference back', async () => {
    await policy({ restockingBps: 1_000 });
    const order = await delivered(w, { TEE: 2, MUG: 1 });
    const TEE = order.lines.TEE as string;
    const returnId = await accepted(w, order, { TEE: 2 }, { reason: 'does_not_fit', wants: 'exchange' });
    const mugs = [{ lineId: TEE, sku: 'MUG', quantity: 1 }];
    // 19.99 for a mug of 12.50; the other 19.99 comes back, less its fee.
    const shown = await w.flows.returns.previewSettle({ returnId, exchange: mugs }, w.ctx());
    expect(shown).toMatchObject({ dueMinor: 3_998, exchangedMinor: 1_250, feeMinor: 199, refundMinor: 2_549 });
    await settle(returnId, { exchange: mugs, fingerprint: shown.fingerprint });
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', resolution: 'exchange' });
    expect(await w.order(order.orderId)).toMatchObject({
      status: 'PARTIALLY_FULFILLED',
      fulfilment_status: 'ALLOCATED',
      refunded_minor: 2_549n,
    });
    await w.flows.shipOrder({ orderId: order.orderId }, w.ctx());
    await w.settle();
    // The mug that was ordered can still be refunded: what is sent in exchange is not sent in its place.
    await w.flows.refundOrder({ kind: 'units', orderId: order.orderId, reason: 'other' }, w.ctx());
    await w.settle();
    expect(await w.order(order.orderId)).toMatchObject({ status: 'FULFILLED', refunded_minor: 3_799n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('of like for like costs nothing, whatever the frozen share of a unit is and the catalogue says by now', async () => {
    await policy();
    // Three at 0.333 are 1.00: the first of them is worth 33 cents, one alone is priced at 33, and the last at 34.
    const order = await delivered(w, { BAG: 3 });
    const BAG = order.lines.BAG as string;
    await w.db.pool.query(`UPDATE skus SET price = '9' WHERE merchant_id = $1 AND code = 'BAG'`, [w.merchantId]);
    const returnId = await accepted(w, order, { BAG: 2 }, { wants: 'exchange' });
    await settle(returnId, { exchange: [{ lineId: BAG, sku: 'BAG', quantity: 2 }] });
    await w.db.pool.query(`UPDATE skus SET price = '0.333' WHERE merchant_id = $1 AND code = 'BAG'`, [w.merchantId]);
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', exchanged_minor: 66n, refund_minor: 0n });
    await w.settle();
    await w.flows.shipOrder({ orderId: order.orderId }, w.ctx());
    await w.settle();
    expect(await w.order(order.orderId)).toMatchObject({ status: 'FULFILLED', refunded_minor: 0n, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('is refused where the other goods are dearer, are not there, or nothing was accepted', async () => {
    await policy();
    const order = await delivered(w, { MUG: 1 });
    const MUG = order.lines.MUG as string;
    const returnId = await accepted(w, order, { MUG: 1 });
    const instead = (sku: string, quantity = 1) => refusal(settle(returnId, { exchange: [{ lineId: MUG, sku, quantity }] }));
    expect((await instead('TEE')).message).toBe(
      'What is sent instead costs 7.49 EUR more than what came back. Settle to store credit, and place a new order.',
    );
    expect(await instead('NOPE')).toMatchObject({ code: 'unknown_sku' });
    expect(await instead('MUG', 2)).toMatchObject({ code: 'over_limit' });
    await policy({ exchanges: false });
    const other = await accepted(w, await delivered(w, { MUG: 1 }), { MUG: 1 });
    expect((await refusal(settle(other, { resolution: 'exchange' }))).message).toContain('no exchange');
    await w.expectBooksAgree();
  });
});

describe('two people', () => {
  it('settle one return: one does, the other sees what changed', async () => {
    await policy();
    const order = await delivered(w, { MUG: 2 });
    const returnId = await accepted(w, order, { MUG: 2 });
    const { fingerprint } = await w.flows.returns.previewSettle({ returnId }, w.ctx());
    const both = await Promise.allSettled(
      ['agent', 'other'].map((who) => w.flows.returns.settle({ returnId, fingerprint }, w.ctx(who))),
    );
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const lost = both.find((one) => one.status === 'rejected');
    expect(lost?.reason).toMatchObject({
      code: 'plan_changed',
      data: { status: 'settling', settledBy: expect.stringContaining('user:') },
    });
    await w.settle();
    expect(await w.order(order.orderId)).toMatchObject({ refunded_minor: 2_500n, receivable_minor: 0n });
  });

  it('never give back more than was taken: goodwill that went first leaves less for the return', async () => {
    await policy();
    const order = await delivered(w, { MUG: 1 });
    const returnId = await accepted(w, order, { MUG: 1 });
    const shown = await w.flows.returns.previewSettle({ returnId }, w.ctx());
    await w.flows.refundOrder({ kind: 'goodwill', orderId: order.orderId, amountMinor: 500n, reason: 'late' }, w.ctx());
    expect(await refusal(settle(returnId, { fingerprint: shown.fingerprint }))).toMatchObject({ code: 'plan_changed' });
    expect(await settle(returnId)).toMatchObject({ refundMinor: 750 });
    await comesToRest(w);
    expect(await w.order(order.orderId)).toMatchObject({ captured_minor: 1_250n, refunded_minor: 1_250n });
    await w.expectBooksAgree();
  });

  it('have the return open again where its refund is undone, or a second person says no', async () => {
    await policy();
    const order = await delivered(w, { MUG: 1 });
    const returnId = await accepted(w, order, { MUG: 1 });
    const first = await settle(returnId, { undoable: true });
    await w.flows.undoRefund({ orderId: order.orderId, refundId: first.refundId as string }, w.ctx('other'));
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'inspected', refund_id: null, resolution: null });
    await w.expectBooksAgree();
    await w.db.pool.query(
      `INSERT INTO approval_policies (action, currency, threshold_minor) VALUES ('refund-order', 'EUR', 1000)`,
    );
    const { approvalId } = await settle(returnId);
    await w.flows.decideApproval({ approvalId: approvalId as string, decision: 'reject', reason: 'Look again' }, w.ctx('other'));
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'inspected', refund_minor: 0n });
    const again = await settle(returnId);
    await w.flows.decideApproval({ approvalId: again.approvalId as string, decision: 'approve' }, w.ctx('other'));
    await w.settle();
    expect(await returnRow(w, returnId)).toMatchObject({ status: 'settled', refund_minor: 1_250n });
    await w.expectBooksAgree();
  });
});

it('is looked at before it is settled, received before it is looked at, and approved before it is received', async () => {
  const order = await delivered(w, { MUG: 1 });
  const returnId = await requested(w, order, { MUG: 1 });
  const receive = () => w.flows.returns.receive({ returnId, nodeId: w.nodes[0] as string }, w.ctx('warehouse'));
  expect((await refusal(receive())).message).toMatch(/^Return EU-A\d+ waits for an approval\.$/);
  await w.flows.returns.approve({ returnId, label: false }, w.ctx());
  expect((await refusal(settle(returnId))).message).toContain('nothing of it was received yet');
  await receive();
  expect((await refusal(w.flows.returns.cancel({ returnId }, w.ctx('customer')))).message).toContain('was received');
  const lineId = order.lines.MUG as string;
  expect(await refusal(inspect(returnId, [{ lineId, quantity: 2, verdict: 'accept' }]))).toMatchObject({ code: 'over_limit' });
  expect(await refusal(receive())).toMatchObject({ message: 'All that was announced is here already.' });
});
