import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLow } from '../../domains/replenishment/rules.ts';
import { writeEvidence } from '../../testing/evidence.ts';
import { SCOPE_SQL } from '../../views/integrity/invariant.ts';
import { INVARIANTS } from '../../views/integrity.ts';
import { listExpiringLots, listLowStock } from '../../views/stock-alerts.ts';
import { listStockPolicies, previewStockPolicy } from '../../views/stock-policies.ts';
import { type OrderWorld, orderWorld } from '../testing/order-world.ts';
import { refusalOf } from '../testing/refusal.ts';

/** What runs low, from crossing to crossing. */
let w: OrderWorld;
beforeAll(async () => {
  w = await orderWorld({ stock: 20 });
});
afterAll(() => w.close());

const flows = () => w.flows.stockWork;
const sku = (code: string): string => w.skus[code] as string;
const node = (at = 0): string => w.nodes[at] as string;
const EVERYTHING = { merchantId: null, customerId: null };
const deep = process.env.WAYBILL_DEEP === '1';

const setPoint = (code: string, rule: { point: number; quantity: number } | null, nodeId: string | null = null) =>
  flows().setReorderPoints({ merchantId: w.merchantId, rows: [{ skuId: sku(code), nodeId, rule }] }, w.ctx());
const sweep = () => flows().sweepLowStock(w.ctx());
const adjust = (code: string, delta: number, at = 0) =>
  w.flows.adjustStock(
    { merchantId: w.merchantId, skuId: sku(code), nodeId: node(at), delta, reason: delta < 0 ? 'lost' : 'found' },
    w.ctx(),
  );
const open = async (code: string) => (await listLowStock(w.db.pool, EVERYTHING, { skuId: sku(code) })).items;
async function alertsOf(code: string): Promise<{ closed: string | null }[]> {
  const { rows } = await w.db.pool.query('SELECT closed_why AS closed FROM stock_alerts WHERE sku_id = $1 ORDER BY id', [
    sku(code),
  ]);
  return rows;
}
async function events(code: string): Promise<string[]> {
  const { rows } = await w.db.pool.query(
    `SELECT type FROM events WHERE aggregate_id = $1 AND type IN ('stock.low', 'stock.recovered') ORDER BY id`,
    [sku(code)],
  );
  return rows.map(({ type }) => type);
}

