import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { type RestWorld, restWorld } from './testing/rest-world.ts';

/** Stock work by programs: transfers, counts, lots and alerts. */
let world: RestWorld;
beforeAll(async () => {
  world = await restWorld();
  const { rows } = await world.db.pool.query<{ merchant: string }>(
    `SELECT merchant_id AS merchant FROM skus WHERE code = 'MUG-RED' LIMIT 1`,
  );
  await world.db.ownerPool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, created_at) SELECT gen_random_uuid(), m.id, 'EU', 'FAR', 'Far', 'warehouse', now()
     FROM merchants m WHERE m.id = $1`,
    [rows[0]?.merchant],
  );
});
afterAll(() => world.close());

const post = (path: string, body: unknown, key = newId()) =>
  world.send('POST', path, { body, headers: { 'idempotency-key': key } });
const get = async (path: string) => (await world.send('GET', path)).json;
const onHand = async (node: string): Promise<number> =>
  (await get('/stock/MUG-RED')).nodes.find((each: { node: string }) => each.node === node)?.on_hand ?? 0;

describe('a transfer over REST', () => {
  it('that was not sent is cancelled, once', async () => {
    const wish = { from: 'MAIN', to: 'FAR', lines: [{ sku: 'TENT-2', quantity: 1 }] };
    const path = `/stock-transfers/${(await post('/stock-transfers', wish)).json.number}/cancel`;
    expect((await post(path, { reason: 'Sold here' })).json).toMatchObject({ status: 'CANCELLED' });
    expect((await post(path, {})).json.code).toBe('state_refuses');
  });

  it('is asked for, dispatched, and received with its loss', async () => {
    const before = await onHand('MAIN');
    const wish = { from: 'MAIN', to: 'FAR', lines: [{ sku: 'MUG-RED', quantity: 4 }] };
    const key = newId();
    const made = await post('/stock-transfers', wish, key);
    expect([made.status, made.json.status]).toEqual([201, 'REQUESTED']);
    expect((await post('/stock-transfers', wish, key)).json).toEqual(made.json);
    const path = `/stock-transfers/${made.json.number}`;
    expect((await post(`${path}/dispatch`, { lines: [{ sku: 'MUG-RED', sent: 3 }] })).json.status).toBe('SENT');
    expect([await onHand('MAIN'), (await get(path)).lines[0].in_transit]).toEqual([before - 3, 3]);
    const silent = await post(`${path}/receipts`, { lines: [{ sku: 'MUG-RED', received: 2 }], finish: true });
    expect(silent.status).toBeGreaterThanOrEqual(400);
    const said = await post(`${path}/receipts`, { lines: [{ sku: 'MUG-RED', received: 2 }], finish: true, reason: 'One broke' });
    expect(said.json.status).toBe('RECEIVED');
    expect((await get(path)).lines).toMatchObject([
      { sku: 'MUG-RED', sent: 3, received: 2, lost: 1, in_transit: 0, reason: 'One broke' },
    ]);
    expect(await onHand('FAR')).toBe(2);
    expect((await get('/stock-transfers?status=RECEIVED')).data).toMatchObject([
      { number: made.json.number, from: 'MAIN', to: 'FAR' },
    ]);
    const other = await post(`${path}/receipts`, { lines: [{ sku: 'TENT-2', received: 2 }] });
    expect([other.status, other.json.code]).toEqual([422, 'unknown_sku']);
  });
});

describe('a count over REST', () => {
  it('is begun, written down, made again where units moved, and applied', async () => {
    const made = await post('/stock-counts', { node: 'FAR', skus: ['MUG-RED'], blind: true });
    const path = `/stock-counts/${made.json.number}`;
    const [line] = (await get(path)).lines;
    expect(line).toMatchObject({ sku: 'MUG-RED', status: 'OPEN', on_hand: null, expected: null });
    await post('/stock/MUG-RED/adjustments', { node: 'FAR', reason: 'found', delta: 1 });
    const figure = { sku: 'MUG-RED', counted: 2, seen_version: line.seen_version };
    expect((await post(`${path}/figures`, { lines: [figure] })).json.again).toEqual(['MUG-RED']);
    expect((await post(`${path}/figures`, { lines: [{ sku: 'MUG-RED', counted: 2 }] })).json.again).toEqual([]);
    expect((await post(`${path}/finish`, { outcome: 'FINISH' })).json).toMatchObject({
      status: 'FINISHED',
      applied: 1,
      waiting: 0,
    });
    expect(await onHand('FAR')).toBe(2);
    const late = await post(`${path}/figures`, { lines: [figure] });
    expect([late.status, late.json.code]).toEqual([409, 'state_refuses']);
    const both = await post('/stock-counts', { node: 'FAR', skus: ['MUG-RED'], bins: ['A'] });
    expect([both.status, both.json.code]).toEqual([400, 'invalid_request']);
    expect((await get('/stock-counts')).data).toMatchObject([{ number: made.json.number, node: 'FAR', counted: 1 }]);
  });
});

describe('channels over REST', () => {
  it('are connected, paused, and have a SKU taken off and listed again', async () => {
    const wish = { kind: 'marketplace', name: 'Bazaar', url: 'https://bazaar.example', secret: 'whsec_0123456789abcdef01234567' };
    const far = await post('/channels', { ...wish, url: 'https://elsewhere.example' });
    expect([far.status, far.json.detail]).toEqual([400, expect.stringContaining('Ask the operator')]);
    const made = await post('/channels', wish);
    expect([made.status, made.json.status]).toEqual([201, 'ON']);
    expect((await post('/channels', wish)).json.code).toBe('already_exists');
    const path = `/channels/${made.json.id}`;
    const paused = await world.send('PATCH', path, { body: { status: 'PAUSED' } });
    expect(paused.json).toMatchObject({ name: 'Bazaar', status: 'PAUSED', version: made.json.version + 1 });
    const off = await world.send('PUT', `${path}/listings/MUG-RED`, { body: { listed: false } });
    expect(off.json).toEqual({ sku: 'MUG-RED', listing_id: 'MUG-RED', listed: false });
    expect((await get(`${path}/listings`)).data).toContainEqual(expect.objectContaining({ sku: 'MUG-RED', listed: false }));
    const service = await world.send('PUT', `${path}/listings/GIFT-WRAP`, { body: { listed: true } });
    expect([service.status, service.json.code]).toEqual([404, 'not_found']);
    expect((await get('/channels')).data).toMatchObject([{ id: made.json.id, channel: 'marketplace', state: 'PAUSED' }]);
  });
});

describe('lots and alerts over REST', () => {
  it('say when a SKU is ordered again, all rows or none', async () => {
    const set = (rows: readonly object[]) => world.send('PUT', '/reorder-points', { body: { rows } });
    const rows = [
      { sku: 'TENT-2', point: 3, quantity: 12 },
      { sku: 'TENT-2', node: 'FAR', point: 1, quantity: 2 },
    ];
    expect((await set(rows)).json).toEqual({ changed: 2 });
    expect((await get('/stock/TENT-2/reorder-points')).data).toMatchObject([
      { node: null, point: 3, quantity: 12, low: false },
      { node: 'FAR', point: 1, quantity: 2 },
    ]);
    for (const [wrong, code] of [
      [{ sku: 'TENT-2', point: 3 }, 'invalid_request'],
      [{ sku: 'NO-SUCH', point: 3, quantity: 1 }, 'unknown_sku'],
      [{ sku: 'TENT-2', node: 'NOWHERE', point: 3, quantity: 1 }, 'not_found'],
    ] as const)
      expect((await set([{ sku: 'TENT-2' }, wrong])).json.code).toBe(code);
    expect((await set([{ sku: 'TENT-2' }, { sku: 'TENT-2', node: 'FAR' }])).json).toEqual({ changed: 2 });
    expect((await get('/stock/TENT-2/reorder-points')).data).toEqual([]);
  });

  it('say what is kept by lot, and what is low', async () => {
    expect(await get('/stock/MUG-RED/lots')).toEqual({ sku: 'MUG-RED', tracked: false, items: [] });
    expect((await get('/stock-lots/expiring')).data).toEqual([]);
    expect((await get('/stock-alerts')).data).toEqual([]);
    const { rows } = await world.db.pool.query<{ id: string; merchant: string }>(
      `SELECT k.id, k.merchant_id AS merchant FROM skus k JOIN nodes n ON n.merchant_id = k.merchant_id AND n.code = 'FAR' WHERE k.code = 'MUG-RED'`,
    );
    const { id = '', merchant = '' } = rows[0] ?? {};
    const [point, alert] = [newId(), newId()];
    await world.db.pool.query(
      `INSERT INTO reorder_points (id, sku_id, merchant_id, region, point, quantity, version) VALUES ($1, $2, $3, 'EU', 100000, 12, 1)`,
      [point, id, merchant],
    );
    await world.db.pool.query(
      `INSERT INTO stock_alerts (id, point_id, sku_id, merchant_id, point, position, opened_at) VALUES ($1, $2, $3, $4, 100000, 5, now())`,
      [alert, point, id, merchant],
    );
    expect((await get('/stock-alerts')).data).toMatchObject([
      { id: alert, sku: 'MUG-RED', node: null, reorder_point: 100_000, closed_at: null },
    ]);
  });
});
