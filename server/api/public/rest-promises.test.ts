import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { connectedChannel } from './testing/connected-channel.ts';
import { type RestWorld, restWorld } from './testing/rest-world.ts';

let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
});
afterAll(() => world.close());

const order = (more: object) => ({
  currency: 'EUR',
  lines: [{ sku: 'TENT-2', quantity: 2 }],
  payment: { token: 'pm_card_visa' },
  ...more,
});
const availability = async (sku = 'TENT-2') => (await world.send('GET', `/products/${sku}/availability`)).json;

describe('reservations over REST', () => {
  it('hold units, are read, extended and released, and an order takes them over', async () => {
    const before = (await availability()).available;
    const key = newId();
    const wish = { lines: [{ sku: 'TENT-2', quantity: 3 }], ttl_seconds: 600, reference: 'cart-1' };
    const made = await world.send('POST', '/reservations', { body: wish, headers: { 'idempotency-key': key } });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ status: 'OPEN', lines: [{ sku: 'TENT-2', quantity: 3 }], shortages: [] });
    const again = await world.send('POST', '/reservations', { body: wish, headers: { 'idempotency-key': key } });
    expect(again.json).toEqual(made.json);
    expect(await availability()).toMatchObject({ available: before - 3, reserved: 3 });
    const path = `/reservations/${made.json.id}`;
    const longer = await world.send('POST', `${path}/extend`, { body: { ttl_seconds: 3_600 } });
    expect(Date.parse(longer.json.expires_at)).toBeGreaterThan(Date.parse(made.json.expires_at));
    const placed = await world.send('POST', '/orders', { body: order({ reservation_id: made.json.id }) });
    expect([placed.status, placed.json.shortages]).toEqual([201, []]);
    expect((await world.send('GET', path)).json).toMatchObject({
      status: 'USED',
      order_id: placed.json.id,
      reference: 'cart-1',
      channel: 'api',
      lines: [{ sku: 'TENT-2', quantity: 3 }],
    });
    const twice = await world.send('POST', '/orders', { body: order({ reservation_id: made.json.id }) });
    expect([twice.status, twice.json.code, twice.json.reservation_status]).toEqual([409, 'state_refuses', 'used']);
    const late = await world.send('POST', `${path}/release`, { body: {} });
    expect([late.status, late.json.code]).toEqual([409, 'state_refuses']);
    const other = await world.send('POST', '/reservations', { body: wish });
    const released = await world.send('POST', `/reservations/${other.json.id}/release`, { body: {} });
    expect(released.json).toMatchObject({ status: 'RELEASED' });
    expect(await availability()).toMatchObject({ available: before - 2, reserved: 0 });
  });

  it.each([
    [{ lines: [{ sku: 'TENT-2', quantity: 1 }], ttl_seconds: 1 }, 400, 'invalid_request'],
    [{ lines: [{ sku: 'TENT-2', quantity: 1 }], ttl_seconds: 100_000 }, 400, 'invalid_request'],
    [{ lines: [{ sku: 'TENT-2', quantity: 0 }] }, 400, 'invalid_request'],
    [{ lines: [] }, 400, 'invalid_request'],
    [{ lines: [{ sku: 'NO-SUCH', quantity: 1 }] }, 422, 'unknown_sku'],
    [{ lines: [{ sku: 'TENT-2', quantity: 900_000 }] }, 422, 'out_of_stock'],
  ])('of %j are refused with %i %s', async (body, status, code) => {
    const refused = await world.send('POST', '/reservations', { body });
    expect([refused.status, refused.json.code]).toEqual([status, code]);
  });
});

describe('what may be promised, over REST', () => {
  it('follows safety stock and channels’ rules, for one product and for many', async () => {
    const before = (await availability('MUG-RED')).available;
    const safety = await world.send('PATCH', '/stock/MUG-RED/nodes/MAIN', { body: { safety: 7 } });
    expect(safety.json).toMatchObject({ node: 'MAIN', safety: 7, available: before - 7 });
    const rule = await world.send('PATCH', '/stock/MUG-RED/channels/api', { body: { buffer: 10, cap: 30 } });
    expect(rule.json).toMatchObject({ channel: 'api', buffer: 10, cap: 30, available: 30 });
    expect(await availability('MUG-RED')).toMatchObject({
      sku: 'MUG-RED',
      safety: 7,
      available: before - 7,
      beyond_stock: 0,
      beyond_stock_on: null,
      later: [],
      channels: [{ channel: 'api', buffer: 10, cap: 30, promised: 0, available: 30 }],
    });
    const many = await world.send('GET', '/availability?sku=TENT-2&sku=NO-SUCH&sku=MUG-RED');
    expect(many.json.data.map((each: { sku: string }) => each.sku)).toEqual(['TENT-2', 'MUG-RED']);
    const cut = await world.send('POST', '/orders', {
      body: order({ lines: [{ sku: 'MUG-RED', quantity: 31 }], accept: 'available' }),
    });
    expect(cut.json).toMatchObject({
      lines: [{ sku: 'MUG-RED', quantity: 30 }],
      shortages: [{ sku: 'MUG-RED', asked: 31, kept: 30 }],
    });
    const refused = await world.send('POST', '/orders', { body: order({ lines: [{ sku: 'MUG-RED', quantity: 1 }] }) });
    expect([refused.status, refused.json.code]).toEqual([422, 'out_of_stock']);
  });

  it('says what is wrong with a rule, and changes nothing', async () => {
    for (const [path, body] of [
      ['/stock/TENT-2/channels/nowhere', { cap: 1 }],
      ['/stock/TENT-2/channels/api', { cap: -1 }],
      ['/stock/TENT-2/nodes/MAIN', { safety: -1 }],
    ] as const) {
      const refused = await world.send('PATCH', path, { body });
      expect([path, refused.status, refused.json.code]).toEqual([path, 400, 'invalid_request']);
    }
    expect((await availability()).channels).toEqual([]);
  });
});

