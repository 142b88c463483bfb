import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestAnswer, type RestWorld, restWorld } from './testing/rest-world.ts';

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

const WANTED = {
  currency: 'EUR',
  lines: [{ sku: 'MUG-RED', quantity: 2 }],
  destination: { country: 'DE', postal_code: '20457' },
};
const SHIP_TO = { line1: 'Hafenstraße 12', city: 'Hamburg', postal_code: '20457', country: 'DE' };
const ask = (more: Record<string, unknown> = {}): Promise<RestAnswer> =>
  world.send('POST', '/quotes', { body: { ...WANTED, ...more } });
const place = (body: Record<string, unknown>, headers: Record<string, string> = {}): Promise<RestAnswer> =>
  world.send('POST', '/orders', {
    body: { customer: { email: 'ana@example.com' }, ship_to: SHIP_TO, payment: { token: 'pm_card_visa' }, ...body },
    headers,
  });
const ordersThereAre = async (): Promise<number> => (await world.db.pool.query('SELECT FROM orders')).rowCount ?? 0;

describe('a quote over REST', () => {
  it('offers ways to send it, is read again, and is what the order costs', async () => {
    const quote = await ask();
    expect(quote.status).toBe(201);
    expect(quote.headers.get('location')).toBe(`/api/v1/quotes/${quote.json.id}`);
    expect(quote.json.shipping_options.map((option: { code: string }) => option.code)).toEqual(['standard', 'parcel', 'free']);
    const [standard] = quote.json.shipping_options;
    expect(standard).toMatchObject({ price_minor: 490, tax_minor: 93, total_minor: 583 });
    expect(standard.order_total_minor).toBe(quote.json.goods_total_minor + 583);
    expect((await world.send('GET', `/quotes/${quote.json.id}`)).json).toEqual(quote.json);

    const placed = await place(
      { quote_id: quote.json.id, shipping_option: 'standard', total_minor: standard.order_total_minor },
      { prefer: 'wait=20' },
    );
    expect(placed.json).toMatchObject({ status: 'CONFIRMED', total_minor: standard.order_total_minor });
    const order = await world.send('GET', `/orders/${placed.json.id}`);
    expect(order.json).toMatchObject({
      quote_id: quote.json.id,
      shipping_option: 'standard',
      promised_from: standard.promised_from,
      promised_by: standard.promised_by,
      authorized_minor: standard.order_total_minor,
    });
    expect(order.json.lines.at(-1)).toMatchObject({ kind: 'shipping', name: 'Standard', total_minor: 583 });
  });

  it('refuses with 422 what is not the quote, says why, and writes nothing', async () => {
    const quote = (await ask()).json;
    const before = await ordersThereAre();
    const refused = async (body: Record<string, unknown>) => {
      const answer = await place({ quote_id: quote.id, shipping_option: 'standard', ...body });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await ordersThereAre()).toBe(before);
      return { status: answer.status, ...answer.json };
    };
    expect(await refused({ shipping_option: 'drone' })).toMatchObject({
      status: 422,
      type: expect.stringMatching(/option_not_offered$/),
      offered: ['standard', 'parcel', 'free'],
    });
    expect(await refused({ total_minor: 1 })).toMatchObject({
      status: 422,
      type: expect.stringMatching(/total_mismatch$/),
      sent_minor: 1,
      total_minor: quote.shipping_options[0].order_total_minor,
    });
    expect(await refused({ ship_to: { ...SHIP_TO, country: 'FR' } })).toMatchObject({
      status: 422,
      changes: [{ what: 'destination', was: 'DE 20457', is: 'FR 20457' }],
    });
    await world.db.pool.query(`UPDATE skus SET price = 13 WHERE code = 'MUG-RED' AND merchant_id = $1`, [world.north.id]);
    expect(await refused({})).toMatchObject({
      status: 422,
      type: expect.stringMatching(/quote_changed$/),
      detail: expect.stringContaining('MUG-RED'),
      changes: [{ what: 'unit_price', sku: 'MUG-RED' }],
    });
    await world.db.pool.query(`UPDATE skus SET price = 12.5 WHERE code = 'MUG-RED' AND merchant_id = $1`, [world.north.id]);
    // A quote never changes, so its time is set back where a test cannot wait: as the owner, in the database.
    await world.db.ownerPool.query(
      `UPDATE quotes SET created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour' WHERE id = $1`,
      [quote.id],
    );
    expect(await refused({})).toMatchObject({ status: 422, type: expect.stringMatching(/quote_expired$/) });
    expect(await refused({ quote_id: undefined })).toMatchObject({ status: 400 });
    expect(await refused({ lines: [{ sku: 'MUG-RED', quantity: 1 }] })).toMatchObject({ status: 400 });
  });

  it('cannot be changed by the application', async () => {
    const { json } = await ask();
    await expect(world.db.pool.query('UPDATE quotes SET goods_total_minor = 1 WHERE id = $1', [json.id])).rejects.toThrow(
      /permission/,
    );
  });
});
