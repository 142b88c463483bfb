import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
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

async function confirmed(more: Record<string, unknown> = {}): Promise<string> {
  const { json } = await create(mug(2, more), { headers: waiting });
  expect(json.status).toBe('CONFIRMED');
  const order = await world.until('allocated', async () => {
    const found = await world.send('GET', `/orders/${json.id}`);
    return found.json.fulfilment_status === 'ALLOCATED' && found.json;
  });
  return order.id;
}

async function fulfilled(): Promise<string> {
  const id = await confirmed();
  const shipped = await world.send('POST', `/orders/${id}/shipments`, { body: {} });
  expect(shipped.status).toBe(201);
  await world.until(
    'shipped and paid',
    async () => (await world.send('GET', `/orders/${id}`)).json.payment_status === 'CAPTURED',
  );
  return id;
}

describe('an order', () => {
  it('goes from the API to delivered, paid for and refunded, and every answer says where it is', async () => {
    const placed = await create(mug(2, { external_id: 'web-1', metadata: { b: '2', a: '1' }, tags: ['gift'] }), {
      headers: waiting,
    });
    expect(placed.status).toBe(201);
    expect(placed.headers.get('preference-applied')).toBe('wait=20');
    expect(placed.headers.get('location')).toBe(`/api/v1/orders/${placed.json.id}`);
    expect(placed.json).toMatchObject({
      status: 'CONFIRMED',
      payment_status: 'AUTHORIZED',
      external_id: 'web-1',
      next_action: null,
    });
    expect(placed.json.total_minor).toBe(placed.json.lines[0].total_minor);

    const order = await world.until('allocated', async () => {
      const { json } = await world.send('GET', `/orders/${placed.json.number}`);
      return json.fulfilment_status === 'ALLOCATED' && json;
    });
    expect(order).toMatchObject({
      id: placed.json.id,
      metadata: { a: '1', b: '2' },
      tags: ['gift'],
      total_minor: placed.json.total_minor,
    });

    const preview = await world.send('POST', `/orders/${order.id}/shipments/preview`, { body: {} });
    const shipping = await world.send('POST', `/orders/${order.id}/shipments`, {
      body: { fingerprint: preview.json.fingerprint },
    });
    const [shipment] = shipping.json.shipments;
    await world.until(
      'shipped',
      async () => (await world.send('GET', `/shipments/${shipment.number}`)).json.status === 'SHIPPED',
    );
    const delivered = await world.send('POST', `/shipments/${shipment.id}/updates`, { body: { status: 'DELIVERED' } });
    expect(delivered.json).toEqual({ id: shipment.id, status: 'DELIVERED', changed: true });

    const wanted = { kind: 'units', units: [{ line_id: order.lines[0].id, quantity: 1 }], reason: 'damaged' };
    const shown = await world.send('POST', `/orders/${order.id}/refunds/preview`, { body: wanted });
    const refund = await world.send('POST', `/orders/${order.id}/refunds`, {
      body: { ...wanted, fingerprint: shown.json.fingerprint },
    });
    expect(refund.json).toMatchObject({ amount_minor: shown.json.amount_minor, currency: 'EUR' });
    await world.until('refunded', async () => {
      const { json } = await world.send('GET', `/orders/${order.id}/refunds/${refund.json.number}`);
      return json.status === 'SUCCEEDED';
    });
    const end = (await world.send('GET', `/orders/${order.id}`)).json;
    expect(end).toMatchObject({ status: 'FULFILLED', fulfilment_status: 'DELIVERED', payment_status: 'PARTIALLY_REFUNDED' });
    expect(end.lines[0].units.map((span: { state: string }) => span.state)).toContain('DELIVERED');
    await world.expectBooksAgree();
  });

  it('is cancelled when the card is declined, and the waiting checkout is told why', async () => {
    const { status, json } = await create(mug(1, { payment: { token: 'pm_card_chargeDeclined' } }), { headers: waiting });
    expect([status, json.status, json.cancel_reason]).toEqual([201, 'CANCELLED', 'payment_declined']);
    expect(json.failure.code).toEqual(expect.any(String));
  });

  it('asks the checkout to send the customer to the bank, and goes on when they come back', async () => {
    const payment = { token: 'pm_card_threeDSecure2Required', return_url: 'https://shop.example/thanks' };
    const { json } = await create(mug(1, { payment }), { headers: waiting });
    expect(json).toMatchObject({ status: 'PENDING', next_action: { type: 'redirect', url: expect.stringMatching(/^http/) } });
    const read = await world.send('GET', `/orders/${json.id}`);
    expect(read.json.payments[0]).toMatchObject({ status: 'REQUIRES_ACTION', next_action: json.next_action });
  });

  it('is there at once for a checkout that does not wait', async () => {
    const { status, json, headers } = await create(mug());
    expect([status, json.status, json.payment_status]).toEqual([201, 'PENDING', 'UNPAID']);
    expect(headers.get('preference-applied')).toBeNull();
  });

  it('costs nothing without a payment, and needs one otherwise', async () => {
    const free = { currency: 'EUR', lines: [{ sku: 'GIFT-WRAP', quantity: 1, unit_price: '0' }] };
    expect((await create(free)).status).toBe(201);
    const { status, json } = await create({ ...free, lines: [{ sku: 'GIFT-WRAP', quantity: 1 }] });
    expect([status, json.errors[0].pointer]).toEqual([400, '/payment']);
  });

  it('is cancelled, noted and labelled', async () => {
    const id = await confirmed({ metadata: { keep: 'this', drop: 'that' } });
    const noted = await world.send('POST', `/orders/${id}/notes`, { body: { body: 'Leave it with the neighbour.' } });
    expect(noted.status).toBe(201);
    expect((await world.send('GET', `/orders/${id}/notes`)).json.data).toMatchObject([
      { id: noted.json.id, body: 'Leave it with the neighbour.' },
    ]);
    const changed = await world.send('PATCH', `/orders/${id}`, {
      body: { metadata: { drop: null, new: 'entry' }, tags: ['b', 'a', 'b'] },
    });
    expect(changed.json).toMatchObject({ metadata: { keep: 'this', new: 'entry' }, tags: ['b', 'a'] });
    expect((await world.send('GET', `/orders/${id}`)).json).toMatchObject({
      metadata: { keep: 'this', new: 'entry' },
      tags: ['b', 'a'],
    });
    const preview = await world.send('POST', `/orders/${id}/cancel/preview`, { body: { reason: 'customer_request' } });
    expect(preview.json).toMatchObject({ whole: true, refunded_minor: 0 });
    const cancelled = await world.send('POST', `/orders/${id}/cancel`, {
      body: { reason: 'customer_request', fingerprint: preview.json.fingerprint },
    });
    expect(cancelled.json).toMatchObject({ status: 'CANCELLED', cancelled_minor: preview.json.value_minor });
    const again = await world.send('POST', `/orders/${id}/cancel`, { body: { reason: 'customer_request' } });
    expect([again.status, again.json.code]).toEqual([409, 'state_refuses']);
  });

  it('has an external_id that is taken once', async () => {
    expect((await create(mug(1, { external_id: 'web-2' }))).status).toBe(201);
    const second = await create(mug(1, { external_id: 'web-2' }));
    expect([second.status, second.json.code]).toEqual([409, 'duplicate_external_id']);
    expect((await create(mug(1, { external_id: 'web-2' }), { key: world.south.key })).status).toBe(201);
    const found = await world.send('GET', '/orders?external_id=web-2');
    expect(found.json.data).toHaveLength(1);
  });
});

