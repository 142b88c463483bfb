import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { writeEvidence } from '../testing/evidence.ts';
import { bigTables, type ReportedPlan, seqScansIn, wastefulScansIn, watchedPool } from '../testing/plans.ts';
import { LEVEL_VIEWS, type LevelRow, type LevelsRequest, listLevels } from './levels.ts';
import type { Scope } from './scope.ts';
import { stockDays } from './stock-days.ts';

const ALL: Scope = { merchantId: null, customerId: null };
const DEEP = process.env.WAYBILL_DEEP === '1';
const NODES = DEEP ? 20 : 4;
const SKUS = DEEP ? 100_000 : 2_000;
const MERCHANTS = ['north', 'south'].map((slug) => ({ id: newId(), slug }));
const [NORTH, SOUTH] = MERCHANTS.map((merchant) => merchant.id) as [string, string];

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase();
  const owner = await db.ownerPool.connect();
  // A hundred thousand SKUs take their time.
  await owner.query('SET statement_timeout = 0');
  await owner.query("INSERT INTO home_owner VALUES ('EU', 'EU')");
  for (const { id, slug } of MERCHANTS) {
    await owner.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', $2, $2, 'EUR', 'DE', now())`,
      [id, slug],
    );
    await owner.query(
      `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at)
       SELECT gen_random_uuid(), $1, 'EU', 'N' || lpad(g::text, 2, '0'), 'Node ' || g, 'warehouse', g, now() FROM generate_series(1, $2::int) g`,
      [id, NODES],
    );
  }
  // A big catalogue, of which a few SKUs are short, sold out, or waited for.
  await owner.query(
    `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at)
     SELECT gen_random_uuid(), CASE WHEN g % 10 = 0 THEN $1::uuid ELSE $2::uuid END, 'BULK-' || lpad(g::text, 7, '0'), 'Bulk article ' || g, 1, 'EUR', now(), now()
     FROM generate_series(1, $3::int) g`,
    [SOUTH, NORTH, SKUS],
  );
  for (const nodeId of [...(await nodesOf()).values()].flat())
    await owner.query(
      `INSERT INTO node_stock (sku_id, node_id, merchant_id, region, on_hand, allocated)
       SELECT k.id, n.id, k.merchant_id, 'EU', 5, 1 FROM skus k JOIN nodes n ON n.merchant_id = k.merchant_id WHERE n.id = $1`,
      [nodeId],
    );
  await owner.query(
    `INSERT INTO sku_supply (sku_id, region, merchant_id, sellable, promised)
     SELECT id, 'EU', merchant_id, 5 * $1::int, CASE WHEN code LIKE '%500' THEN 5 * $1::int ELSE $1::int END FROM skus`,
    [NODES],
  );
  await owner.query(
    `INSERT INTO shortage_work (id, sku_id, merchant_id, region, shortfall, status, reason, opened_at)
     SELECT gen_random_uuid(), id, merchant_id, 'EU', 1, 'open', 'count', now() FROM skus WHERE code LIKE '%700'`,
  );
  for (const table of ['skus', 'sku_supply', 'node_stock', 'shortage_work']) await owner.query(`VACUUM ANALYZE ${table}`);
  await owner.query('RESET statement_timeout');
  owner.release();
}, 900_000);
afterAll(() => db.drop());

interface Made {
  readonly code: string;
  /** An alert is open. */
  readonly low: boolean;
  readonly merchantId: string;
  readonly cells: readonly {
    readonly nodeId: string;
    readonly onHand: number;
    readonly allocated: number;
    readonly short: number;
  }[];
  readonly supply: {
    readonly sellable: number;
    readonly promised: number;
    readonly limit: number;
    readonly shortfall: number;
  } | null;
}

/** Any stock that the database's own rules allow. */
const madeBy = (nodes: ReadonlyMap<string, readonly string[]>): fc.Arbitrary<readonly Made[]> =>
  fc.array(
    fc.constantFrom(NORTH, SOUTH).chain((merchantId) =>
      fc.record({
        merchantId: fc.constant(merchantId),
        low: fc.boolean(),
        code: fc.stringMatching(/^[A-C][0-9]{3}$/).map((text) => `MADE-${text}`),
        cells: fc.subarray([...(nodes.get(merchantId) ?? [])]).chain((own) =>
          fc.tuple(
            ...own.map((nodeId) =>
              fc
                .record({ onHand: fc.nat(9), short: fc.constantFrom(0, 0, 2), part: fc.nat(100) })
                .map(({ onHand, short, part }) => ({
                  nodeId,
                  onHand,
                  short,
                  allocated: Math.floor(((onHand + short) * part) / 100),
                })),
            ),
          ),
        ),
        supply: fc.option(
          fc
            .record({
              sellable: fc.nat(20),
              limit: fc.constantFrom(0, 0, 5),
              shortfall: fc.constantFrom(0, 0, 0, 1),
              part: fc.nat(100),
            })
            .map(({ part, ...own }) => ({
              ...own,
              promised: Math.floor(((own.sellable + own.limit + own.shortfall) * part) / 100),
            })),
          { nil: null },
        ),
      }),
    ),
    { maxLength: 12 },
  );

