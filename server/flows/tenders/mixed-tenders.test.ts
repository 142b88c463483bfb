import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceOrderInput, TenderInput } from '../../domains/orders/schema.ts';
import { readGiftCardRow } from '../../views/gift-cards.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { giftCard, type Payer, payer } from '../testing/tender-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 10_000 });
});
afterAll(() => w.close());

const ALL = { merchantId: null, customerId: null };
/** Two mugs and their shipping: 29.90. */
const MUGS = { lines: [{ sku: 'MUG', quantity: 2 }], shipping: { name: 'Standard', priceMinor: 490n } };

type Placing = Parameters<OrderWorld['place']>[0];
const place = (tenders: TenderInput[], more: Partial<Placing> = {}) => w.place({ ...MUGS, ...more, tenders } as Placing);
const by = ({ email }: Payer): Pick<PlaceOrderInput, 'customer'> => ({ customer: { email } });

async function tendersOf(orderId: string): Promise<Record<string, readonly [string, bigint, bigint, bigint]>> {
  const { rows } = await w.db.pool.query(
    'SELECT provider, status, authorized_minor, captured_minor, refunded_minor FROM payments WHERE order_id = $1 ORDER BY id',
    [orderId],
  );
  return Object.fromEntries(
    rows.map((row) => [row.provider, [row.status, row.authorized_minor, row.captured_minor, row.refunded_minor]]),
  );
}
const held = async (kind: string, like: string): Promise<bigint> =>
  (await w.db.pool.query('SELECT debits_pending FROM accounts WHERE kind = $1 AND code LIKE $2', [kind, `%${like}%`])).rows[0]
    ?.debits_pending ?? 0n;
const card = async (id: string) => {
  const { balanceMinor, heldMinor, status } = await readGiftCardRow(w.db.pool, ALL, id);
  return [status, balanceMinor, heldMinor];
};
async function ship(orderId: string): Promise<void> {
  await w.settle();
  await w.flows.shipOrder({ orderId }, w.ctx());
  await w.settle();
}

