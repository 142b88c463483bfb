import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestAnswer, type RestWorld, restWorld } from './testing/rest-world.ts';

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

const issue = async (amount_minor: number): Promise<{ id: string; code: string }> =>
  (await world.send('POST', '/gift-cards', { body: { amount_minor, currency: 'EUR', reason: 'sold' } })).json;
const order = (more: object): Promise<RestAnswer> =>
  world.send('POST', '/orders', {
    body: { currency: 'EUR', lines: [{ sku: 'MUG-RED', quantity: 2 }], customer: { email: 'tenders@example.com' }, ...more },
  });

describe('an order by REST', () => {
  it('is paid by gift card and store credit, and refunded as credit', async () => {
    const { send, until } = world;
    const { json: first } = await order({ payment: { token: 'pm_card_visa' } });
    const total = first.total_minor;
    const credit = await send('POST', '/store-credit', {
      body: { customer_id: first.customer_id, amount_minor: 100, currency: 'EUR', reason: 'goodwill' },
    });
    expect(credit.json).toMatchObject({ status: 'ISSUED', balance_minor: 100 });
    const { id: cardId, code } = await issue(total);
    const tenders = [{ type: 'store_credit' }, { type: 'gift_card', code: code.toLowerCase() }];
    const { status, json: placed } = await order({ tenders });
    expect(status).toBe(201);
    const path = `/orders/${placed.id}`;
    const read = async () => (await send('GET', path)).json;
    await until('allocated', async () => (await read()).fulfilment_status === 'ALLOCATED');
    expect((await read()).payments).toMatchObject([
      { method: 'store_credit', status: 'AUTHORIZED', amount_minor: 100 },
      { method: 'gift_card', status: 'AUTHORIZED', amount_minor: total - 100, last4: code.slice(-4) },
    ]);
    await send('POST', `${path}/shipments`, { body: {} });
    await until('paid', async () => (await read()).captured_minor === total);
    expect((await send('GET', `/gift-cards/${cardId}`)).json).toMatchObject({ balance_minor: 100, held_minor: 0 });
    await send('POST', `${path}/refunds`, { body: { kind: 'units', reason: 'damaged', to: 'STORE_CREDIT' } });
    await until('refunded', async () => (await read()).refunded_minor > 0);
    const { refunded_minor } = await read();
    const { json: credits } = await send('GET', `/store-credit?customer_id=${first.customer_id}`);
    expect(credits.data).toMatchObject([{ balance_minor: refunded_minor, held_minor: 0 }]);
    expect((await send('GET', `/gift-cards/${cardId}`)).json).toMatchObject({ balance_minor: 100 });
    const { json: owed } = await send('GET', '/liabilities');
    expect(owed.owed).toMatchObject([
      { kind: 'gift_card', outstanding_minor: 100, issued_minor: total },
      { kind: 'store_credit', outstanding_minor: refunded_minor, redeemed_minor: 100, returned_minor: refunded_minor },
    ]);
    await world.expectBooksAgree();
  });

  it('whose tender is refused says which, and what to do', async () => {
    const { code } = await issue(100);
    const short = await order({ tenders: [{ type: 'gift_card', code, amount_minor: 200 }], payment: { token: 'pm_card_visa' } });
    expect(short).toMatchObject({
      status: 422,
      json: { code: 'insufficient_funds', tender: 'gift_card', index: 0, available_minor: 100 },
    });
    const unpaid = await order({ tenders: [{ type: 'gift_card', code }] });
    expect(unpaid).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
    expect(unpaid.json.detail).toMatch(/left to pay by card/);
  });
});

describe('looking a gift card up', () => {
  it('answers alike whatever cannot be spent, and stops whoever guesses', async () => {
    const { send, south, north } = world;
    const look = (code: string, key = north.key) => send('POST', '/gift-cards/lookup', { body: { code }, key });
    const { id, code } = await issue(700);
    expect((await look(code)).json).toMatchObject({ id, available_minor: 700 });
    await send('PATCH', `/gift-cards/${id}`, { body: { status: 'FROZEN', reason: 'Stolen' } });
    const said = ({ json: { code: said, detail, title, errors } }: RestAnswer) => ({ said, detail, title, errors });
    const answers = [
      await look(code),
      await look('7K2M-9QXD-4T1B-ZR5C-W8HP'),
      await look('no code'),
      await look(code, south.key),
    ];
    for (const answer of answers) expect(answer.status).toBe(404);
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    for (let guess = 3; guess < 10; guess++) expect((await look('7K2M-9QXD-4T1B-ZR5C-W8HP')).status).toBe(404);
    const stopped = await look(code);
    expect(stopped.status).toBe(429);
    expect(Number(stopped.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await look('no code', south.key)).status).toBe(404);
  });
});
