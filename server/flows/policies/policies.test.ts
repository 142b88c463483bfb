import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../domains/policies/rules.ts';
import type { TermsKind, TermsOf } from '../../domains/policies/schema.ts';
import { readPolicies } from '../../views/policies.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf as refusal } from '../testing/refusal.ts';
import { giftCard } from '../testing/tender-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10_000 });
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.psp.switches.reset();
  for (const kind of ['cancellation', 'refund', 'capture', 'approval'] as const) await say(kind, {});
});

const SEEN: Record<string, number> = {};
/** The merchant's policy of a kind from now on: the house's, but for what is said. */
async function say<K extends TermsKind>(kind: K, terms: Partial<TermsOf[K]>, effectiveFrom?: Date): Promise<number> {
  const saved = await w.flows.policies.save(
    {
      merchantId: w.merchantId,
      kind,
      terms: { ...DEFAULTS[kind], ...terms },
      effectiveFrom,
      seenVersion: SEEN[kind] ?? 0,
    } as never,
    w.ctx(),
  );
  SEEN[kind] = saved.version;
  return saved.version;
}

const ALL = { merchantId: null, customerId: null };
const shown = () => readPolicies(w.db.pool, ALL, w.merchantId, w.clock());
/** Mugs at 12.50, confirmed and allocated. */
async function mugs(
  quantity = 2,
  more: Partial<Parameters<OrderWorld['place']>[0]> = {},
): Promise<{ id: string; lineId: string }> {
  const { id, lines } = await w.place({ lines: [{ sku: 'MUG', quantity }], ...more });
  await w.settle();
  return { id, lineId: lines[0]?.id as string };
}
const cancel = (orderId: string, more: Record<string, unknown> = {}) =>
  w.flows.cancelOrder({ orderId, reason: 'customer_request', by: 'customer', ...more } as never, w.ctx());
const fees = async (orderId: string) =>
  (
    await w.db.pool.query(
      `SELECT policy_version AS version, by_actor AS by, amount_minor::int AS amount, waived_minor::int AS waived, waive_reason AS why, dropped_at IS NOT NULL AS dropped
       FROM cancellation_fees WHERE order_id = $1 ORDER BY id`,
      [orderId],
    )
  ).rows;
const money = async (orderId: string) => {
  const o = (await w.order(orderId)) as Record<string, bigint | string | null>;
  return [o.status, o.payment_status, Number(o.captured_minor), Number(o.refunded_minor), Number(o.receivable_minor)];
};
async function ship(orderId: string): Promise<void> {
  await w.flows.shipOrder({ orderId }, w.ctx('warehouse'));
  await w.settle();
}

describe('a policy', () => {
  it('is a version with its day, said once, by whoever saw the last one', async () => {
    const tomorrow = new Date(w.clock().getTime() + 86_400_000);
    const change = { merchantId: w.merchantId, kind: 'refund', terms: { ...DEFAULTS.refund, aloneDays: 30 } } as const;
    const first = { ...change, seenVersion: SEEN.refund as number, effectiveFrom: tomorrow };
    const saved = await w.flows.policies.save(first, w.ctx(), 'refund-key');
    expect(await w.flows.policies.save(first, w.ctx(), 'refund-key')).toEqual(saved);
    SEEN.refund = saved.version;
    const { policies } = await shown();
    expect(policies.refund).toMatchObject({ version: saved.version, now: { terms: { aloneDays: null } } });
    expect(policies.refund.announced).toMatchObject([{ version: saved.version, createdBy: { kind: 'user' } }]);
    expect(policies.refund.announced[0]?.sentence).toContain('More than 30 days after the delivery');
    expect((await refusal(w.flows.policies.save({ ...first, seenVersion: 0 }, w.ctx()))).code).toBe('conflict');
    const past = { ...change, seenVersion: saved.version, effectiveFrom: new Date(w.clock().getTime() - 3_600_000) };
    expect((await refusal(w.flows.policies.save(past, w.ctx()))).detail).toContain('from now on');
    const { rows } = await w.db.pool.query(
      `SELECT count(*)::int AS audited, (SELECT count(*)::int FROM events WHERE type = 'policy.changed' AND data->>'kind' = 'refund') AS told
       FROM audit_log WHERE action = 'policy.changed' AND after->>'kind' = 'refund'`,
    );
    expect(rows[0]).toEqual({ audited: saved.version, told: saved.version });
    w.advanceClock(2 * 86_400_000);
    expect((await shown()).policies.refund.now).toMatchObject({ version: saved.version, terms: { aloneDays: 30 } });
  });
});