async function write(pool: pg.Pool, made: readonly Made[]): Promise<void> {
  await pool.query(`DELETE FROM node_stock WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'MADE-%')`);
  await pool.query(`DELETE FROM sku_supply WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'MADE-%')`);
  await pool.query(`DELETE FROM shortage_work WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'MADE-%')`);
  await pool.query(`DELETE FROM stock_alerts WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'MADE-%')`);
  await pool.query(`DELETE FROM reorder_points WHERE sku_id IN (SELECT id FROM skus WHERE code LIKE 'MADE-%')`);
  await pool.query(`DELETE FROM skus WHERE code LIKE 'MADE-%'`);
  for (const one of made) {
    const { code, merchantId, cells, supply } = one;
    const id = newId();
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, 1, 'EUR', now(), now())`,
      [id, merchantId, code],
    );
    for (const { nodeId, onHand, allocated, short } of cells)
      await pool.query(
        `INSERT INTO node_stock (sku_id, node_id, merchant_id, region, on_hand, allocated, short) VALUES ($1, $2, $3, 'EU', $4, $5, $6)`,
        [id, nodeId, merchantId, onHand, allocated, short],
      );
    if (supply)
      await pool.query(
        `INSERT INTO sku_supply (sku_id, region, merchant_id, sellable, promised, limit_over, shortfall) VALUES ($1, 'EU', $2, $3, $4, $5, $6)`,
        [id, merchantId, supply.sellable, supply.promised, supply.limit, supply.shortfall],
      );
    if (one.low) await openAlert(pool, id, merchantId);
    if (isShort(one))
      await pool.query(
        `INSERT INTO shortage_work (id, sku_id, merchant_id, region, shortfall, status, reason, opened_at) VALUES ($1, $2, $3, 'EU', 1, 'open', 'count', now())`,
        [newId(), id, merchantId],
      );
  }
}

async function openAlert(pool: pg.Pool, skuId: string, merchantId: string): Promise<void> {
  const pointId = newId();
  await pool.query(
    `INSERT INTO reorder_points (id, sku_id, merchant_id, region, point, quantity) VALUES ($1, $2, $3, 'EU', 1, 1)`,
    [pointId, skuId, merchantId],
  );
  await pool.query(
    `INSERT INTO stock_alerts (id, point_id, sku_id, merchant_id, point, position, opened_at) VALUES ($1, $2, $3, $4, 1, 0, now())`,
    [newId(), pointId, skuId, merchantId],
  );
}

const isShort = ({ cells, supply }: Made): boolean => (supply?.shortfall ?? 0) > 0 || cells.some((cell) => cell.short > 0);
const availableOf = ({ supply }: Made): number =>
  !supply || supply.shortfall > 0 ? 0 : Math.max(0, supply.sellable + supply.limit - supply.promised);
const total = (made: Made, of: 'onHand' | 'allocated' | 'short'): bigint =>
  BigInt(made.cells.reduce((sum, cell) => sum + cell[of], 0));

/** What a row should say, of the made SKU. */
const expected = (made: Made) => ({
  code: made.code,
  low: made.low,
  onHand: total(made, 'onHand'),
  allocated: total(made, 'allocated'),
  short: total(made, 'short'),
  sellable: BigInt(made.supply?.sellable ?? 0),
  promised: BigInt(made.supply?.promised ?? 0),
  available: BigInt(availableOf(made)),
  shortfall: BigInt(made.supply?.shortfall ?? 0),
  cells: Object.fromEntries(
    made.cells.map(({ nodeId, ...cell }) => [
      nodeId,
      { onHand: BigInt(cell.onHand), allocated: BigInt(cell.allocated), short: BigInt(cell.short) },
    ]),
  ),
});

const said = ({ code, low, onHand, allocated, short, sellable, promised, available, shortfall, cells }: LevelRow) => ({
  ...{ code, low, onHand, allocated, short, sellable, promised, available, shortfall, cells },
});

/** All pages of what was made, each of a few rows. */
async function readAll(scope: Scope, request: LevelsRequest): Promise<LevelRow[]> {
  const rows: LevelRow[] = [];
  for (let after: string | undefined, page = 0; page < 20; page++) {
    const found = await listLevels(db.pool, scope, { ...request, q: 'MADE-', after, limit: 5 });
    rows.push(...found.items);
    if (found.next === null) return rows;
    after = found.next;
  }
  throw new Error('The pages do not end.');
}

const nodesOf = async (): Promise<Map<string, string[]>> => {
  const { rows } = await db.ownerPool.query<{ id: string; merchantId: string }>(
    'SELECT id, merchant_id AS "merchantId" FROM nodes ORDER BY priority',
  );
  return new Map([...Map.groupBy(rows, (row) => row.merchantId)].map(([id, own]) => [id, own.map((row) => row.id)]));
};

describe('the grid', () => {
  test('says what the counters say, whatever they are, page by page, filtered and sorted', { timeout: 120_000 }, async () => {
    const nodes = await nodesOf();
    const keeps: Readonly<Record<(typeof LEVEL_VIEWS)[number], (made: Made) => boolean>> = {
      attention: (made) => isShort(made) || availableOf(made) === 0 || made.low,
      short: isShort,
      none: (made) => availableOf(made) === 0,
      low: (made) => made.low,
      backordered: () => false,
    };
    const unique = (made: readonly Made[]) => [...new Map(made.map((one) => [`${one.merchantId}${one.code}`, one])).values()];
    await fc.assert(
      fc.asyncProperty(
        madeBy(nodes).map(unique),
        fc.constantFrom(undefined, ...LEVEL_VIEWS),
        fc.boolean(),
        async (made, show, down) => {
          await write(db.ownerPool, made);
          const [nodeId = ''] = nodes.get(NORTH) ?? [];
          const sorted = made.toSorted((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) * (down ? -1 : 1));
          const wanted = sorted.filter((one) => !show || keeps[show](one));
          const codes = (rows: readonly { code: string }[]) => rows.map((row) => row.code);
          const all = await readAll(ALL, { show, sort: down ? '-code' : 'code' });
          expect(codes(all)).toEqual(codes(wanted));
          const own = await readAll({ ...ALL, merchantId: NORTH }, { show, sort: down ? '-code' : 'code' });
          expect(own.map(said)).toEqual(wanted.filter((one) => one.merchantId === NORTH).map(expected));
          const there = await readAll(ALL, { nodeIds: [nodeId] });
          expect(codes(there).toSorted()).toEqual(
            codes(made.filter((one) => one.cells.some((cell) => cell.nodeId === nodeId))).toSorted(),
          );
          for (const row of there) expect(Object.keys(row.cells)).toEqual([nodeId]);
        },
      ),
      { numRuns: DEEP ? 300 : 8 },
    );
  });

  test('has a column for each node of one merchant, and for several only those that hold something', async () => {
    const nodes = await nodesOf();
    const [first = '', second = ''] = nodes.get(NORTH) ?? [];
    const cell = { nodeId: second, onHand: 3, allocated: 1, short: 0 };
    await write(db.ownerPool, [{ code: 'MADE-A001', merchantId: NORTH, low: false, cells: [cell], supply: null }]);
    const ofOne = await listLevels(db.pool, { ...ALL, merchantId: NORTH }, { q: 'MADE-' });
    expect(ofOne.nodes.map((node) => node.id)).toEqual(nodes.get(NORTH)?.slice(0, 40));
    const ofAll = await listLevels(db.pool, ALL, { q: 'MADE-' });
    expect(ofAll.nodes.map((node) => node.id)).toEqual([second]);
    expect((await listLevels(db.pool, ALL, { q: 'MADE-', nodeIds: [first] })).items).toEqual([]);
    expect((await listLevels(db.pool, { ...ALL, merchantId: SOUTH }, { q: 'MADE-' })).nodes).toEqual([]);
  });

  test('reads a big catalogue by its indexes, a page in two statements', { timeout: 120_000 }, async () => {
    let plans: ReportedPlan[] = [];
    const pool = await watchedPool(db, (plan) => plans.push(plan));
    const big = await bigTables(db, 1_000);
    expect([...big]).toEqual(expect.arrayContaining(['skus', 'node_stock', 'sku_supply']));
    const [nodeId = ''] = (await nodesOf()).get(SOUTH) ?? [];
    const middle = (await listLevels(db.pool, ALL, { q: `BULK-${String(SKUS / 2).padStart(7, '0')}` })).items[0];
    const after = Buffer.from(JSON.stringify([middle?.code, middle?.skuId])).toString('base64url');
    const asked: Readonly<Record<string, LevelsRequest>> = {
      'the first page': {},
      backwards: { sort: '-code' },
      'a page from the middle': { after },
      'a search': { q: 'BULK-00015' },
      'a node': { nodeIds: [nodeId] },
      short: { show: 'short' },
      low: { show: 'low' },
      backordered: { show: 'backordered' },
      'nothing left': { show: 'none' },
      'needs attention': { show: 'attention' },
    };
    const figures: [string, string][] = [];
    const waste: Record<string, string[]> = {};
    for (const [name, request] of Object.entries(asked)) {
      await listLevels(pool, ALL, request);
      plans = [];
      const began = performance.now();
      await listLevels(pool, ALL, request);
      figures.push([name, `${(performance.now() - began).toFixed(1)} ms`]);
      expect(plans.length).toBeLessThanOrEqual(2);
      waste[name] = plans.flatMap(({ plan }) =>
        [...seqScansIn(plan), ...wastefulScansIn(plan, SKUS / 4)].filter((table) => big.has(table)),
      );
    }
    if (process.env.LEVELS_FIGURES) console.log(figures, waste);
    // What is sold out stands in no index: each promise would have to write it. One pass over the supply rows finds it.
    const { 'nothing left': _, 'needs attention': __, ...rest } = waste;
    expect(Object.values(rest).flat()).toEqual([]);
    writeEvidence('levels', {
      title: 'The grid of stock levels',
      what: `${SKUS.toLocaleString('en-US')} SKUs at ${NODES} nodes each; a page of 50 rows with all their cells: \`WAYBILL_DEEP=1 vitest run server/views/levels.test.ts\`.`,
      figures,
      notes: ['“Nothing left” and “needs attention” go over the supply rows once; everything else is found by an index.'],
    });
    await pool.end();
  });
});

