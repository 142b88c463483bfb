import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { createRateLimiter } from '../../platform/rate-limit.ts';
import { REQUESTS_BY_KEY } from './limits.ts';
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
    expect(delivered.json).toEqual({ id: shipment.id, status: 'DELIVERED', fate: null, changed: true });

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

  it('repeats refusals too', async () => {
    const headers = { 'idempotency-key': newId() };
    const tooMany = mug(1_000_000);
    const [first, again] = [await create(tooMany, { headers }), await create(tooMany, { headers })];
    expect([first.status, first.json.code, again.status, again.json.code]).toEqual([422, 'out_of_stock', 422, 'out_of_stock']);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('that was forgotten places another order, whose outcome is its own', async () => {
    const headers = { ...waiting, 'idempotency-key': newId() };
    const first = await create(mug(), { headers });
    // What was decided first is forgotten first; how it ended was kept a moment later.
    await world.db.pool.query(`DELETE FROM idempotency_keys WHERE operation = 'place-order' AND key = $1`, [
      headers['idempotency-key'],
    ]);
    const second = await create(mug(), { headers });
    expect([first.json.status, second.json.status]).toEqual(['CONFIRMED', 'CONFIRMED']);
    expect(second.json.id).not.toBe(first.json.id);
    expect(second.headers.get('location')).toBe(`/api/v1/orders/${second.json.id}`);
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

  it('is counted by key: one too many is told when to come back, and other keys go on', async () => {
    const { limits } = world.api.app;
    // Time stands still, so that nothing is given back while the test counts.
    const frozen = createRateLimiter(() => 0);
    Object.assign(world.api.app, { limits: frozen });
    try {
      const key = await world.key(world.south);
      expect((await world.send('GET', '/merchant', { key })).status).toBe(200);
      const { rows } = await world.db.pool.query<{ id: string }>('SELECT id FROM api_keys WHERE prefix = $1', [key.slice(0, 14)]);
      for (let n = 1; n < REQUESTS_BY_KEY.burst; n++) frozen.take(REQUESTS_BY_KEY, `api_key:${rows[0]?.id}`);
      const refused = await world.send('GET', '/merchant', { key });
      expect([refused.status, refused.json.code, refused.headers.get('retry-after')]).toEqual([429, 'too_many_requests', '1']);
      expect((await world.send('GET', '/merchant')).status).toBe(200);
    } finally {
      Object.assign(world.api.app, { limits });
    }
  });
});