describe('an order by gift card, store credit, wallet and card', () => {
  it('holds each in the transaction of its stock, captures the house’s own first, and refunds the card first', async () => {
    const gift = await giftCard(w, 1_000n);
    const customer = await payer(w, { credit: 500n, wallet: 2_000n });
    const tenders: TenderInput[] = [
      { type: 'gift_card', codeHash: gift.codeHash },
      { type: 'store_credit', amountMinor: 400n },
      { type: 'wallet', customerId: customer.id, amountMinor: 250n },
    ];
    const { id } = await place(tenders, by(customer));
    expect(await card(gift.id)).toEqual(['active', 1_000n, 1_000n]);
    expect([await held('store_credit', customer.id), await held('wallet', customer.id)]).toEqual([400n, 250n]);
    expect(await w.order(id)).toMatchObject({ status: 'PENDING', payment_status: 'UNPAID' });
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED', authorized_minor: 2_990n });
    await ship(id);
    expect(await tendersOf(id)).toEqual({
      gift_card: ['CAPTURED', 1_000n, 1_000n, 0n],
      store_credit: ['CAPTURED', 400n, 400n, 0n],
      wallet: ['CAPTURED', 250n, 250n, 0n],
      card: ['CAPTURED', 1_340n, 1_340n, 0n],
    });
    await w.flows.refundOrder({ kind: 'amount', orderId: id, amountMinor: 1_640n, reason: 'late' }, w.ctx());
    await w.settle();
    expect(await tendersOf(id)).toMatchObject({
      card: ['REFUNDED', 1_340n, 1_340n, 1_340n],
      wallet: ['REFUNDED', 250n, 250n, 250n],
    });
    expect((await tendersOf(id)).store_credit?.[3]).toBe(50n);
    expect(await w.order(id)).toMatchObject({ receivable_minor: 0n, refunded_minor: 1_640n });
    await w.expectBooksAgree();
  });

  it('that its own tenders pay in full has no card step at all', async () => {
    const gift = await giftCard(w, 10_000n);
    const { id } = await place([{ type: 'gift_card', codeHash: gift.codeHash }], { token: null });
    await ship(id);
    expect(await w.order(id)).toMatchObject({ status: 'FULFILLED', payment_status: 'CAPTURED', receivable_minor: 0n });
    expect(await card(gift.id)).toEqual(['active', 7_010n, 0n]);
    expect(await w.captures(id)).toEqual([]);
    await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'damaged' }, w.ctx());
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'REFUNDED', receivable_minor: 0n });
    expect(await card(gift.id)).toEqual(['active', 10_000n, 0n]);
    await w.expectBooksAgree();
  });

  it('ships in parcels: each takes what the own tenders still hold before the card', async () => {
    const gift = await giftCard(w, 1_500n);
    const order = await place([{ type: 'gift_card', codeHash: gift.codeHash }], {
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'TEE', quantity: 1 },
      ],
      shipping: undefined,
    });
    await w.settle();
    const [mug] = order.lines;
    await w.flows.shipOrder({ orderId: order.id, units: [{ lineId: mug?.id as string, quantity: 1 }] }, w.ctx());
    await w.settle();
    expect(await w.captures(order.id)).toEqual([]);
    expect((await tendersOf(order.id)).gift_card).toEqual(['PARTIALLY_CAPTURED', 1_500n, 1_250n, 0n]);
    await ship(order.id);
    const total = (await w.order(order.id)).total_minor as bigint;
    expect(await tendersOf(order.id)).toMatchObject({
      gift_card: ['CAPTURED', 1_500n, 1_500n, 0n],
      card: ['CAPTURED', total - 1_500n, total - 1_500n, 0n],
    });
    await w.expectBooksAgree();
  });

  it('whose parcels leave at once takes of each tender what it has, though one capture is turned away at first', async () => {
    const gift = await giftCard(w, 1_500n);
    const order = await place([{ type: 'gift_card', codeHash: gift.codeHash }], {
      lines: [
        { sku: 'TEE', quantity: 1 },
        { sku: 'MUG', quantity: 1 },
      ],
      shipping: undefined,
    });
    await w.settle();
    const [tee, mug] = order.lines.map(({ id }) => [{ lineId: id, quantity: 1 }]);
    await w.flows.shipOrder({ orderId: order.id, units: tee }, w.ctx());
    // Turned away at the door: the shirt's part of the card is asked for again later, and the mug could be paid by the gift card alone.
    await fetch(`${w.psp.controlUrl}/_sim/switches`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rate_limit: { on: 'capture', next: 1 } }),
    });
    await w.settle();
    await w.flows.shipOrder({ orderId: order.id, units: mug }, w.ctx());
    for (let round = 0; round < 4; round++) {
      await w.settle();
      w.advanceClock(13_000);
    }
    const total = (await w.order(order.id)).total_minor as bigint;
    expect(await tendersOf(order.id)).toMatchObject({
      gift_card: ['CAPTURED', 1_500n, 1_500n, 0n],
      card: ['CAPTURED', total - 1_500n, total - 1_500n, 0n],
    });
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', captured_minor: total, receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('whose units are cancelled takes less of the card, and releases what nobody needs', async () => {
    const gift = await giftCard(w, 1_000n);
    const order = await place([{ type: 'gift_card', codeHash: gift.codeHash }]);
    await w.settle();
    const units = [{ lineId: order.lines[0]?.id as string, quantity: 1 }];
    await w.flows.cancelOrder({ orderId: order.id, units, reason: 'customer_request' }, w.ctx());
    await ship(order.id);
    expect(await tendersOf(order.id)).toMatchObject({
      gift_card: ['CAPTURED', 1_000n, 1_000n, 0n],
      card: ['CAPTURED', 1_990n, 740n, 0n],
    });
    expect(await w.order(order.id)).toMatchObject({ status: 'FULFILLED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('that is cancelled as a whole gives everything back at once', async () => {
    const gift = await giftCard(w, 1_000n);
    const customer = await payer(w, { wallet: 1_000n });
    const tenders: TenderInput[] = [
      { type: 'gift_card', codeHash: gift.codeHash },
      { type: 'wallet', customerId: customer.id },
    ];
    for (const early of [true, false]) {
      const { id } = await place(tenders, by(customer));
      if (!early) await w.settle();
      await w.flows.cancelOrder({ orderId: id, reason: 'customer_request' }, w.ctx());
      await w.settle();
      expect(await card(gift.id)).toEqual(['active', 1_000n, 0n]);
      expect(await held('wallet', customer.id)).toBe(0n);
      expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', receivable_minor: 0n });
    }
    await w.expectBooksAgree();
  });

  it('whose card is declined is cancelled, and its other tenders are free', async () => {
    const gift = await giftCard(w, 1_000n);
    const { id } = await place([{ type: 'gift_card', codeHash: gift.codeHash }], { token: 'pm_card_chargeDeclined' });
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'CANCELLED', payment_status: 'FAILED', receivable_minor: 0n });
    expect(await card(gift.id)).toEqual(['active', 1_000n, 0n]);
    await w.expectBooksAgree();
  });
});

