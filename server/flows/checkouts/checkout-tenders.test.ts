import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkoutWorld, RETURN } from '../testing/checkout-world.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { addShippingMethods } from '../testing/shipping-methods.ts';
import { giftCard, payer } from '../testing/tender-scenarios.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 200 });
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());

const { ctx, read, ready, shown } = checkoutWorld(() => w);

describe('a checkout that is paid with more than a card', () => {
  it('places the order by what the customer saw of each tender, and asks for no card where nothing is left for one', async () => {
    const { id: cardId } = await giftCard(w, 40_000n);
    const id = await ready();
    const tender = { type: 'gift_card', id: cardId } as const;
    await w.flows.checkouts.chooseTender({ checkoutId: id, use: true, tender }, ctx());
    await w.flows.checkouts.chooseTender({ checkoutId: id, use: true, tender }, ctx());
    expect((await read(id)).tenders).toEqual([tender]);
    const seen = await shown(id);
    const { orderId } = await w.flows.checkouts.pay(
      { ...seen, ...RETURN, tenders: [{ ...tender, amountMinor: seen.totalMinor }] },
      ctx(),
    );
    await w.settle();
    expect(await w.order(orderId)).toMatchObject({ status: 'CONFIRMED', payment_status: 'AUTHORIZED' });
    expect((await read(id)).state).toBe('paid');
    await w.expectBooksAgree();
  });

  it('lets nobody spend the credit of somebody who chose it, but themselves, signed in', async () => {
    const customer = await payer(w, { credit: 500n });
    const id = await ready();
    const tender = { type: 'store_credit', id: customer.id } as const;
    await w.flows.checkouts.chooseTender({ checkoutId: id, use: true, tender }, ctx());
    const asked = { ...(await shown(id)), ...RETURN, paymentToken: 'pm_card_visa', tenders: [{ ...tender, amountMinor: 500n }] };
    await expect(w.flows.checkouts.pay(asked, ctx())).rejects.toMatchObject({ code: 'unauthenticated' });
    const other = await payer(w, {});
    await expect(w.flows.checkouts.pay({ ...asked, payerId: other.id }, ctx())).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(await w.flows.checkouts.pay({ ...asked, payerId: customer.id }, ctx())).toMatchObject({ state: 'paying' });
  });

  it('refuses what was taken away meanwhile, and places nothing', async () => {
    const { id: cardId } = await giftCard(w, 1_000n);
    const id = await ready();
    const tender = { type: 'gift_card', id: cardId } as const;
    await w.flows.checkouts.chooseTender({ checkoutId: id, use: true, tender }, ctx());
    await w.flows.checkouts.chooseTender({ checkoutId: id, use: false, tender }, ctx());
    const asked = {
      ...(await shown(id)),
      ...RETURN,
      paymentToken: 'pm_card_visa',
      tenders: [{ ...tender, amountMinor: 1_000n }],
    };
    await expect(w.flows.checkouts.pay(asked, ctx())).rejects.toMatchObject({ code: 'conflict' });
    expect((await read(id)).attempt).toBeNull();
  });
});
