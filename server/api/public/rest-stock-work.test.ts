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

describe('lots and alerts over REST', () => {
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
