import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createPool } from '../../platform/db.ts';
import { cuttingProxy } from '../../platform/testing/cutting-proxy.ts';
import { createFlows } from '../flows.ts';
import { ADDRESS, CUSTOMER, checkoutWorld, RETURN } from '../testing/checkout-world.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { addShippingMethods } from '../testing/shipping-methods.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 200 });
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());

const { ctx, read, ready, shown, pay } = checkoutWorld(() => w);

async function refusal(promise: Promise<unknown>): Promise<DomainError> {
  const error = await promise.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof DomainError) return error;
  throw error;
}

async function ordersOf(id: string): Promise<{ id: string; status: string }[]> {
  const { rows } = await w.db.pool.query<{ id: string; status: string }>(
    'SELECT o.id, o.status FROM checkouts c JOIN orders o ON o.id::text = ANY(c.order_ids) WHERE c.id = $1 ORDER BY o.id',
    [id],
  );
  return rows;
}
const ordersPlaced = async (): Promise<number> => Number((await w.db.pool.query('SELECT count(*) AS n FROM orders')).rows[0].n);
const authorizations = (orderId: string): number =>
  (w.psp.state.logByOrder.get(orderId) ?? []).filter((entry) => entry.kind === 'authorization').length;

describe('a checkout', () => {
  it('is priced when there is an address, for every way to send it', async () => {
    const { id } = await w.flows.checkouts.create(
      { merchantId: w.merchantId, source: 'shop', lines: [{ sku: 'MUG', quantity: 2 }], customer: {}, locale: 'en' },
      ctx(),
    );
    expect(await read(id)).toMatchObject({ state: 'open', quote: null, lines: [{ sku: 'MUG', name: 'MUG', quantity: 2 }] });
    await w.flows.checkouts.update({ checkoutId: id, shipTo: ADDRESS }, ctx());
    const first = await read(id);
    expect(first.quote?.options.map(({ code }) => code)).toEqual(['standard', 'parcel', 'free']);
    expect(first.option).toBe('standard');
    await w.flows.checkouts.update({ checkoutId: id, option: 'parcel' }, ctx());
    expect(await read(id)).toMatchObject({ option: 'parcel', quote: { id: first.quote?.id } });
    // Another country: another quote, and the way that is not offered there is not kept.
    await w.flows.checkouts.update({ checkoutId: id, shipTo: { ...ADDRESS, country: 'IT' } }, ctx());
    const abroad = await read(id);
    expect(abroad.quote?.id).not.toBe(first.quote?.id);
    expect(abroad.option).toBe('standard');
  });

  it('is paid: one order that costs what was shown, confirmed', async () => {
    const id = await ready();
    const { totalMinor } = await shown(id);
    const { orderId } = await pay(id);
    expect((await read(id)).state).toBe('paying');
    await w.settle();
    const page = await read(id);
    expect(page).toMatchObject({ state: 'paid', attempt: { orderId, outcome: 'paid', totalMinor } });
    expect(await w.order(orderId)).toMatchObject({ status: 'CONFIRMED', channel: 'shop', email: CUSTOMER.email });
    await w.flows.checkouts.sweep(ctx());
    expect((await w.db.pool.query('SELECT state FROM checkouts WHERE id = $1', [id])).rows[0].state).toBe('paid');
    expect((await refusal(w.flows.checkouts.update({ checkoutId: id, option: 'free' }, ctx()))).code).toBe('state_refuses');
    await w.expectBooksAgree();
  });

  it('that was declined stays open for another card; the order that failed is cancelled and promises nothing', async () => {
    const id = await ready();
    const before = (await w.db.pool.query('SELECT sum(promised) AS n FROM sku_supply')).rows[0].n;
    await pay(id, 'pm_card_chargeDeclinedInsufficientFunds');
    await w.settle();
    expect(await read(id)).toMatchObject({ state: 'open', attempt: { outcome: 'failed', failure: 'insufficient_funds' } });
    expect((await w.db.pool.query('SELECT sum(promised) AS n FROM sku_supply')).rows[0].n).toEqual(before);
    const { orderId } = await pay(id);
    await w.settle();
    expect(await read(id)).toMatchObject({ state: 'paid', attempt: { orderId } });
    expect((await ordersOf(id)).map((order) => order.status)).toEqual(['CANCELLED', 'CONFIRMED']);
    expect(authorizations(orderId)).toBe(1);
    await w.expectBooksAgree();
  });

  it('that was declined until its time was over takes no other card', async () => {
    const id = await ready();
    await pay(id, 'pm_card_chargeDeclinedInsufficientFunds');
    await w.settle();
    const seen = await shown(id);
    // Nobody has looked at it since: the row still says that it is being paid.
    await w.db.pool.query(
      `UPDATE checkouts SET created_at = created_at - interval '2 days', expires_at = now() - interval '1 minute' WHERE id = $1`,
      [id],
    );
    expect((await w.db.pool.query('SELECT state FROM checkouts WHERE id = $1', [id])).rows[0].state).toBe('paying');
    const late = w.flows.checkouts.pay({ ...seen, paymentToken: 'pm_card_visa', ...RETURN }, ctx());
    expect(await refusal(late)).toMatchObject({ code: 'state_refuses', data: { state: 'expired' } });
    expect((await ordersOf(id)).map((order) => order.status)).toEqual(['CANCELLED']);
  });

  it('waits for the bank, and can be given up for another card', async () => {
    const id = await ready();
    const { orderId } = await pay(id, 'pm_card_threeDSecure2Required');
    await w.settle();
    const waiting = await read(id);
    expect(waiting.state).toBe('paying');
    expect(waiting.attempt?.challengeUrl).toContain(w.psp.url);
    await w.flows.cancelOrder({ orderId, reason: 'customer_request' }, ctx(), newId());
    await w.settle();
    expect((await read(id)).state).toBe('open');
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
    expect((await ordersOf(id)).map((order) => order.status)).toEqual(['CANCELLED', 'CONFIRMED']);
  });
});