describe('a customer who cancels', () => {
  it('may do so up to the moment that the policy names, and without cost within the time to think better of it', async () => {
    await say('cancellation', { customerUntil: 'allocated', feeMinor: { EUR: 300 } });
    const { id } = await mugs();
    expect((await refusal(cancel(id))).detail).toBe(
      'This order could be cancelled until its goods were set aside. Ask the shop for help.',
    );
    await say('cancellation', { customerUntil: 'never', feeMinor: { EUR: 300 }, remorseMinutes: 60 });
    const preview = await w.flows.previewCancel({ orderId: id, reason: 'customer_request', by: 'customer' }, w.ctx());
    expect(preview).toMatchObject({ feeMinor: 0, releasedMinor: 2_500 });
    expect(preview.terms).toMatch(
      /^This order can be cancelled until [\d-]+ [\d:]+ UTC\. It costs nothing until .* UTC, and 3\.00 EUR after that\.$/,
    );
    expect(await cancel(id)).toMatchObject({ status: 'CANCELLED', feeMinor: 0 });
    const { id: late } = await mugs();
    w.advanceClock(61 * 60_000);
    expect((await refusal(cancel(late))).detail).toBe('This shop cancels orders itself. Ask the shop for help.');
  });

  it('leaves the fee of an authorization, which is captured, and the rest is released', async () => {
    const version = await say('cancellation', { feeMinor: { EUR: 300 }, feeBps: 1_000 });
    const { id } = await mugs();
    const done = await cancel(id);
    expect(done).toMatchObject({ status: 'CANCELLED', cancelledMinor: 2_500, feeMinor: 550 });
    await w.settle();
    expect(await money(id)).toEqual(['CANCELLED', 'CAPTURED', 550, 0, 0]);
    expect(await fees(id)).toEqual([{ version, by: 'customer', amount: 550, waived: 0, why: null, dropped: false }]);
    expect(await w.captures(id)).toHaveLength(1);
    expect((await w.order(id)).finished_at).not.toBeNull();
    await w.expectBooksAgree();
  });

  it('never pays more than the units are worth, nor the fixed part twice, nor anything before the payment is confirmed', async () => {
    await say('cancellation', { feeMinor: { EUR: 2_000 } });
    const { id } = await mugs(1);
    expect(await cancel(id)).toMatchObject({ feeMinor: 1_250 });
    await say('cancellation', { feeMinor: { EUR: 300 }, feeBps: 1_000 });
    const { id: parts, lineId } = await mugs(3);
    expect(await cancel(parts, { units: [{ lineId, quantity: 1 }] })).toMatchObject({ status: 'CONFIRMED', feeMinor: 425 });
    expect(await cancel(parts, { units: [{ lineId, quantity: 1 }] })).toMatchObject({ feeMinor: 125 });
    await w.settle();
    await ship(parts);
    // The last mug, and what was kept of the two others.
    expect(await money(parts)).toEqual(['FULFILLED', 'CAPTURED', 1_800, 0, 0]);
    const pending = await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    expect(await cancel(pending.id)).toMatchObject({ status: 'CANCELLED', feeMinor: 0 });
    await w.settle();
    await w.expectBooksAgree();
  });

  it('has the fee kept of what a gift card holds first, and of money that was taken already', async () => {
    await say('cancellation', { feeMinor: { EUR: 300 } });
    const gift = await giftCard(w, 1_000n);
    const { id } = await mugs(2, { tenders: [{ type: 'gift_card', codeHash: gift.codeHash }] });
    await cancel(id);
    await w.settle();
    expect(await money(id)).toEqual(['CANCELLED', 'CAPTURED', 300, 0, 0]);
    expect(await w.captures(id)).toHaveLength(0);
    await say('capture', { when: 'confirmation' });
    const { id: paid } = await mugs();
    expect(await money(paid)).toEqual(['CONFIRMED', 'CAPTURED', 2_500, 0, 0]);
    expect(await cancel(paid)).toMatchObject({ feeMinor: 300 });
    await w.settle();
    expect(await money(paid)).toEqual(['CANCELLED', 'PARTIALLY_REFUNDED', 2_500, 2_200, 0]);
    await w.expectBooksAgree();
  });

  it('owes nothing where the bank does not give the fee', async () => {
    await say('cancellation', { feeMinor: { EUR: 300 } });
    const { id } = await mugs();
    await w.psp.switches.set({ decline: { on: 'capture' } });
    await cancel(id);
    await w.settle();
    expect(await money(id)).toEqual(['CANCELLED', 'VOIDED', 0, 0, 0]);
    expect(await fees(id)).toMatchObject([{ amount: 300, dropped: true }]);
    expect((await w.order(id)).finished_at).not.toBeNull();
    await w.expectBooksAgree();
  });
});