describe('an alert', () => {
  it('opens once when what is left to sell falls to the point, and closes when it is above it again', async () => {
    await setPoint('MUG', { point: 10, quantity: 24 });
    expect(await sweep()).toEqual({ opened: 0, closed: 0 });
    await w.place({ lines: [{ sku: 'MUG', quantity: 29 }] });
    await sweep();
    expect(await open('MUG')).toEqual([]);
    await w.place({ lines: [{ sku: 'MUG', quantity: 1 }] });
    expect(await sweep()).toEqual({ opened: 1, closed: 0 });
    await w.place({ lines: [{ sku: 'MUG', quantity: 2 }] });
    expect(await sweep()).toEqual({ opened: 0, closed: 0 });
    expect(await open('MUG')).toMatchObject([{ available: 8n, position: 8n, point: 10n, toOrder: 24n, nodeId: null }]);
    await adjust('MUG', 3);
    expect(await sweep()).toEqual({ opened: 0, closed: 1 });
    expect(await alertsOf('MUG')).toEqual([{ closed: 'above' }]);
    expect(await events('MUG')).toEqual(['stock.low', 'stock.recovered']);
    await w.settle();
  });

  it('is of one node where the point is, and counts neither what is kept back nor what is allocated there', async () => {
    await setPoint('TEE', { point: 5, quantity: 10 }, node(1));
    await adjust('TEE', -20, 0);
    await sweep();
    expect(await open('TEE')).toEqual([]);
    await w.flows.setSafety({ merchantId: w.merchantId, skuId: sku('TEE'), nodeId: node(1), safety: 15 }, w.ctx());
    await sweep();
    expect(await open('TEE')).toMatchObject([{ nodeId: node(1), available: 5n }]);
    await setPoint('TEE', null, node(1));
    await sweep();
    expect(await alertsOf('TEE')).toEqual([{ closed: 'no_rule' }]);
  });

  it('closes when more was ordered, unless the merchant only counts what has arrived', async () => {
    await setPoint('BAG', { point: 40, quantity: 10 });
    await sweep();
    const [low] = await open('BAG');
    expect(low).toMatchObject({ position: 40n, toOrder: 10n });
    const wish = { merchantId: w.merchantId, nodeId: node(), supplier: 'Bag Makers' };
    const lines = [{ skuId: sku('BAG'), quantity: Number(low?.toOrder) }];
    const draft = await flows().createPurchaseOrder({ ...wish, lines }, w.ctx());
    expect(await sweep()).toEqual({ opened: 0, closed: 0 });
    expect(await open('BAG')).toMatchObject([{ drafted: 10n, inbound: 0n }]);
    await flows().movePurchaseOrder({ purchaseOrderId: draft.id, step: 'order' }, w.ctx());
    expect(await sweep()).toEqual({ opened: 0, closed: 1 });
    const policy = { merchantId: w.merchantId, overReceiptPercent: 0, countLimitUnits: null, expiryWarningDays: 30 };
    const today = w.clock().toISOString().slice(0, 10);
    const preview = await previewStockPolicy(w.db.pool, EVERYTHING, { ...policy, today });
    expect(preview).toMatchObject({ lowWithInbound: 0, lowWithoutInbound: 1, expiring: 0, differences: 0, waiting: 0 });
    await flows().savePolicy({ ...policy, version: 0n, lowCountsInbound: false }, w.ctx());
    expect(await listStockPolicies(w.db.pool, EVERYTHING)).toMatchObject([{ lowCountsInbound: false, cartMinutes: 15 }]);
    expect(await sweep()).toEqual({ opened: 1, closed: 0 });
    const saved = await flows().savePolicy({ ...policy, version: 1n }, w.ctx());
    expect(await sweep()).toEqual({ opened: 0, closed: 0 });
    await flows().savePolicy({ ...policy, version: BigInt(saved.version), lowCountsInbound: true }, w.ctx());
    expect(await sweep()).toEqual({ opened: 0, closed: 1 });
    await setPoint('BAG', null);
  });

  it('is opened by one of two sweeps at the same time', async () => {
    await setPoint('BAG', { point: 1_000, quantity: 10 });
    const both = await Promise.all([sweep(), sweep(), sweep()]);
    expect(both.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
    await setPoint('BAG', null);
    await sweep();
  });

  it('opens and closes exactly at the crossings, whatever moves and whenever somebody looks', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('adjust' as const), delta: fc.integer({ min: -6, max: 6 }) }),
      fc.record({ kind: fc.constant('point' as const), point: fc.option(fc.integer({ min: 0, max: 25 }), { nil: null }) }),
      fc.record({ kind: fc.constant('sweep' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const before = (await alertsOf('TEE')).length;
        const { rows } = await w.db.pool.query('SELECT sellable - promised AS left FROM sku_supply WHERE sku_id = $1', [
          sku('TEE'),
        ]);
        let left = Number(rows[0].left);
        let onHand = 0;
        const stock = await w.db.pool.query('SELECT on_hand FROM node_stock WHERE sku_id = $1 AND node_id = $2', [
          sku('TEE'),
          node(),
        ]);
        onHand = Number(stock.rows[0].on_hand);
        let point: bigint | null = null;
        let isOpen = false;
        let opened = 0;
        for (const each of steps) {
          if (each.kind === 'adjust' && each.delta !== 0 && onHand + each.delta >= 0) {
            await adjust('TEE', each.delta);
            left += each.delta;
            onHand += each.delta;
          } else if (each.kind === 'point') {
            await setPoint('TEE', each.point === null ? null : { point: each.point, quantity: 5 });
            point = each.point === null ? null : BigInt(each.point);
          } else if (each.kind === 'sweep') {
            await sweep();
            const low = isLow(point, BigInt(left));
            if (low && !isOpen) opened += 1;
            isOpen = low;
          }
        }
        expect((await open('TEE')).length).toBe(isOpen ? 1 : 0);
        expect((await alertsOf('TEE')).length).toBe(before + opened);
        await setPoint('TEE', null);
        await sweep();
      }),
      { numRuns: deep ? 60 : 6 },
    );
  });
});

