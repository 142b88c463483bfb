import { createFlows } from '../server/flows/flows.ts';
import { reserveStock } from '../server/flows/reservations/reserve-stock.ts';
import { newId } from '../server/kernel/ids.ts';
import { createPool } from '../server/platform/db.ts';
import { createVerb } from '../server/platform/verb.ts';
import { type OrderTemplate, readTemplate, rowCounts } from './baselines/order-template.ts';
import type { PromiserName } from './flash-sale/contenders.ts';
import {
  everythingAtOnce,
  LOCK_ROW,
  LOOK_UP_SKU,
  PROMISE_ONE,
  RESERVATION_TABLES,
  rowStatements,
  STORE_ANSWER,
} from './flash-sale/promise-sql.ts';
import type { PromisePlan, PromiseRecord } from './flash-sale/promises.ts';
import { runSale, type Sale } from './flash-sale/sale.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, type Latency, latencyOf, ratiosOf, round } from './harness/bench.ts';
import { runInChild } from './harness/child.ts';
import { type Cluster, costliest, type Database, withCluster } from './harness/cluster.ts';
import { openHouse } from './harness/house.ts';
import { furnishShop, type Shop } from './harness/shop.ts';

const DROP = 'DROP-1';
const UNITS = 1_000;
const BUYERS = 20_000;
const CONNECTIONS = 256;
/** Longer than anybody takes to pay, even on a busy machine. */
const TTL_SECONDS = 10;
const RETRYING = 10;
const ABANDONING = 20;
const API_PROCESSES = [1, 4] as const;
const POOL_SIZES = [8, 16, 32] as const;
/** Enough to fill a lane's batch twice: one gathers while the other commits. */
const CALLERS = 512;
const WARMUP_SECONDS = 2;
/** In one lane one connection is at work while the next batch reads; more are never used. */
const LANE_CONNECTIONS = 4;
const CONFIRMED_WITHIN_MS = 60_000;

/**
 * One SKU with a thousand units and twenty thousand buyers over HTTP, who reserve, pay, repeat and walk away; with one api process and with
 * four. Beside it the promise itself, in process: everybody wants the same row.
 */
export const bench: Bench = {
  name: 'flash-sale',
  unit: 'promises/s of one SKU',
  what: '20,000 buyers over HTTP want 1,000 units of one SKU: 10% repeat every request under its key, 20% reserve and never pay. The promise itself, in process, 512 callers for one row.',
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const template = await cluster.create('template');
  const shop = await furnishShop(template);
  await addDrop(template, shop);
  const figures: Record<string, number> = {};
  let violated = false;
  for (const processes of API_PROCESSES) {
    const { sale, ok } = await sell(cluster, template, shop, processes, say);
    violated ||= !ok;
    Object.assign(figures, figuresOf(processes === 1 ? '' : `_${processes}_apis`, sale));
  }
  const sample = await sampleOf(cluster, template, shop);
  const measure = (name: PromiserName, connections: number) =>
    promise(cluster, template, { ...shop, template: sample }, name, connections, seconds, say);
  const ours = await measure('lane', LANE_CONNECTIONS);
  violated ||= !ours.ok;
  const baselines: Record<string, number> = {};
  for (const name of ['row_lock', 'conditional_update'] as const)
    for (const size of POOL_SIZES) {
      const { perSecond, ok } = await measure(name, size);
      violated ||= !ok;
      figures[`${name}_pool_${size}`] = round(perSecond);
      baselines[name] = Math.max(baselines[name] ?? 0, round(perSecond));
    }
  const { claim, rest } = rowStatements(sample);
  return {
    value: round(ours.perSecond),
    baselines,
    ratios: ratiosOf(round(ours.perSecond), baselines),
    latency_ms: ours.latency,
    oracle: violated ? 'violated' : 'ok',
    figures,
    sql: {
      row_lock: [
        'BEGIN',
        claim.statement.text,
        LOOK_UP_SKU.text,
        LOCK_ROW.text,
        PROMISE_ONE.text,
        ...rest.map(({ statement }) => statement.text),
        STORE_ANSWER.text,
        'COMMIT',
      ],
      conditional_update: [everythingAtOnce(sample.tables).text],
    },
  };
}