describe('routing over REST', () => {
  it('drafts rules, replays them and puts them in force: what was sent is what is read', async () => {
    const rules = [
      {
        name: 'Main first',
        active: true,
        when: { channels: ['api'], countries: ['DE'], sku_tags: [], min_grams: null, max_grams: 5_000 },
        effect: { type: 'prefer', nodes: ['MAIN'], kinds: [], discount_minor: 150 },
      },
      {
        name: 'Dearer splits',
        active: true,
        when: { channels: [], countries: [], sku_tags: ['bulky'], min_grams: null, max_grams: null },
        effect: { type: 'penalties', split_minor: 900 },
      },
    ];
    const body = { version: 0, split_minor: 300, late_day_minor: 200, rules };
    const draft = await world.send('PUT', '/routing/rules/draft', { body });
    expect(draft).toMatchObject({ status: 200, json: { number: 1 } });
    const { version } = draft.json;
    const started = await world.send('POST', '/routing/simulations', { body: { version, last_orders: 10, last_days: 30 } });
    expect(started.status).toBe(201);
    await world.api.app.flows.routing.runSimulation(started.json.id);
    const replay = await world.send('GET', `/routing/simulations/${started.json.id}`);
    expect(replay.json).toMatchObject({ status: 'done', result: { differing: 0 } });
    const promoted = await world.send('POST', '/routing/rules/draft/promotion', { body: { version, reason: 'As cheap' } });
    expect(promoted.status).toBe(200);
    const { json } = await world.send('GET', '/routing/rules');
    expect(json).toMatchObject({ draft: null, active: { number: 1, split_minor: 300, late_day_minor: 200 } });
    expect(json.active.rules).toEqual(rules);
    const nowhere = [{ ...rules[0], effect: { type: 'exclude', nodes: ['NO-SUCH'], kinds: [] } }];
    expect(
      (await world.send('PUT', '/routing/rules/draft', { body: { ...body, rules: nowhere } })).status,
    ).toBeGreaterThanOrEqual(400);
  });
});

describe('a channel over REST', () => {
  it('sells under its own cap where the merchant is connected to it, and is refused where it is not', async () => {
    const body = order({ lines: [{ sku: 'TENT-2', quantity: 2 }], channel: 'marketplace' });
    for (const [channel, path] of [
      ['marketplace', '/orders'],
      ['shop', '/orders'],
      ['bazaar', '/reservations'],
    ] as const) {
      const lines = [{ sku: 'TENT-2', quantity: 2 }];
      const refused = await world.send('POST', path, { body: path === '/orders' ? { ...body, channel } : { lines, channel } });
      expect([refused.status, refused.json.code]).toEqual([400, 'invalid_request']);
      expect(refused.json.errors).toEqual([{ pointer: '/channel', detail: expect.stringContaining(`no channel ${channel}`) }]);
    }
    await connectedChannel(world);
    await world.send('PATCH', '/stock/TENT-2/channels/marketplace', { body: { cap: 3 } });
    const placed = await world.send('POST', '/orders', { body });
    expect([placed.status, (await world.send('GET', `/orders/${placed.json.id}`)).json.channel]).toEqual([201, 'marketplace']);
    const capped = await world.send('POST', '/orders', { body });
    expect([capped.status, capped.json.code]).toEqual([422, 'out_of_stock']);
    expect((await world.send('POST', '/orders', { body: { ...body, channel: 'api' } })).status).toBe(201);
    const cart = { lines: [{ sku: 'TENT-2', quantity: 1 }], channel: 'marketplace' };
    const held = await world.send('POST', '/reservations', { body: cart });
    expect(await availability('TENT-2')).toMatchObject({ channels: [{ channel: 'marketplace', promised: 3, available: 0 }] });
    const taken = { ...body, lines: cart.lines, reservation_id: held.json.id };
    expect((await world.send('POST', '/orders', { body: { ...taken, channel: undefined } })).status).toBe(409);
    expect((await world.send('POST', '/orders', { body: taken })).status).toBe(201);
  });
});