describe('the shop, the house and a channel', () => {
  it('pay what the policy says: the shop may waive it, and says why; the house and channels never pay', async () => {
    await say('cancellation', { feeMinor: { EUR: 300 }, agentCharges: true, reasons: ['customer_request', 'out_of_stock'] });
    const by = async (more: Record<string, unknown>) => {
      const { id } = await mugs(1);
      return { id, done: await cancel(id, more) };
    };
    expect((await by({ by: 'agent' })).done.feeMinor).toBe(300);
    expect((await by({ by: 'agent', reason: 'out_of_stock' })).done.feeMinor).toBe(0);
    expect((await by({ by: 'system' })).done.feeMinor).toBe(0);
    expect((await by({ by: 'channel' })).done.feeMinor).toBe(0);
    const waived = await by({ by: 'agent', waiveFee: 'Ordered twice by mistake' });
    expect(waived.done.feeMinor).toBe(0);
    expect(await fees(waived.id)).toMatchObject([{ by: 'agent', amount: 0, waived: 300, why: 'Ordered twice by mistake' }]);
    const { id } = await mugs(1);
    expect((await refusal(cancel(id, { by: 'agent', reason: 'duplicate' }))).detail).toContain(
      'It allows customer_request, out_of_stock.',
    );
    await w.settle();
    await w.expectBooksAgree();
  });

  it('wait for a second person where much goes back, who agrees or does not', async () => {
    await say('capture', { when: 'confirmation' });
    await say('approval', { cancellationsMinor: { EUR: 2_000 } });
    const { id } = await mugs();
    const asked = await cancel(id, { by: 'agent' });
    expect(asked).toMatchObject({ status: 'CONFIRMED', cancelledMinor: 0, approvalId: expect.any(String) });
    await w.settle();
    expect(await money(id)).toEqual(['CONFIRMED', 'CAPTURED', 2_500, 0, 0]);
    expect((await refusal(w.flows.shipOrder({ orderId: id }, w.ctx('warehouse')))).code).toBe('state_refuses');
    await w.flows.decideApproval({ approvalId: asked.approvalId as string, decision: 'approve' }, w.ctx('finance'));
    await w.settle();
    expect(await money(id)).toEqual(['CANCELLED', 'REFUNDED', 2_500, 2_500, 0]);
    const { id: kept } = await mugs();
    const again = await cancel(kept, { by: 'agent' });
    await w.flows.decideApproval({ approvalId: again.approvalId as string, decision: 'reject' }, w.ctx('finance'));
    await ship(kept);
    expect(await money(kept)).toEqual(['FULFILLED', 'CAPTURED', 2_500, 0, 0]);
    const { id: small } = await mugs(1);
    expect(await cancel(small, { by: 'agent' })).toMatchObject({ status: 'CANCELLED' });
    await w.settle();
    await w.expectBooksAgree();
  });
});