const figuresOf = (suffix: string, sale: Sale): Record<string, number> => ({
  [`rush_requests_per_s${suffix}`]: round(sale.rushRequests / (sale.rushMs / 1_000)),
  [`sale_p50_ms${suffix}`]: sale.sales.p50,
  [`sale_p99_ms${suffix}`]: sale.sales.p99,
  [`refusal_p50_ms${suffix}`]: sale.refusals.p50,
  [`refusal_p99_ms${suffix}`]: sale.refusals.p99,
  [`order_p50_ms${suffix}`]: sale.placements.p50,
  [`order_p99_ms${suffix}`]: sale.placements.p99,
  [`sold${suffix}`]: sale.orders.length,
  [`abandoned${suffix}`]: sale.abandoned,
  [`late${suffix}`]: sale.late,
  [`repeated${suffix}`]: sale.retried,
  [`sold_out_after_ms${suffix}`]: round(sale.soldAfterMs),
});

/** The SKU that everybody wants. */
async function addDrop(database: Database, { merchantId }: Shop): Promise<void> {
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-drop' });
  try {
    const flows = createFlows({ pool, home: 'EU', outside: { payments: new Map(), carriers: new Map() } });
    const ctx = { now: new Date(), actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' };
    const blank = { taxClass: 'standard', weightGrams: 250, stocked: true, barcode: null, description: null };
    const { id: skuId } = await flows.createSku({ merchantId, code: DROP, name: 'The drop', price: '99', ...blank }, ctx);
    const { rows } = await pool.query<{ id: string }>('SELECT id FROM nodes ORDER BY priority LIMIT 1');
    await flows.adjustStock({ merchantId, skuId, nodeId: rows[0]?.id as string, delta: UNITS, reason: 'received' }, ctx);
    await flows.idle();
  } finally {
    await pool.end();
  }
}

async function sell(
  cluster: Cluster,
  template: Database,
  shop: Shop,
  processes: number,
  say: BenchOptions['say'],
): Promise<{ sale: Sale; ok: boolean }> {
  const database = await cluster.copy(template, `sale_${processes}`);
  const house = await openHouse(database, cluster.dir);
  try {
    const ports: number[] = [];
    for (let at = 0; at < processes; at++) ports.push(await house.startApi());
    await house.start('worker');
    const crowd = { buyers: BUYERS, connections: CONNECTIONS, retrying: RETRYING, abandoning: ABANDONING };
    const plan = { ports, apiKeys: shop.apiKeys, sku: DROP, units: UNITS, ttlSeconds: TTL_SECONDS, seed: 20_261_128, ...crowd };
    const sale = await runSale(plan);
    const { sales, refusals, placements, orders, empty, abandoned, retried, differing, others } = sale;
    say(`${processes} api: ${JSON.stringify({ ...figuresOf('', sale), empty, abandoned, retried, differing, others })}`);
    say(`  carts ${JSON.stringify(sales)} refusals ${JSON.stringify(refusals)} orders ${JSON.stringify(placements)}`);
    const agreed = await agrees(database, orders.length, say);
    await costliest(database, say);
    const { oracle } = await checkAfter(database, orders, say, house.pspUrl);
    const clean = differing === 0 && Object.keys(others).length === 0;
    if (!clean) say(`✗ ${differing} repeats were answered otherwise; others ${JSON.stringify(others)}`);
    return { sale, ok: agreed && clean && oracle === 'ok' };
  } finally {
    await house.close();
    await cluster.drop(database);
  }
}

/** Every unit was sold once: as many as there were, and each to an order that is paid. Nobody was refused for a unit that nobody has. */
async function agrees(database: Database, acknowledged: number, say: BenchOptions['say']): Promise<boolean> {
  const pool = createPool({ connectionString: database.url, max: 1, name: 'bench-drop' });
  try {
    const text = `SELECT v.sellable::int, v.promised::int,
        (SELECT sum(l.quantity)::int FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.sku_id = v.sku_id AND o.status <> 'CANCELLED') AS sold,
        (SELECT count(*)::int FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE l.sku_id = v.sku_id AND o.status = 'CONFIRMED') AS confirmed,
        (SELECT count(*)::int FROM reservations WHERE status = 'open') AS open
      FROM sku_supply v JOIN skus k ON k.id = v.sku_id WHERE k.code = $1`;
    const until = performance.now() + CONFIRMED_WITHIN_MS;
    for (;;) {
      const { rows } = await pool.query<Record<'sellable' | 'promised' | 'sold' | 'confirmed' | 'open', number>>(text, [DROP]);
      const state = rows[0];
      const settled = state?.confirmed === UNITS && state.open === 0;
      if (!settled && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        continue;
      }
      const good =
        settled && state.promised === UNITS && state.sellable === UNITS && state.sold === UNITS && acknowledged === UNITS;
      if (!good) say(`✗ not sold once each: ${JSON.stringify({ ...state, acknowledged })}`);
      return good;
    }
  } finally {
    await pool.end();
  }
}

/** What one reservation is made of, read back from one that the product made. */
async function sampleOf(cluster: Cluster, template: Database, shop: Shop): Promise<OrderTemplate> {
  const database = await cluster.copy(template, 'sample');
  const pool = createPool({ connectionString: database.ownerUrl, max: 2, name: 'bench-sample' });
  try {
    const key = 'sample-of-the-bench';
    const ctx = { now: new Date(), actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' };
    const lines = [{ sku: shop.skus[0] as string, quantity: 1 }];
    const { call, idle } = createVerb({ pool }, reserveStock);
    const { id } = await call({ merchantId: shop.merchantId, channel: 'api', lines, ttlSeconds: 3_600 }, ctx, key);
    await idle();
    return await readTemplate(pool, id, key, RESERVATION_TABLES);
  } finally {
    await pool.end();
    await cluster.drop(database);
  }
}

async function promise(
  cluster: Cluster,
  from: Database,
  what: Shop & { readonly template: OrderTemplate },
  contender: PromiserName,
  connections: number,
  seconds: number,
  say: BenchOptions['say'],
): Promise<{ perSecond: number; latency: Latency; ok: boolean }> {
  const database = await cluster.copy(from, 'promises');
  const plan = { url: database.url, contender, callers: CALLERS, connections, warmupSeconds: WARMUP_SECONDS, seconds };
  const { merchantId, skus, template } = what;
  const record = await runInChild<PromisePlan, PromiseRecord>('bench/flash-sale/promise-process.ts', {
    ...plan,
    merchantId,
    sku: skus[0] as string,
    template,
  });
  await costliest(database, say);
  const perSecond = record.counted / (record.elapsedMs / 1_000);
  const latency = latencyOf(Float64Array.from(record.latenciesMs));
  say(`${contender}, ${connections} connections: ${round(perSecond)} promises/s ${JSON.stringify(latency)}`);
  const ok = await sameRows(database, template, record.acknowledged, say);
  const { oracle } = contender === 'conditional_update' ? { oracle: 'ok' as const } : await checkAfter(database, [], say);
  await cluster.drop(database);
  return { perSecond, latency, ok: ok && oracle === 'ok' };
}

/** Whoever promises writes, of each promise, as many rows of each table as the product does: otherwise it measures something else. */
async function sameRows(
  database: Database,
  template: OrderTemplate,
  acknowledged: number,
  say: BenchOptions['say'],
): Promise<boolean> {
  const pool = createPool({ connectionString: database.ownerUrl, max: 1, name: 'bench-sample' });
  try {
    const { rows } = await pool.query<{ id: string; key: string; all: number }>(
      `SELECT r.id, i.key, (SELECT count(*)::int FROM reservations) AS all FROM reservations r
       JOIN idempotency_keys i ON i.outcome->'ok'->>'id' = r.id::text ORDER BY r.id DESC LIMIT 1`,
    );
    const [last] = rows;
    if (!last || last.all !== acknowledged) {
      say(`✗ ${acknowledged} promises were acknowledged, ${last?.all ?? 0} are there`);
      return false;
    }
    const [ours, theirs] = [rowCounts(template), rowCounts(await readTemplate(pool, last.id, last.key, RESERVATION_TABLES))];
    if (JSON.stringify(ours) === JSON.stringify(theirs)) return true;
    say(`✗ the baseline writes other rows: ${JSON.stringify({ ours, theirs })}`);
    return false;
  } finally {
    await pool.end();
  }
}