describe('the days of a SKU', () => {
  test('end with what movements had made by then, in the calendar of whoever reads', async () => {
    const nodeId = (await nodesOf()).get(NORTH)?.[0];
    const now = new Date('2026-03-10T12:00:00Z');
    const HOUR_MS = 3_600_000;
    const moves = fc.array(
      fc.record({ hoursAgo: fc.nat(24 * 9), onHand: fc.integer({ min: 0, max: 9 }), promised: fc.integer({ min: 0, max: 9 }) }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(moves, async (made) => {
        const skuId = newId();
        await db.ownerPool.query(
          `INSERT INTO skus (id, merchant_id, code, name, price, currency, created_at, updated_at) VALUES ($1, $2, $3, 'x', 1, 'EUR', now(), now())`,
          [skuId, NORTH, `DAYS-${skuId}`],
        );
        for (const { hoursAgo, onHand, promised } of made) {
          const at = new Date(now.getTime() - hoursAgo * HOUR_MS);
          await db.ownerPool.query(
            `INSERT INTO stock_movements (id, sku_id, merchant_id, region, node_id, kind, on_hand_delta, promised_delta, actor, trace_id, at)
             VALUES ($1, $2, $3, 'EU', $4, 'adjust', $5, $6, 'system', 't', $7)`,
            [idAt(at), skuId, NORTH, nodeId, onHand, promised, at],
          );
        }
        const sum = (of: 'onHand' | 'promised', till: number) =>
          BigInt(made.filter((one) => now.getTime() - one.hoursAgo * HOUR_MS < till).reduce((all, one) => all + one[of], 0));
        await db.ownerPool.query(
          `INSERT INTO node_stock (sku_id, node_id, merchant_id, region, on_hand) VALUES ($1, $2, $3, 'EU', $4)`,
          [skuId, nodeId, NORTH, sum('onHand', Number.POSITIVE_INFINITY)],
        );
        await db.ownerPool.query(
          `INSERT INTO sku_supply (sku_id, region, merchant_id, sellable, promised) VALUES ($1, 'EU', $2, 1000, $3)`,
          [skuId, NORTH, sum('promised', Number.POSITIVE_INFINITY)],
        );
        const days = await stockDays(db.pool, ALL, skuId, { days: 7, timeZone: 'Asia/Tokyo', now });
        // Tokyo is nine hours ahead all year round.
        const end = (day: string) => Date.parse(`${day}T00:00:00Z`) + 15 * HOUR_MS;
        expect(days.map(({ day, onHand, promised }) => ({ day, onHand, promised }))).toEqual(
          ['04', '05', '06', '07', '08', '09', '10'].map((date) => {
            const day = `2026-03-${date}`;
            return { day, onHand: sum('onHand', end(day)), promised: sum('promised', end(day)) };
          }),
        );
        expect(await stockDays(db.pool, { ...ALL, merchantId: SOUTH }, skuId, { days: 7, timeZone: 'UTC', now })).toEqual([]);
      }),
      { numRuns: DEEP ? 100 : 6 },
    );
  });
});

/** An id as if it had been made then. */
function idAt(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${newId().slice(15)}`;
}