describe('a reorder point', () => {
  it('is set once per key, says what it was before, and only of goods that are there', async () => {
    const input = { merchantId: w.merchantId, rows: [{ skuId: sku('BAG'), nodeId: null, rule: { point: 3, quantity: 6 } }] };
    expect(await flows().setReorderPoints(input, w.ctx(), 'points-1')).toEqual({ changed: 1 });
    expect(await flows().setReorderPoints(input, w.ctx(), 'points-1')).toEqual({ changed: 1 });
    expect(await flows().setReorderPoints(input, w.ctx(), 'points-2')).toEqual({ changed: 0 });
    const gift = { merchantId: w.merchantId, rows: [{ skuId: sku('GIFTWRAP'), nodeId: null, rule: { point: 3, quantity: 6 } }] };
    expect(await refusalOf(flows().setReorderPoints(gift, w.ctx()))).toMatchObject({ code: 'not_found', data: { rows: [1] } });
    const { rows } = await w.db.pool.query(
      `SELECT before, after FROM audit_log WHERE action = 'stock.reorder_point_set' AND entity_id = $1 ORDER BY id DESC LIMIT 1`,
      [sku('BAG')],
    );
    expect(rows[0]).toMatchObject({ before: { point: null }, after: { point: 3, quantity: 6 } });
  });
});

describe('a digest', () => {
  it('goes once a day to each of a merchant’s people, while something of it is new', async () => {
    const add = (role: string, email: string, disabled: boolean) =>
      w.db.ownerPool.query(
        `INSERT INTO users (id, email, email_normalized, name, role, merchant_id, locale, disabled_at, created_at) VALUES (gen_random_uuid(), $1, $1, 'P', $2, $3, 'de', $4, now())`,
        [email, role, role === 'merchant' ? w.merchantId : null, disabled ? w.clock() : null],
      );
    await add('merchant', 'buyer@acme.example', false);
    await add('merchant', 'gone@acme.example', true);
    await add('warehouse', 'shelf@house.example', false);
    expect(await flows().sendDigests(w.ctx())).toBe(0);
    await setPoint('MUG', { point: 10_000, quantity: 24 });
    await sweep();
    expect([await flows().sendDigests(w.ctx()), await flows().sendDigests(w.ctx())]).toEqual([1, 0]);
    const notices = await w.db.pool.query(`SELECT recipient, locale, merchant_id FROM notifications WHERE kind = 'stock_digest'`);
    expect(notices.rows).toEqual([{ recipient: 'buyer@acme.example', locale: 'de', merchant_id: w.merchantId }]);
    await setPoint('MUG', null);
    await sweep();
  });
});

describe('lots that expire soon', () => {
  it('are listed within the days of the policy, the soonest first, while they are on a shelf', async () => {
    await flows().trackLots({ skuId: sku('BAG') }, w.ctx());
    const day = (days: number): string => new Date(w.clock().getTime() + days * 86_400_000).toISOString().slice(0, 10);
    const take = (code: string, days: number, delta = 5) =>
      w.flows.adjustStock(
        {
          merchantId: w.merchantId,
          skuId: sku('BAG'),
          nodeId: node(),
          delta,
          reason: delta > 0 ? 'received' : 'lost',
          lot: { code, expiresOn: day(days) },
        },
        w.ctx(),
      );
    await take('LATE', 31);
    await take('SOON', 30);
    await take('TODAY', 0);
    await take('GONE', 3);
    await take('GONE', 3, -5);
    const { items } = await listExpiringLots(w.db.pool, EVERYTHING, { today: day(0) });
    expect(items.map(({ lot, daysLeft, onHand }) => [lot, daysLeft, onHand])).toEqual([
      ['TODAY', 0, 5n],
      ['SOON', 30, 5n],
    ]);
    await w.expectBooksAgree();
  });
});

