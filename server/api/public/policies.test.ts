import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { Role } from '../../kernel/vocabulary.ts';
import { createContext } from '../context.ts';
import { ANONYMOUS, type Principal } from '../principal.ts';
import { createCaller } from '../root.ts';
import { type RestWorld, restWorld } from './testing/rest-world.ts';

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

/** Somebody at the console's counter. */
function as(role: Role, belongs: { merchantId?: string; customerId?: string } = {}) {
  const userId = newId();
  const principal: Principal = {
    ...ANONYMOUS,
    ...{ kind: 'user', actor: `user:${userId}`, userId, role, sessionId: newId(), secondFactor: true },
    merchantId: belongs.merchantId ?? null,
    customerId: belongs.customerId ?? null,
  };
  return createCaller(createContext(world.api.app, principal));
}

async function allocated(): Promise<{ id: string; number: string; customerId: string }> {
  const body = {
    currency: 'EUR',
    customer: { email: `${newId()}@customer.example` },
    lines: [{ sku: 'MUG-RED', quantity: 2 }],
    ship_to: { line1: 'Hauptstr. 1', city: 'Wien', postal_code: '1010', country: 'AT' },
    payment: { token: 'pm_card_visa' },
  };
  const { json } = await world.send('POST', '/orders', { body, headers: { prefer: 'wait=20' } });
  await world.until('the goods are set aside', async () => {
    const { json: now } = await world.send('GET', `/orders/${json.id}`);
    return now.fulfilment_status === 'ALLOCATED';
  });
  return { id: json.id, number: json.number, customerId: json.customer_id };
}

const current = async (kind: string) => (await world.send('GET', '/policies')).json[kind];
async function say(kind: string, terms: object) {
  const { version, now } = await current(kind);
  return world.send('PUT', '/policies', { body: { [kind]: { ...now.terms, ...terms }, seen_version: version } });
}

/** What a customer is told of their order, wherever it is asked. */
async function answers({ id, number, customerId }: Awaited<ReturnType<typeof allocated>>): Promise<string[]> {
  const customer = as('customer', { customerId });
  const page = (await customer.myOrders.get({ number })).cancel;
  const asked = await customer.orders.previewCancel({ orderId: id, reason: 'customer_request' }).then(
    ({ terms }) => terms,
    (error: { cause?: { detail?: string } }) => error.cause?.detail ?? 'no sentence',
  );
  const rest = await world.send('POST', `/orders/${id}/cancel/preview`, {
    body: { reason: 'customer_request', as_customer: true },
  });
  return [page.allowed ? page.sentence : page.why, asked, rest.status === 200 ? rest.json.terms : rest.json.detail];
}

describe('a policy that changes', () => {
  it('changes the answer of the customer’s page, of the counter and of the API, word for word', async () => {
    const order = await allocated();
    const same = (sentence: string) => [sentence, sentence, sentence];
    expect(await answers(order)).toEqual(
      same('This order can be cancelled until it is handed to the carrier. It costs nothing.'),
    );
    expect((await say('cancellation', { fees: { EUR: 250 } })).json).toMatchObject({ kind: 'cancellation', version: 1 });
    expect(await answers(order)).toEqual(
      same('This order can be cancelled until it is handed to the carrier. It costs 2.50 EUR.'),
    );
    await say('cancellation', { customer_until: 'allocated' });
    expect(await answers(order)).toEqual(
      same('This order could be cancelled until its goods were set aside. Ask the shop for help.'),
    );
    const refused = await world.send('POST', `/orders/${order.id}/cancel`, {
      body: { reason: 'customer_request', as_customer: true },
    });
    expect([refused.status, refused.json.code]).toEqual([409, 'state_refuses']);
    await say('cancellation', { customer_until: 'packed' });
    const done = await world.send('POST', `/orders/${order.id}/cancel`, {
      body: { reason: 'customer_request', as_customer: true },
    });
    expect(done.json).toMatchObject({ status: 'CANCELLED', fee_minor: 250 });
    await world.until(
      'the fee is taken',
      async () => (await world.send('GET', `/orders/${order.id}`)).json.captured_minor === 250,
    );
    expect((await world.send('GET', `/orders/${order.id}`)).json).toMatchObject({
      cancellation_fee_minor: 250,
      payment_status: 'CAPTURED',
    });
    await world.expectBooksAgree();
  });

  it('is said one at a time, by whoever saw the last one, and about second persons by people alone', async () => {
    const { version, now } = await current('capture');
    const put = (body: object, key?: string) => world.send('PUT', '/policies', { body, ...(key ? { key } : {}) });
    const capture = { when: 'confirmation' };
    expect((await put({ seen_version: version })).json.detail).toContain('one policy at a time: cancellation, capture, returns');
    expect((await put({ capture, returns: (await current('returns')).now.terms, seen_version: version })).status).toBe(400);
    expect((await put({ capture, seen_version: version + 1 })).json.code).toBe('conflict');
    expect((await put({ approval: { refunds_from: {}, cancellations_from: {} }, seen_version: 0 })).status).toBe(400);
    expect((await put({ capture: { when: 'never' }, seen_version: version })).json.errors[0].pointer).toBe('/capture/when');
    const later = new Date(Date.now() + 86_400_000).toISOString();
    expect((await put({ capture, seen_version: version, effective_from: later })).json).toMatchObject({ version: version + 1 });
    expect(await current('capture')).toMatchObject({
      now,
      announced: [{ terms: capture, sentence: expect.stringContaining('confirmed') }],
    });
    expect((await world.send('GET', '/policies', { key: world.south.key })).json.capture).toMatchObject({
      version: 0,
      announced: [],
    });
    const returns = await say('returns', { window_days: 14 });
    expect(returns.json).toMatchObject({ kind: 'returns', version: 1 });
    expect(
      (await as('merchant', { merchantId: world.north.id }).returns.policy({ merchantId: world.north.id })).terms,
    ).toMatchObject({
      windowDays: 14,
    });
  });
});
