import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createVerb, type Locked, type Verb } from '../../platform/verb.ts';
import type { Flows } from '../flows.ts';
import { ADDRESS, CUSTOMER, checkoutWorld } from '../testing/checkout-world.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { addShippingMethods } from '../testing/shipping-methods.ts';
import { createCheckoutFlows } from './checkout-flows.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 200 });
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());

const { ctx, read, ready, pay, storedState } = checkoutWorld(() => w);

/** Checkouts whose orders wait for a bank, as this one's does, and that were changed before all others. */
async function copyWaiting(checkoutId: string, orderId: string, count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const copied = (table: string, fields: string): string =>
    `INSERT INTO ${table} SELECT (jsonb_populate_record(t, jsonb_build_object('id', copy, ${fields}))).* FROM ${table} t, unnest($2::uuid[]) AS copy WHERE t.id = $1`;
  await w.db.ownerPool.query(copied('orders', `'number', copy`), [orderId, ids]);
  const fields = `'order_id', copy, 'updated_at', t.updated_at - interval '1 day'`;
  await w.db.ownerPool.query(copied('checkouts', fields), [checkoutId, ids]);
  return ids;
}

describe('a checkout', () => {
  it('that was declined can be changed, sent and withdrawn at once, before anything has looked at the order', async () => {
    const id = await ready();
    await pay(id, 'pm_card_chargeDeclinedInsufficientFunds');
    const early = w.flows.checkouts.update({ checkoutId: id, customer: { name: 'Too soon' } }, ctx());
    await expect(early).rejects.toMatchObject({ code: 'state_refuses' });
    await w.settle();
    expect(await storedState(id)).toBe('paying');
    await w.flows.checkouts.update({ checkoutId: id, customer: { name: 'Carla Bianchi' } }, ctx());
    expect(await read(id)).toMatchObject({ state: 'open', customer: { name: 'Carla Bianchi', email: CUSTOMER.email } });
    await w.flows.checkouts.sendLink({ checkoutId: id }, ctx());
    expect(await w.flows.checkouts.cancel({ checkoutId: id }, ctx())).toMatchObject({ state: 'cancelled' });
    await w.flows.checkouts.sweep(ctx());
    expect((await read(id)).state).toBe('cancelled');
  });

  it('keeps its quote while nothing that decides the price changes, whatever order a place is written in', async () => {
    const { id } = await w.flows.checkouts.create(
      { merchantId: w.merchantId, source: 'shop', lines: [{ sku: 'MUG', quantity: 1 }], customer: {}, locale: 'en' },
      ctx(),
    );
    const shipTo = { line1: '1 Market St', city: 'San Francisco', region: 'CA', postalCode: '94103', country: 'US' };
    const first = await w.flows.checkouts.update({ checkoutId: id, shipTo }, ctx());
    expect(await w.flows.checkouts.update({ checkoutId: id, option: 'standard' }, ctx())).toMatchObject({
      quoteId: first.quoteId,
      option: 'standard',
    });
    const moved = await w.flows.checkouts.update({ checkoutId: id, shipTo: { ...shipTo, region: 'NY' } }, ctx());
    expect(moved.quoteId).not.toBe(first.quoteId);
  });

  it('never shows, nor is paid by, a price for other goods than it holds: two changes at once are priced as they ended', async () => {
    const id = await ready([{ sku: 'MUG', quantity: 1 }]);
    let between: (() => Promise<unknown>) | null = async () =>
      w.flows.checkouts.update({ checkoutId: id, lines: [{ sku: 'MUG', quantity: 3 }] }, ctx());
    // The other change commits while this one is being priced.
    const slow: Flows['createQuote'] = async (...asked) => {
      const quote = await w.flows.createQuote(...asked);
      const meanwhile = between;
      between = null;
      await meanwhile?.();
      return quote;
    };
    const verb = <I, W extends Locked, R>(definition: Verb<I, W, R>) => createVerb({ pool: w.db.pool }, definition).call;
    const { reservations } = w.flows;
    const checkouts = createCheckoutFlows({ pool: w.db.pool, reservations, createQuote: slow, verb });
    await checkouts.update({ checkoutId: id, shipTo: { ...ADDRESS, country: 'IT' }, option: 'standard' }, ctx());
    const page = await read(id);
    expect(page).toMatchObject({ lines: [{ quantity: 3 }], shipTo: { country: 'IT' }, option: 'standard' });
    expect(page.quote?.lines).toMatchObject([{ sku: 'MUG', quantity: 3 }]);
    const { orderId } = await pay(id);
    await w.settle();
    const { rows } = await w.db.pool.query(`SELECT quantity FROM order_lines WHERE order_id = $1 AND kind = 'item'`, [orderId]);
    expect(rows).toEqual([{ quantity: 3 }]);
    expect((await read(id)).state).toBe('paid');
  });

  it('is settled by the sweep although any number of others wait for their banks, and these cost it nothing', async () => {
    const id = await ready();
    await pay(id);
    await w.settle();
    const template = await ready();
    const { orderId } = await pay(template, 'pm_card_threeDSecure2Required');
    await w.settle();
    const waiting = await copyWaiting(template, orderId, 250);
    const keys = async () => (await w.db.pool.query('SELECT count(*)::int AS n FROM idempotency_keys')).rows[0].n;
    const before = await keys();
    await w.flows.checkouts.sweep(ctx());
    expect(await storedState(id)).toBe('paid');
    const settled = await keys();
    expect(settled - before).toBeLessThan(50);
    await w.flows.checkouts.sweep(ctx());
    expect(await keys()).toBe(settled);
    for (const table of ['checkouts', 'orders'])
      await w.db.ownerPool.query(`DELETE FROM ${table} WHERE id = ANY($1::uuid[])`, [waiting]);
  });
});