describe('an Idempotency-Key', () => {
  it('makes 64 requests at once one order and one answer, byte for byte, with and without waiting', async () => {
    for (const prefer of ['', 'wait=20']) {
      const headers = { 'idempotency-key': newId(), ...(prefer ? { prefer } : {}) };
      const body = mug(1, { metadata: { z: '1', a: '2' } });
      const answers = await Promise.all(Array.from({ length: 64 }, () => create(body, { headers })));
      expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
      expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
      expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === null)).toHaveLength(1);
      const later = await create({ ...body, metadata: { a: '2', z: '1' } }, { headers });
      expect(later.text).toBe(answers[0]?.text);
      expect(later.headers.get('idempotent-replayed')).toBe('true');
      const { rows } = await world.db.pool.query<{ orders: number }>(
        `SELECT count(*)::int AS orders FROM events WHERE type = 'order.placed' AND aggregate_id = $1`,
        [answers[0]?.json.id],
      );
      expect(rows).toEqual([{ orders: 1 }]);
    }
  });

  it('is refused with another body, and belongs to one API key', async () => {
    const headers = { 'idempotency-key': 'cart-7781' };
    const first = await create(mug(1), { headers });
    const other = await create(mug(2), { headers });
    expect([other.status, other.json.code]).toEqual([422, 'key_reused']);
    const elsewhere = await create(mug(2), { headers, key: world.south.key });
    expect(elsewhere.status).toBe(201);
    expect(elsewhere.json.id).not.toBe(first.json.id);
  });

  it('repeats refusals too, and works on every change', async () => {
    const headers = { 'idempotency-key': newId() };
    const tooMany = mug(1_000_000);
    const [first, again] = [await create(tooMany, { headers }), await create(tooMany, { headers })];
    expect([first.status, first.json.code, again.status]).toEqual([422, 'out_of_stock', 422]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');

    const id = await fulfilled();
    const { lines } = (await world.send('GET', `/orders/${id}`)).json;
    const shipment = (await world.send('GET', `/orders/${id}/shipments`)).json.data[0];
    const calls: [string, string, unknown][] = [
      ['POST', `/orders/${id}/notes`, { body: 'once' }],
      ['PATCH', `/orders/${id}`, { metadata: { x: 'y' }, tags: ['t'] }],
      ['POST', `/orders/${id}/refunds`, { kind: 'units', units: [{ line_id: lines[0].id, quantity: 1 }], reason: 'late' }],
      ['POST', `/shipments/${shipment.id}/updates`, { status: 'IN_TRANSIT' }],
      ['POST', '/stock/MUG-RED/adjustments', { node: 'MAIN', reason: 'received', delta: 3 }],
    ];
    for (const [method, path, body] of calls) {
      const key = { 'idempotency-key': newId() };
      const once = await world.send(method, path, { body, headers: key });
      const twice = await world.send(method, path, { body, headers: key });
      expect([path, once.status < 300, twice.text]).toEqual([path, true, once.text]);
      expect([once, twice].map((answer) => answer.headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    }
    expect((await world.send('GET', `/orders/${id}/notes`)).json.data).toHaveLength(1);
    expect((await world.send('GET', `/orders/${id}/refunds`)).json.data).toHaveLength(1);
  });

  it('is 1 to 255 visible ASCII characters', async () => {
    for (const key of ['', 'a'.repeat(256), 'with space', 'ümlaut', '4111111111111111']) {
      const { status } = await create(mug(), { headers: { 'idempotency-key': key } });
      expect([key, status]).toEqual([key, key.startsWith('4111') ? 422 : 400]);
    }
    expect((await create(mug(), { headers: { 'idempotency-key': 'a'.repeat(255) } })).status).toBe(201);
  });
});

describe('a request', () => {
  const pointers = (answer: RestAnswer) => answer.json.errors?.map((error: { pointer: string }) => error.pointer);

  it('is told by JSON Pointer what is wrong with it', async () => {
    const { status, headers, json } = await create({
      currency: 'EURO',
      lines: [{ sku: 'MUG-RED', quantity: '2', colour: 'red' }],
      merchant_id: world.south.id,
      payment: { token: 'x', card: {} },
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(json).toMatchObject({
      type: '/problems/invalid_request',
      code: 'invalid_request',
      request_id: headers.get('x-request-id'),
    });
    expect(json.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/currency',
      '/lines/0/colour',
      '/lines/0/quantity',
      '/merchant_id',
      '/payment/card',
    ]);
    expect(pointers(await world.send('GET', '/orders?limit=0&colour=red'))).toEqual(['/limit', '/colour']);
    expect(pointers(await world.send('PATCH', `/orders/${newId()}`, { body: { order: newId() } }))).toEqual(['/order']);
  });

  it('must be JSON of at most 1 MiB', async () => {
    const cases: [SendOptions, number, string][] = [
      [{ raw: '{"currency":' }, 400, 'invalid_request'],
      [{ raw: '[]' }, 400, 'invalid_request'],
      [{ raw: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'invalid_request'],
      [{ raw: '['.repeat(100_000) }, 400, 'invalid_request'],
      [{ raw: `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}` }, 400, 'invalid_request'],
      [{ raw: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
      [{ raw: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported_media_type'],
      [{ raw: `{"a":"${'x'.repeat(1024 * 1024)}"}` }, 413, 'payload_too_large'],
      [{ body: mug(1, { metadata: { a: 'nul\u0000' } }) }, 400, 'invalid_request'],
      [{ body: mug(1, { metadata: { a: 'half \ud800' } }) }, 400, 'invalid_request'],
    ];
    for (const [options, status, code] of cases) {
      const answer = await world.send('POST', '/orders', options);
      expect([String(options.raw ?? 'body').slice(0, 20), answer.status, answer.json.code]).toEqual([
        String(options.raw ?? 'body').slice(0, 20),
        status,
        code,
      ]);
    }
    const charset = await create(mug(), { headers: { 'content-type': 'application/json; charset=utf-8' } });
    expect(charset.status).toBe(201);
  });

  it('carries no card number anywhere, and none is repeated or kept', async () => {
    const pan = '4242 4242 4242 4242';
    const bodies = [
      mug(1, { payment: { token: pan } }),
      mug(1, { metadata: { note: `card ${pan}` } }),
      mug(1, { metadata: { '4242424242424242': 'x' } }),
      mug(1, { external_id: '4242424242424242' }),
      { ...mug(), lines: [{ sku: '4242424242424242', quantity: 1 }] },
      { ...mug(), unknown: { deep: [4242424242424242] } },
    ];
    for (const body of bodies) {
      const { status, json, text } = await create(body);
      expect([status, json.code]).toEqual([422, 'card_number_refused']);
      expect(text.replaceAll(' ', '')).not.toContain('42424242');
    }
    expect((await world.send('GET', `/orders?email=${encodeURIComponent('4242424242424242')}`)).status).toBe(422);
    const kept = await world.db.pool.query(
      `SELECT FROM idempotency_keys WHERE replace(outcome::text, ' ', '') LIKE '%42424242%'`,
    );
    expect(kept.rowCount).toBe(0);
    // What only looks a little like one: an id of digits, an EAN, a phone number.
    const harmless = mug(1, { external_id: '12345678-1234-7123-8123-123456789012', customer: { phone: '+4912345678903' } });
    expect((await create(harmless)).status).toBe(201);
  });

  it('to nowhere is 404, with a wrong method 405', async () => {
    expect((await world.send('GET', '/nothing')).status).toBe(404);
    expect((await world.send('GET', '/orders/%ff')).status).toBe(400);
    expect((await world.send('GET', '/orders/%00')).status).toBe(400);
    const { status, headers } = await world.send('DELETE', '/orders');
    expect([status, headers.get('allow')]).toEqual([405, 'POST, GET']);
    expect((await world.send('HEAD', '/orders')).status).toBe(200);
  });

  it('is counted by key', async () => {
    const { REQUESTS_BY_KEY } = await import('./limits.ts');
    const key = await world.key(world.south);
    const { rows } = await world.db.pool.query<{ id: string }>(
      'SELECT id FROM api_keys WHERE prefix = $1 ORDER BY created_at DESC LIMIT 1',
      [key.slice(0, 14)],
    );
    for (let n = 0; n < REQUESTS_BY_KEY.burst; n++) world.api.app.limits.take(REQUESTS_BY_KEY, `api_key:${rows[0]?.id}`);
    const answers = await Promise.all(Array.from({ length: 3 }, () => world.send('GET', '/merchant', { key })));
    for (const refused of answers.filter((answer) => answer.status === 429))
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

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