describe('a tender that is refused', () => {
  const stocked = async () => (await w.db.pool.query('SELECT sum(promised)::bigint AS n FROM sku_supply')).rows[0].n;

  it('refuses the order by its name: nothing is held and nothing promised', async () => {
    const gift = await giftCard(w, 1_000n);
    const customer = await payer(w, { credit: 500n });
    const good: TenderInput = { type: 'gift_card', codeHash: gift.codeHash };
    const before = await stocked();
    const tries: [TenderInput[], string, object][] = [
      [
        [good, { type: 'store_credit', amountMinor: 501n }],
        'insufficient_funds',
        { tender: 'store_credit', index: 1, availableMinor: 500 },
      ],
      [[good, { type: 'wallet', customerId: customer.id }], 'tender_refused', { tender: 'wallet', index: 1 }],
      [[good, { type: 'gift_card', codeHash: '0'.repeat(64) }], 'tender_refused', { tender: 'gift_card', index: 1 }],
      [[good, good], 'invalid_request', { tender: 'gift_card', index: 1 }],
      [[{ ...good, amountMinor: 3_000n }], 'over_limit', { tender: 'gift_card', leftMinor: 2_990 }],
    ];
    for (const [tenders, code, data] of tries) await expect(place(tenders, by(customer))).rejects.toMatchObject({ code, data });
    await expect(place([good], { ...by(customer), token: null })).rejects.toMatchObject({
      code: 'invalid_request',
      data: { field: 'payment', leftMinor: 1_990 },
    });
    expect(await stocked()).toBe(before);
    expect(await card(gift.id)).toEqual(['active', 1_000n, 0n]);
  });

  it.each(['freeze', 'void'] as const)('is one that somebody did a %s to', async (action) => {
    const gift = await giftCard(w, 1_000n);
    await w.flows.changeGiftCard({ giftCardId: gift.id, action, reason: 'Stolen' }, w.ctx());
    await expect(place([{ type: 'gift_card', codeHash: gift.codeHash }])).rejects.toMatchObject({ code: 'tender_refused' });
  });

  it('is a wallet beyond the limit of its tier, which says so', async () => {
    const customer = await payer(w, { wallet: 60_000n });
    const tenders: TenderInput[] = [{ type: 'wallet', customerId: customer.id }];
    const many = { ...by(customer), lines: [{ sku: 'MUG', quantity: 40 }], token: null };
    await expect(place(tenders, many)).rejects.toMatchObject({
      code: 'limit_exceeded',
      data: { tender: 'wallet', limit: 'per_transfer' },
    });
  });
});

