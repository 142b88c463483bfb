import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { anyPort } from '../server/cli/ports.ts';
import { createPool } from '../server/platform/db.ts';
import { insertOnly } from './baselines/insert-only.ts';
import { insertMany, interactiveStatements } from './baselines/order-sql.ts';
import { type OrderTemplate, readTemplate, rowCounts } from './baselines/order-template.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, ratiosOf, round } from './harness/bench.ts';
import { type Cluster, costliest, type Database, once, withCluster } from './harness/cluster.ts';
import { type House, openHouse, startProcess } from './harness/house.ts';
import { type LoadPlan, type LoadReport, runLoad } from './harness/load.ts';
import { processorSeconds } from './harness/processor-time.ts';
import { furnishShop, type Shop } from './harness/shop.ts';

/** Enough to fill a lane's batch twice: one gathers while the other commits. */
const ACCEPT_CONNECTIONS = 512;
const CONFIRM_CONNECTIONS = 256;
const WARMUP_SECONDS = 3;
const WAIT_SECONDS = 20;
const POOL_SIZES = [8, 16, 32] as const;
/** 80 batches of 256: some seconds of bare inserts. */
const INSERT_BATCHES = 80;
const INSERT_CONNECTIONS = [1, 2] as const;

/**
 * An order over HTTP, in two phases: accepted (promised and recorded, the worker stopped), and confirmed (authorized at the provider,
 * confirmed and allocated, by `Prefer: wait`). Beside it the same rows by one interactive transaction per request, and by bare inserts.
 */
export const bench: Bench = {
  name: 'checkout',
  unit: 'accepted orders/s',
  what: 'Two-line orders over HTTP from buyers in a closed loop, 600 SKUs, 5,000 customers.',
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const template = await cluster.create('template');
  const shop = await furnishShop(template);
  const base = { seconds, linesPerOrder: 2, seed: 20_261_122, ...shop };

  const product = await accept(cluster, template, base, say);
  const confirmed = await confirm(cluster, template, base, say);
  const interactive: Record<string, number> = {};
  for (const size of POOL_SIZES) interactive[size] = await interactively(cluster, template, base, product.order, size, say);
  const bare = await cluster.copy(template, 'bare');
  const ceilings: number[] = [];
  for (const size of INSERT_CONNECTIONS)
    ceilings.push(await insertOnly(bare.ownerUrl, product.order.template, INSERT_BATCHES, size));
  const ceiling = Math.max(...ceilings);
  say(`bare inserts: ${round(ceiling)} orders/s`);

  const value = round(product.report.perSecond);
  const baselines = { interactive: round(Math.max(...Object.values(interactive))), insert_only: round(ceiling) };
  return {
    value,
    baselines,
    ratios: ratiosOf(value, baselines),
    latency_ms: product.report.latency,
    oracle: product.oracle === 'ok' && confirmed.oracle === 'ok' ? 'ok' : 'violated',
    figures: {
      confirmed: round(confirmed.report.perSecond),
      confirmed_p50_ms: confirmed.report.latency.p50,
      confirmed_p95_ms: confirmed.report.latency.p95,
      confirmed_p99_ms: confirmed.report.latency.p99,
      ...named('accepted', product.processor),
      ...named('confirmed', confirmed.processor),
      ...Object.fromEntries(Object.entries(interactive).map(([size, perSecond]) => [`interactive_pool_${size}`, perSecond])),
    },
    sql: {
      interactive: ['BEGIN', ...interactiveStatements(product.order.template).map(({ text }) => text), 'COMMIT'],
      insert_only: ['BEGIN', ...product.order.template.tables.map((table) => insertMany(table).text), 'COMMIT'],
    },
  };
}

type Base = Omit<LoadPlan, 'port' | 'path' | 'connections'> & Shop;

interface Phase {
  readonly report: LoadReport;
  /** Microseconds of processor time per order, by process. */
  readonly processor: Readonly<Record<string, number>>;
  readonly oracle: 'ok' | 'violated';
}

interface Sample {
  readonly template: OrderTemplate;
  readonly merchantId: string;
}

/** Phase one: the worker is stopped, an answer is an order in PENDING. */
export async function accept(
  cluster: Cluster,
  from: Database,
  base: Base,
  say: BenchOptions['say'],
): Promise<Phase & { readonly order: Sample }> {
  const database = await cluster.copy(from, 'accept');
  return withHouse(cluster, database, async (house) => {
    await house.start('api');
    const order = await sample(database, house, base);
    const plan = { ...base, port: house.port, path: '/api/v1/orders', connections: connectionsOf(ACCEPT_CONNECTIONS) };
    return { order, ...(await measure('accepted', cluster, database, house, plan, say)) };
  });
}

const connectionsOf = (usual: number): number => Number(process.env.BENCH_CONNECTIONS ?? usual);

/** Phase two: the worker runs, and an answer is an order that its payment's provider has said yes to. */
export async function confirm(cluster: Cluster, from: Database, base: Base, say: BenchOptions['say']): Promise<Phase> {
  const database = await cluster.copy(from, 'confirm');
  return withHouse(cluster, database, async (house) => {
    await house.start('api');
    await house.start('worker');
    const plan = {
      ...base,
      port: house.port,
      path: '/api/v1/orders',
      connections: connectionsOf(CONFIRM_CONNECTIONS),
      waitSeconds: WAIT_SECONDS,
      mustContain: '"status":"CONFIRMED"',
    };
    return measure('confirmed', cluster, database, house, plan, say);
  });
}