describe('what was said when an order was placed', () => {
  it('holds for it: goods are set aside after the time to think better of it, whatever the policy says by then', async () => {
    await say('cancellation', { remorseMinutes: 30, holdGoods: true });
    const { id } = await mugs();
    await say('cancellation', {});
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', fulfilment_status: 'UNALLOCATED' });
    await w.flows.wakeSagas([id], w.ctx());
    await w.settle();
    expect(await w.order(id)).toMatchObject({
      fulfilment_status: 'UNALLOCATED',
      terms: { workFrom: { version: expect.any(Number) } },
    });
    w.advanceClock(31 * 60_000);
    await w.settle();
    expect(await w.order(id)).toMatchObject({ fulfilment_status: 'ALLOCATED' });
    const { id: after } = await mugs();
    expect(await w.order(after)).toMatchObject({ fulfilment_status: 'ALLOCATED', terms: null });
  });

  it('says when its money is taken: by a person’s word, before which nothing leaves', async () => {
    await say('capture', { when: 'manual' });
    const { id } = await mugs();
    await ship(id);
    expect(await money(id)).toEqual(['CONFIRMED', 'AUTHORIZED', 0, 0, 0 + 2_500]);
    expect(await w.flows.captureOrder({ orderId: id }, w.ctx())).toMatchObject({ amountMinor: 2_500 });
    await w.settle();
    expect(await money(id)).toEqual(['FULFILLED', 'CAPTURED', 2_500, 0, 0]);
    expect((await refusal(w.flows.captureOrder({ orderId: id }, w.ctx()))).code).toBe('state_refuses');
    await say('capture', { when: 'confirmation' });
    await w.psp.switches.set({ decline: { on: 'capture', next: 1 } });
    const { id: refused } = await mugs();
    expect(await money(refused)).toEqual(['CONFIRMED', 'AUTHORIZED', 0, 0, 2_500]);
    await ship(refused);
    expect(await money(refused)).toEqual(['FULFILLED', 'CAPTURED', 2_500, 0, 0]);
    await w.expectBooksAgree();
  });
});

// Late: from here on whatever leaves would have to be invoiced, too, and nobody looks at the books any more.
it('invoices what was kept, without tax, and once', async () => {
  const address = { line1: 'Hauptstr. 1', city: 'Berlin', postalCode: '10115', country: 'DE' };
  const profile = { merchantId: w.merchantId, legalName: 'Acme GmbH', taxNumber: 'DE1', prefix: 'ACME', address };
  await w.flows.invoices.saveProfile(profile, w.ctx());
  await say('cancellation', { feeMinor: { EUR: 300 } });
  const { id } = await mugs();
  await cancel(id);
  const issue = () => w.flows.invoices.issue([id], w.ctx('invoices'));
  expect(await issue()).toBe(0);
  await w.settle();
  expect([await issue(), await issue()]).toEqual([1, 0]);
  const { rows } = await w.db.pool.query(
    `SELECT i.kind, i.source_kind, i.total_minor, i.tax_minor, l.name FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id WHERE i.order_id = $1`,
    [id],
  );
  expect(rows).toEqual([
    {
      kind: 'invoice',
      source_kind: 'cancellation',
      total_minor: 300n,
      tax_minor: 0n,
      name: 'Cancellation fee (compensation, no tax)',
    },
  ]);
  const told = await w.db.pool.query(`SELECT data FROM events WHERE aggregate_id = $1 AND type = 'order.cancellation_fee_kept'`, [
    id,
  ]);
  expect(told.rows).toEqual([{ data: { amountMinor: 300 } }]);
  await w.expectBooksAgree();
});

it('asks a second person for refunds that the merchant calls large, for goodwill, and long after the delivery', async () => {
  await say('approval', { refundsMinor: { EUR: 1_000 } });
  await say('refund', { goodwillMinor: { EUR: 200 }, aloneDays: 14 });
  const { id } = await mugs();
  await ship(id);
  const asks = async (wish: Record<string, unknown>) =>
    (await w.flows.previewRefund({ orderId: id, reason: 'late', kind: 'amount', ...wish } as never, w.ctx())).needsApproval;
  expect(await asks({ amountMinor: 999n })).toBe(false);
  expect(await asks({ amountMinor: 1_000n })).toBe(true);
  expect(await asks({ kind: 'goodwill', amountMinor: 200n })).toBe(false);
  expect(await asks({ kind: 'goodwill', amountMinor: 201n })).toBe(true);
  const { rows } = await w.db.pool.query<{ id: string }>('SELECT id FROM shipments WHERE order_id = $1', [id]);
  await w.flows.updateShipment({ shipmentId: rows[0]?.id as string, status: 'DELIVERED', detail: null }, w.ctx('carrier'));
  expect(await asks({ amountMinor: 100n })).toBe(false);
  w.advanceClock(15 * 86_400_000);
  expect(await asks({ amountMinor: 100n })).toBe(true);
});