describe('a big catalogue', () => {
  const SKUS = deep ? 100_000 : 1_000;
  const LOW = SKUS / 100;

  /** Each SKU with a point over all nodes, and each fifth with one at a node, all of them with enough. */
  async function fill(): Promise<void> {
    const owner = await w.db.ownerPool.connect();
    await owner.query('SET statement_timeout = 0');
    await owner.query(
      `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 'BULK-' || g, 'Bulk article ' || g, 1, 'EUR', now(), now() FROM generate_series(1, $2::int) g`,
      [w.merchantId, SKUS],
    );
    const bulk = `FROM skus WHERE code LIKE 'BULK-%'`;
    await owner.query(
      `INSERT INTO node_stock (sku_id, node_id, merchant_id, region, on_hand) SELECT id, $1::uuid, merchant_id, 'EU', 50 ${bulk}`,
      [node()],
    );
    await owner.query(`INSERT INTO sku_supply (sku_id, region, merchant_id, sellable) SELECT id, 'EU', merchant_id, 50 ${bulk}`);
    await owner.query(
      `INSERT INTO reorder_points (id, sku_id, merchant_id, region, point, quantity) SELECT gen_random_uuid(), id, merchant_id, 'EU', 10, 24 ${bulk}`,
    );
    await owner.query(
      `INSERT INTO reorder_points (id, sku_id, node_id, merchant_id, region, point, quantity)
       SELECT gen_random_uuid(), id, $1::uuid, merchant_id, 'EU', 10, 24 ${bulk} AND (code LIKE '%5' OR code LIKE '%0')`,
      [node()],
    );
    for (const table of ['skus', 'sku_supply', 'node_stock', 'reorder_points']) await owner.query(`VACUUM ANALYZE ${table}`);
    owner.release();
  }
  /** So many units less of one SKU in a hundred, and back. */
  const move = (units: number) =>
    w.db.ownerPool.query(
      `UPDATE sku_supply SET sellable = sellable + $1 WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'BULK-%01' OR code = 'BULK-1')`,
      [units],
    );

  it('is swept well within the half minute after which it is swept again', { timeout: 600_000 }, async () => {
    await fill();
    const took = async (work: () => Promise<unknown>): Promise<number> => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const alerts = INVARIANTS.find(({ id }) => id === 'stock.alerts') as { readonly sql: string };
    const oracle = async (): Promise<number> => {
      const text = `WITH ${SCOPE_SQL}, found AS MATERIALIZED (${alerts.sql}) SELECT count(*)::int AS n FROM found`;
      // As it is when what changed is no news any more.
      const now = new Date(w.clock().getTime() + 180_000);
      return (await w.db.ownerPool.query(text, [null, null, null, null, now, null])).rows[0].n;
    };
    const nothing = await took(async () => expect(await sweep()).toEqual({ opened: 0, closed: 0 }));
    await move(-45);
    expect(await oracle()).toBe(LOW);
    const opened = await took(async () => expect(await sweep()).toEqual({ opened: LOW, closed: 0 }));
    const compared = await took(async () => expect(await oracle()).toBe(0));
    await move(45);
    const closed = await took(async () => expect(await sweep()).toEqual({ opened: 0, closed: LOW }));
    expect(Math.max(nothing, opened, closed)).toBeLessThan(15_000);
    const ms = (value: number) => `${value.toFixed(0)} ms`;
    writeEvidence('low-stock', {
      title: 'The sweep of low-stock alerts',
      what: `${SKUS.toLocaleString('en-US')} SKUs, each with a reorder point over all nodes and each fifth with one at a node: \`WAYBILL_DEEP=1 vitest run server/flows/stock-work/low-stock.test.ts\`. A sweep runs each half minute.`,
      figures: [
        ['a sweep that finds nothing', ms(nothing)],
        [`a sweep that opens ${LOW.toLocaleString('en-US')} alerts`, ms(opened)],
        [`a sweep that closes ${LOW.toLocaleString('en-US')} alerts`, ms(closed)],
        ['the oracle’s comparison of every alert with what is left', ms(compared)],
      ],
    });
  });
});