describe('one gift card in several hands', () => {
  it('pays exactly one of the orders that come for all of it at once', async () => {
    const gift = await giftCard(w, 2_990n);
    const wish: TenderInput[] = [{ type: 'gift_card', codeHash: gift.codeHash, amountMinor: 2_990n }];
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => place(wish, { token: null })));
    const won = tries.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'insufficient_funds' });
    expect(await card(gift.id)).toEqual(['active', 2_990n, 2_990n]);
    await w.expectBooksAgree();
  });

  it('expires or pays, never both: an order that holds it keeps it, and money that comes back opens it again', async () => {
    for (let round = 0; round < 3; round++) {
      const gift = await giftCard(w, 1_000n, { expiresAt: new Date(w.clock().getTime() + 60_000) });
      const late = { ...w.ctx(), now: new Date(w.clock().getTime() + 61_000) };
      const [placed] = await Promise.allSettled([
        place([{ type: 'gift_card', codeHash: gift.codeHash }]),
        w.flows.expireGiftCards(late),
      ]);
      await w.settle();
      const [status, balance, holds] = await card(gift.id);
      expect(status).toBe('expired');
      expect([balance, holds]).toEqual(placed.status === 'fulfilled' ? [1_000n, 1_000n] : [0n, 0n]);
      if (placed.status === 'rejected') continue;
      await w.flows.cancelOrder({ orderId: placed.value.id, reason: 'customer_request' }, w.ctx());
      await w.settle();
      expect(await card(gift.id)).toEqual(['active', 1_000n, 0n]);
    }
    await w.expectBooksAgree();
  });
});

describe('a refund to store credit', () => {
  it('leaves the card alone and makes the customer’s first credit', async () => {
    const customer = await payer(w, {});
    const { id } = await place([], by(customer));
    await ship(id);
    await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'wrong_item', to: 'store_credit' }, w.ctx());
    await w.settle();
    expect(await tendersOf(id)).toEqual({ card: ['REFUNDED', 2_990n, 2_990n, 2_990n] });
    const { rows } = await w.db.pool.query(
      'SELECT credits_posted - debits_posted AS balance FROM accounts a JOIN store_credits s USING (id) WHERE s.customer_id = $1',
      [customer.id],
    );
    expect(rows).toEqual([{ balance: 2_990n }]);
    expect(await w.order(id)).toMatchObject({ status: 'REFUNDED', receivable_minor: 0n });
    await w.expectBooksAgree();
  });

  it('of a guest’s order is refused: nobody could spend it', async () => {
    const { id } = await place([], { customer: {} });
    await ship(id);
    const wish = { kind: 'units', orderId: id, reason: 'late', to: 'store_credit' } as const;
    await expect(w.flows.refundOrder(wish, w.ctx())).rejects.toMatchObject({ code: 'state_refuses' });
  });

  it('to a wallet that was closed meanwhile waits for its owner', async () => {
    const customer = await payer(w, { wallet: 2_990n });
    const { id } = await place([{ type: 'wallet', customerId: customer.id, amountMinor: 250n }], by(customer));
    await ship(id);
    await w.db.ownerPool.query(`UPDATE wallets SET status = 'closed', closed_at = now() WHERE customer_id = $1`, [customer.id]);
    await w.flows.refundOrder({ kind: 'units', orderId: id, reason: 'late' }, w.ctx());
    await w.settle();
    const { rows } = await w.db.pool.query(`SELECT id, error FROM sagas WHERE order_id = $1 AND status = 'stuck'`, [id]);
    expect(rows[0]?.error).toMatchObject({ code: 'account_closed' });
    await w.flows.wallets.open({ customerId: customer.id, currency: 'EUR' }, w.ctx());
    await w.flows.operateSaga({ sagaId: rows[0].id, action: 'retry', reason: 'Opened again' }, w.ctx());
    await w.settle();
    expect(await w.order(id)).toMatchObject({ status: 'REFUNDED', receivable_minor: 0n });
  });
});
