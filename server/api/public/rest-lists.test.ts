import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestAnswer, type RestWorld, restWorld, type SendOptions } from './testing/rest-world.ts';

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

const mug = (quantity = 1, more: Record<string, unknown> = {}) => ({
  currency: 'EUR',
  customer: { email: 'ana@example.com', name: 'Ana García' },
  lines: [{ sku: 'MUG-RED', quantity }],
  payment: { token: 'pm_card_visa' },
  ...more,
});
const create = (body: unknown, options: SendOptions = {}): Promise<RestAnswer> =>
  world.send('POST', '/orders', { ...options, body });
const waiting = { prefer: 'wait=20' };

describe('a product', () => {
  it('is added once and changed by whoever read its last version', async () => {
    const body = { sku: 'BOWL-1', name: 'Bowl', price: '8.90', barcode: '4006381333931', tax_class: 'standard' };
    const added = await world.send('POST', '/products', { body });
    expect([added.status, added.headers.get('location')]).toEqual([201, '/api/v1/products/BOWL-1']);
    const again = await world.send('POST', '/products', { body });
    expect([again.status, again.json.code]).toEqual([409, 'already_exists']);
    const patch = (sent: unknown) => world.send('PATCH', '/products/BOWL-1', { body: sent });
    expect((await patch({ version: 1, price: '9.90', weight_grams: 400 })).json).toMatchObject({ version: 2, sku: 'BOWL-1' });
    const stale = await patch({ version: 1, price: '7.90' });
    expect([stale.status, stale.json.code, stale.json.version]).toEqual([409, 'conflict', 2]);
    expect((await patch({ version: 2, active: false, barcode: null })).json.changed.sort()).toEqual(['active', 'barcode']);
    const { json } = await world.send('GET', '/products/BOWL-1');
    expect(json).toMatchObject({
      name: 'Bowl',
      price: '9.9',
      weight_grams: 400,
      active: false,
      barcode: null,
      available: 0,
      version: 3,
    });
    const order = await create({ ...mug(), lines: [{ sku: 'BOWL-1', quantity: 1 }] });
    expect([order.status, order.json.code]).toEqual([422, 'unknown_sku']);
  });
});

describe('a list', () => {
  it('comes in pages that neither repeat nor skip, and keeps to its filters', async () => {
    const before = new Date().toISOString();
    const made: string[] = [];
    for (let n = 0; n < 5; n++)
      made.unshift((await create(mug(1, { customer: { email: 'pages@example.com' }, tags: ['paged'] }))).json.id);
    const seen: string[] = [];
    let path = `/orders?limit=2&tag=paged&email=PAGES@example.com&placed_after=${before}&status=PENDING&status=CONFIRMED`;
    for (let pages = 1; ; pages++) {
      const { json } = await world.send('GET', path);
      seen.push(...json.data.map((row: { id: string }) => row.id));
      expect(json.has_more).toBe(json.next_cursor !== null);
      if (!json.has_more) {
        expect(pages).toBe(3);
        break;
      }
      path = `${path.split('&cursor')[0]}&cursor=${json.next_cursor}`;
    }
    expect(seen).toEqual(made);
    expect((await world.send('GET', '/orders?cursor=bm9uc2Vuc2U')).status).toBe(400);
  });

  it('of events can be followed from a cursor without missing one', async () => {
    const read: { id: string; type: string; object_id: string; object_version: number }[] = [];
    let cursor: string | null = null;
    const follow = async (): Promise<void> => {
      for (;;) {
        const { json } = await world.send('GET', `/events?limit=20${cursor ? `&after=${cursor}` : ''}`);
        read.push(...json.data);
        cursor = json.next_cursor;
        if (!json.has_more) return;
      }
    };
    await follow();
    const placed = await create(mug(), { headers: waiting });
    await world.until('all its events', async () => {
      await follow();
      return read.some((event) => event.object_id === placed.json.id && event.type === 'order.allocated');
    });
    expect(new Set(read.map((event) => event.id)).size).toBe(read.length);
    const { rows } = await world.db.pool.query<{ id: string }>('SELECT id FROM events WHERE merchant_id = $1', [world.north.id]);
    expect(new Set(rows.map((row) => row.id))).toEqual(new Set(read.map((event) => event.id)));
    const own = read.filter((event) => event.object_id === placed.json.id).map((event) => event.object_version);
    expect(own.toSorted((a, b) => a - b)).toEqual(own.map((_, index) => index + 1));
    const ordersOnly = await world.key(world.north, ['orders:read']);
    const { json } = await world.send('GET', '/events?type=stock.adjusted', { key: ordersOnly });
    expect(json.data).toEqual([]);
  });

  it('of products, stock and customers shows one’s own', async () => {
    const products = await world.send('GET', '/products?active=true');
    expect(products.json.data.map((row: { sku: string }) => row.sku)).toEqual(
      expect.arrayContaining(['GIFT-WRAP', 'MUG-RED', 'TENT-2']),
    );
    const stock = await world.send('GET', '/stock/TENT-2');
    expect(stock.json.nodes).toMatchObject([{ node: 'MAIN', on_hand: 500 }]);
    const counted = await world.send('POST', '/stock/TENT-2/adjustments', {
      body: { node: 'MAIN', reason: 'counted', counted: 498, expected: 500 },
    });
    expect(counted.json).toMatchObject({ on_hand: 498, delta: -2 });
    const stale = await world.send('POST', '/stock/TENT-2/adjustments', {
      body: { node: 'MAIN', reason: 'counted', counted: 1, expected: 500 },
    });
    expect([stale.status, stale.json.code, stale.json.on_hand]).toEqual([409, 'conflict', 498]);
    const customers = await world.send('GET', '/customers?email=ANA@example.com');
    expect(customers.json.data).toHaveLength(1);
    const customer = await world.send('GET', `/customers/${customers.json.data[0].id}`);
    expect(customer.json.totals[0].currency).toBe('EUR');
    const merchant = await world.send('GET', '/merchant', { key: await world.key(world.south, ['stock:read']) });
    expect(merchant.json).toMatchObject({ slug: 'south', key: { mode: 'test', scopes: ['stock:read'] } });
  });
});