/**
 * Ends with what autovacuum does within a minute and a bench has no time for: until the tables that were empty are looked at, every
 * statement has a plan for an empty table, which reads all of it.
 */
async function warmUp(database: Database, plan: LoadPlan): Promise<LoadReport> {
  const report = await runLoad({ ...plan, seconds: WARMUP_SECONDS });
  await once(database.ownerUrl, 'ANALYZE');
  return report;
}

/** Warms up, measures, and looks at the books. */
async function measure(
  name: string,
  cluster: Cluster,
  database: Database,
  house: House,
  plan: LoadPlan,
  say: BenchOptions['say'],
): Promise<Phase> {
  const warm = await warmUp(database, plan);
  const processes = [...house.running(), { name: 'database', pid: cluster.pid }];
  const before = processes.map(({ pid }) => processorSeconds(pid));
  const report = await runLoad(plan);
  const orders = Math.max(1, report.acknowledged.length);
  const processor = Object.fromEntries(
    processes.map((one, at) => [one.name, round(((processorSeconds(one.pid) - (before[at] ?? 0)) * 1e6) / orders)]),
  );
  say(
    `${name}: ${round(report.perSecond)} orders/s ${JSON.stringify({ ...report.latency, ...report.others, us_per_order: processor })}`,
  );
  await costliest(database, say);
  // The provider has something to say where the worker ran.
  const provider = plan.waitSeconds === undefined ? undefined : house.pspUrl;
  const { oracle } = await checkAfter(database, [...warm.acknowledged, ...report.acknowledged], say, provider);
  return { report, processor, oracle };
}

/** Microseconds of processor time per order, as figures. */
function named(phase: string, processor: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(processor).map(([process, us]) => [`${phase}_${process}_us_per_order`, us]));
}

async function withHouse<T>(cluster: Cluster, database: Database, work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse(database, cluster.dir);
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}

/** Places one order as the load does and reads back what it is made of. */
async function sample(database: Database, house: House, shop: Shop): Promise<Sample> {
  const key = 'sample-of-the-bench';
  const response = await fetch(`http://localhost:${house.port}/api/v1/orders`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.apiKeys[0]}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({
      currency: 'EUR',
      customer: { email: shop.emails[0] },
      lines: [
        { sku: shop.skus[0], quantity: 1 },
        { sku: shop.skus[7], quantity: 2 },
      ],
      ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
      payment: { token: 'pm_card_visa' },
    }),
  });
  const { id } = (await response.json()) as { id: string };
  const pool = createPool({ connectionString: database.ownerUrl, max: 1, name: 'bench-sample' });
  try {
    return { template: await readTemplate(pool, id, key), merchantId: shop.merchantId };
  } finally {
    await pool.end();
  }
}

/** The same orders by one interactive transaction each, orders/s. */
async function interactively(
  cluster: Cluster,
  from: Database,
  base: Base,
  order: Sample,
  size: number,
  say: BenchOptions['say'],
): Promise<number> {
  const database = await cluster.copy(from, `interactive_${size}`);
  await once(database.ownerUrl, 'CREATE SEQUENCE bench_numbers');
  const file = join(cluster.dir, `template-${size}.json`);
  writeFileSync(file, JSON.stringify(order));
  const port = await anyPort();
  const args = [file, database.ownerUrl, String(port), String(size)];
  const server = await startProcess('bench/baselines/interactive-process.ts', args, process.env, 'interactive: ready');
  try {
    const plan = { ...base, port, path: '/orders', connections: connectionsOf(ACCEPT_CONNECTIONS) };
    await warmUp(database, plan);
    const report = await runLoad(plan);
    if (Object.keys(report.others).length > 0) throw new Error(`The interactive baseline fails: ${server.said()}`);
    await demandSameRows(database, order.template);
    say(
      `interactive, ${size} connections: ${round(report.perSecond)} orders/s ${JSON.stringify({ ...report.latency, ...report.others })}`,
    );
    return round(report.perSecond);
  } finally {
    await server.stop();
    await cluster.drop(database);
  }
}

/** The baseline must write, of each order, as many rows of each table as the product does: otherwise it measures something else. */
async function demandSameRows(database: Database, template: OrderTemplate): Promise<void> {
  const pool = createPool({ connectionString: database.ownerUrl, max: 1, name: 'bench-sample' });
  try {
    const { rows } = await pool.query<{ id: string; key: string }>(
      `SELECT o.id, i.key FROM orders o JOIN idempotency_keys i ON i.outcome->'ok'->>'id' = o.id::text ORDER BY o.id DESC LIMIT 1`,
    );
    const [last] = rows;
    if (!last) throw new Error('The interactive baseline placed no order');
    const [ours, theirs] = [rowCounts(template), rowCounts(await readTemplate(pool, last.id, last.key))];
    if (JSON.stringify(ours) !== JSON.stringify(theirs))
      throw new Error(`The interactive baseline writes other rows: ${JSON.stringify({ ours, theirs })}`);
  } finally {
    await pool.end();
  }
}
