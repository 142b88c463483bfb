import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Flows } from '../flows/flows.ts';
import { type OrderWorld, orderWorld } from '../flows/testing/order-world.ts';
import { addShippingMethods } from '../flows/testing/shipping-methods.ts';
import { newId } from '../kernel/ids.ts';
import { linkToken } from '../platform/link-token.ts';
import { createRateLimiter } from '../platform/rate-limit.ts';
import type { App } from './app.ts';
import { createContext } from './context.ts';
import { ANONYMOUS } from './principal.ts';
import { createCaller } from './root.ts';

let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld();
  await addShippingMethods(w.db.pool, w.merchantId);
});
afterAll(() => w.close());

const SECRET = 'a secret of the tests, long enough';

/** The counter as a visitor stands at it. */
function visitor(flows: Flows = w.flows) {
  const settings = { origin: 'https://shop.example', secret: SECRET, region: 'EU', demo: true, cardFieldsUrl: w.psp.url };
  const app = { pool: w.db.pool, flows, settings, limits: createRateLimiter(), log: console } as unknown as App;
  return createCaller(createContext(app, ANONYMOUS)).pay;
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: Error) => (error.cause as { code?: string } | undefined)?.code ?? error,
  );

/** The link of a checkout on which Pay was pressed. */
async function paying(paymentToken: string): Promise<string> {
  const { id } = await w.flows.checkouts.create(
    { merchantId: w.merchantId, source: 'console', lines: [{ sku: 'MUG', quantity: 1 }], customer: {}, locale: 'en' },
    w.ctx(),
  );
  const token = linkToken('pay', id, SECRET);
  const page = await visitor().update({
    token,
    customer: { email: 'carla@customer.example' },
    shipTo: { line1: 'Hauptstr. 5', city: 'Berlin', postalCode: '10115', country: 'DE' },
  });
  const option = page.quote?.options.find(({ code }) => code === page.option);
  const totalMinor = BigInt(option?.orderTotalMinor ?? 0);
  await visitor().pay({ token, quoteId: page.quote?.id ?? '', option: option?.code, totalMinor, paymentToken });
  return token;
}

describe('another card', () => {
  it('gives up an attempt that waits for the bank', async () => {
    const token = await paying('pm_card_threeDSecure2Required');
    await w.settle();
    await visitor().abandon({ token });
    await w.settle();
    expect(await visitor().get({ token })).toMatchObject({ state: 'open', attempt: { outcome: 'failed' } });
  });

  it('never cancels an order that was paid after the page was read', async () => {
    const token = await paying('pm_card_visa');
    let late = false;
    // Its payment is confirmed between the look at the order and the order's lock.
    const cancelOrder: Flows['cancelOrder'] = async (...asked) => {
      await w.settle();
      late = true;
      return w.flows.cancelOrder(...asked);
    };
    const page = await visitor({ ...w.flows, cancelOrder }).abandon({ token });
    expect(late).toBe(true);
    expect(page).toMatchObject({ state: 'paid', attempt: { outcome: 'paid' } });
    await w.settle();
    expect(await w.order(page.attempt?.orderId ?? '')).toMatchObject({ status: 'CONFIRMED', cancellation: null });
    await w.expectBooksAgree();
  });
});

describe('opening a checkout', () => {
  it('takes a UUID as its key and nothing that another visitor might use, too', async () => {
    const cart = { lines: [{ handle: 'NO-SUCH', quantity: 1 }] };
    expect(await codeOf(visitor().open({ ...cart, idempotencyKey: 'cart-1' }))).toBe('invalid_request');
    expect(await codeOf(visitor().open({ ...cart, idempotencyKey: newId() }))).toBe('unknown_sku');
    expect(await codeOf(visitor().open(cart))).toBe('unknown_sku');
  });
});