describe('however often Pay is pressed', () => {
  it('two tabs at once place one order', async () => {
    const id = await ready();
    const before = await ordersPlaced();
    const seen = await shown(id);
    const press = () => w.flows.checkouts.pay({ ...seen, paymentToken: 'pm_card_visa', ...RETURN }, ctx(), newId());
    const answers = await Promise.all(Array.from({ length: 12 }, press));
    expect(new Set(answers.map((answer) => answer.orderId)).size).toBe(1);
    expect(await ordersPlaced()).toBe(before + 1);
    await w.settle();
    expect(authorizations(answers[0]?.orderId ?? '')).toBe(1);
  });

  it('two processes at once place one order', async () => {
    const other = createFlows({ pool: w.db.pool, home: 'EU', outside: w.outside, clock: () => w.clock() });
    for (let round = 0; round < 5; round++) {
      const id = await ready();
      const before = await ordersPlaced();
      const answers = await Promise.all([pay(id), pay(id, 'pm_card_mastercard', newId(), other), pay(id)]);
      expect(new Set(answers.map((answer) => answer.orderId)).size).toBe(1);
      expect(await ordersPlaced()).toBe(before + 1);
    }
    await other.idle();
  });

  it('a repeat after a lost reply, and a reload after it was paid, find the same order', async () => {
    const id = await ready();
    const key = newId();
    const seen = { ...(await shown(id)), paymentToken: 'pm_card_visa', ...RETURN };
    const first = await w.flows.checkouts.pay(seen, ctx(), key);
    expect(await w.flows.checkouts.pay(seen, ctx(), key)).toEqual(first);
    await w.settle();
    expect(await w.flows.checkouts.pay(seen, ctx(), newId())).toMatchObject({ state: 'paid', orderId: first.orderId });
    expect(await ordersOf(id)).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)(
    'a wire that is cut %s COMMIT is survived: one order, and the same answer',
    async (when) => {
      const id = await ready();
      const before = await ordersPlaced();
      const seen = { ...(await shown(id)), paymentToken: 'pm_card_visa', ...RETURN };
      const proxy = await cuttingProxy(w.db.url);
      const pool = createPool({ connectionString: proxy.url, max: 2, name: 'cut' });
      try {
        const flows = createFlows({ pool, home: 'EU', outside: w.outside, clock: () => w.clock() });
        proxy.cut(when);
        const key = newId();
        const answer = await flows.checkouts.pay(seen, ctx(), key);
        expect(proxy.cuts()).toBe(1);
        // The customer's browser never heard of it and presses again, here or elsewhere.
        expect(await w.flows.checkouts.pay(seen, ctx(), key)).toEqual(answer);
        expect((await w.flows.checkouts.pay(seen, ctx(), newId())).orderId).toBe(answer.orderId);
        expect(await ordersPlaced()).toBe(before + 1);
        await w.settle();
        expect(authorizations(answer.orderId)).toBe(1);
        await flows.idle();
      } finally {
        await pool.end();
        await proxy.close();
      }
    },
  );
});

describe('a checkout is not paid', () => {
  it('for another total than the one that was shown', async () => {
    const id = await ready();
    const before = await ordersPlaced();
    const seen = await shown(id);
    const tampered = { ...seen, totalMinor: 1n, paymentToken: 'pm_card_visa', ...RETURN };
    expect((await refusal(w.flows.checkouts.pay(tampered, ctx()))).code).toBe('total_mismatch');
    expect(await ordersPlaced()).toBe(before);
    expect((await read(id)).state).toBe('open');
  });

  it('by a quote that has expired, until it is quoted again', async () => {
    const id = await ready();
    const seen = { ...(await shown(id)), paymentToken: 'pm_card_visa', ...RETURN };
    w.advanceClock(31 * 60_000);
    expect((await refusal(w.flows.checkouts.pay(seen, ctx()))).code).toBe('quote_expired');
    await w.flows.checkouts.update({ checkoutId: id }, ctx());
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
  });

  it('at a price that changed meanwhile: it says what changed, and the new total is one press away', async () => {
    const id = await ready([{ sku: 'TEE', quantity: 1 }]);
    const seen = { ...(await shown(id)), paymentToken: 'pm_card_visa', ...RETURN };
    await w.db.pool.query(`UPDATE skus SET price = price + 1 WHERE code = 'TEE'`);
    const error = await refusal(w.flows.checkouts.pay(seen, ctx()));
    expect(error.code).toBe('quote_changed');
    expect(error.data?.changes).toMatchObject([{ what: 'unit_price', sku: 'TEE' }]);
    await w.flows.checkouts.update({ checkoutId: id, again: true }, ctx());
    expect((await shown(id)).totalMinor).toBe(seen.totalMinor + 100n);
    expect((await refusal(w.flows.checkouts.pay({ ...seen, totalMinor: seen.totalMinor + 100n }, ctx()))).code).toBe(
      'quote_changed',
    );
    await pay(id);
    await w.settle();
    expect((await read(id)).state).toBe('paid');
  });

  it('with a card number instead of a token', async () => {
    const id = await ready();
    expect((await refusal(pay(id, '4242424242424242'))).code).toBe('card_number_refused');
  });

  it('without an e-mail address or an address to send it to', async () => {
    const { id } = await w.flows.checkouts.create(
      { merchantId: w.merchantId, source: 'shop', lines: [{ sku: 'MUG', quantity: 1 }], customer: {}, locale: 'en' },
      ctx(),
    );
    const nothing = { checkoutId: id, quoteId: newId(), totalMinor: 1n, paymentToken: 'pm_card_visa', ...RETURN };
    expect(await refusal(w.flows.checkouts.pay(nothing, ctx()))).toMatchObject({
      code: 'invalid_request',
      data: { field: 'email' },
    });
    await w.flows.checkouts.update({ checkoutId: id, customer: CUSTOMER }, ctx());
    expect(await refusal(w.flows.checkouts.pay(nothing, ctx()))).toMatchObject({ data: { field: 'address' } });
  });

  it('for more than there is', async () => {
    const id = await ready([{ sku: 'BAG', quantity: 9_000 }]);
    expect((await refusal(pay(id))).code).toBe('out_of_stock');
    expect((await read(id)).state).toBe('open');
  });
});

describe('a draft', () => {
  const draft = async (): Promise<string> => {
    const { id } = await w.flows.checkouts.create(
      {
        merchantId: w.merchantId,
        source: 'console',
        lines: [{ sku: 'MUG', quantity: 1 }],
        customer: CUSTOMER,
        shipTo: ADDRESS,
        locale: 'de',
      },
      w.ctx(),
    );
    return id;
  };

  it('has its link sent, told by an event without personal data', async () => {
    const id = await draft();
    await w.flows.checkouts.update({ checkoutId: id, lines: [{ sku: 'MUG', quantity: 3 }] }, w.ctx());
    await w.flows.checkouts.sendLink({ checkoutId: id }, w.ctx());
    const { rows } = await w.db.pool.query(`SELECT type, data FROM events WHERE aggregate_id = $1`, [id]);
    expect(rows).toMatchObject([{ type: 'checkout.link_sent', data: { checkoutId: id, lines: 1 } }]);
    expect(JSON.stringify(rows)).not.toContain('carla');
  });

  it('is withdrawn once, and expires after a week', async () => {
    const withdrawn = await draft();
    await w.flows.checkouts.cancel({ checkoutId: withdrawn }, w.ctx());
    expect(await w.flows.checkouts.cancel({ checkoutId: withdrawn }, w.ctx())).toMatchObject({ state: 'cancelled' });
    const old = await draft();
    w.advanceClock(8 * 86_400_000);
    expect((await read(old)).state).toBe('expired');
    await w.flows.checkouts.sweep({ ...ctx(), now: w.clock() });
    expect((await w.db.pool.query('SELECT state FROM checkouts WHERE id = $1', [old])).rows[0].state).toBe('expired');
    expect((await refusal(pay(old))).code).toBe('state_refuses');
  });

  it('leaves an audit row for everything that was done with it', async () => {
    const id = await draft();
    await w.flows.checkouts.update({ checkoutId: id, option: 'standard', shipTo: ADDRESS }, w.ctx());
    await w.flows.checkouts.sendLink({ checkoutId: id }, w.ctx());
    await pay(id);
    await w.settle();
    await w.flows.checkouts.sweep(ctx());
    const { rows } = await w.db.pool.query(`SELECT action FROM audit_log WHERE entity_id = $1::text ORDER BY id`, [id]);
    expect(rows.map((row) => row.action)).toEqual([
      'checkout.created',
      'checkout.changed',
      'checkout.link_sent',
      'checkout.paying',
      'checkout.paid',
    ]);
  });
});
