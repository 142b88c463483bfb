import { createPool } from '../server/platform/db.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, ratiosOf, round } from './harness/bench.ts';
import { type Cluster, type Database, withCluster } from './harness/cluster.ts';
import { type House, openHouse } from './harness/house.ts';
import { processorSeconds } from './harness/processor-time.ts';
import { type ReadPlan, type ReadReport, type ReadRequest, runReadLoad } from './harness/read-load.ts';
import { makeBaseHistory } from './orders-list/base-history.ts';
import { multiply } from './orders-list/multiply.ts';
import { plainList } from './orders-list/plain.ts';
import { findSeqScans } from './orders-list/plans.ts';
import { openReaders } from './orders-list/readers.ts';
import { requestsFor, WEIGHTS } from './orders-list/requests.ts';
import { type Sample, takeSample } from './orders-list/sample.ts';

/** Of the 2,000 orders that the real flows make. BENCH_COPIES shortens a trial. */
const COPIES = { small: 5, large: Number(process.env.BENCH_COPIES ?? 500) };
const CONNECTIONS = 4;
/** Each connection plans each of some eighty statements five times before it keeps a plan, and a process of production lives for weeks. */
const WARMUP_SECONDS = 45;
const SEED = 20_261_127;
/** What is built is written once and not logged; what autovacuum would do all along is done before anything is measured. */
const SETTINGS = { wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' };

/**
 * Lists, searches and order pages at ten thousand and at a million orders, as the console and programs ask for them over HTTP: every
 * tab, filter, sort order, page at depth and way to search. Beside it the same list as it is usually written.
 */
export const bench: Bench = {
  name: 'orders-list',
  unit: 'ms p95',
  what: 'Lists, searches and order pages over HTTP at a million orders, four readers in a closed loop.',
  seconds: 30,
  run: (options) => withCluster((cluster) => run(cluster, options), SETTINGS),
};

async function run(cluster: Cluster, options: BenchOptions): Promise<BenchResult> {
  const { say } = options;
  const base = await cluster.create('base');
  await makeBaseHistory(base, cluster.dir, say);
  const small = await measure(cluster, await history(cluster, base, 'small', say), options);
  const large = await measure(cluster, await history(cluster, base, 'large', say), options);
  const plain = await plainList(large.database, large.sample);
  say(`plain, page 200: ${JSON.stringify(plain.page)}; contains: ${JSON.stringify(plain.search)}`);

  const value = large.report.overall.p95;
  const baselines = { at_10k: small.report.overall.p95, plain_page_200: plain.page.p95, plain_contains: plain.search.p95 };
  return {
    value,
    baselines,
    ratios: ratiosOf(value, baselines),
    latency_ms: large.report.overall,
    oracle: [small, large].every((each) => each.oracle === 'ok' && each.seqScans === 0) ? 'ok' : 'violated',
    figures: {
      orders: large.orders,
      build_s: large.buildSeconds,
      seq_scans: small.seqScans + large.seqScans,
      plans: small.plans + large.plans,
      ...perKind('at_10k', small),
      ...perKind('at_1m', large),
    },
  };
}

function perKind(size: string, { report, processor }: Loaded): Record<string, number> {
  return {
    [`api_us_per_request_${size}`]: processor.api,
    [`database_us_per_request_${size}`]: processor.database,
    ...Object.fromEntries(
      Object.entries(report.kinds).map(([kind, { p95 }]) => [`${kind.replaceAll(' ', '_')}_p95_ms_${size}`, p95]),
    ),
  };
}

interface History {
  readonly database: Database;
  readonly buildSeconds: number;
}

async function history(cluster: Cluster, base: Database, size: keyof typeof COPIES, say: BenchOptions['say']): Promise<History> {
  const startedAt = performance.now();
  const database = await cluster.copy(base, size);
  await multiply(database, COPIES[size], say);
  const buildSeconds = round((performance.now() - startedAt) / 1_000);
  say(`${size}: built in ${buildSeconds} s`);
  return { database, buildSeconds };
}

interface Measured extends History, Loaded {
  readonly sample: Sample;
  readonly orders: number;
  readonly seqScans: number;
  readonly plans: number;
  readonly oracle: 'ok' | 'violated';
}

async function measure(cluster: Cluster, built: History, { seconds, say }: BenchOptions): Promise<Measured> {
  const { database } = built;
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-sample' });
  const house = await openHouse(database, cluster.dir);
  try {
    const sample = await takeSample(pool);
    const requests = requestsFor(sample, await openReaders(pool, house, sample), new Date());
    const { report, processor } = await load(cluster, house, requests, seconds);
    say(`${database.name}: ${JSON.stringify({ ...report.overall, processor })}`);
    for (const [kind, latency] of Object.entries(report.kinds)) say(`  ${kind}: ${JSON.stringify(latency)}`);
    const { plans, scans } = await findSeqScans(cluster, database, house, requests);
    for (const { table, statement, request } of scans)
      say(`✗ ${table} is read from beginning to end by ${request}: ${statement}`);
    const orders = sample.merchants.reduce((sum, merchant) => sum + merchant.orders, 0);
    await house.close();
    const { oracle } = await checkAfter(database, [], say);
    return { ...built, report, processor, sample, orders, seqScans: scans.length, plans, oracle };
  } finally {
    await house.close();
    await pool.end();
  }
}

interface Loaded {
  readonly report: ReadReport;
  /** Microseconds of a processor per request: what a busy machine does not change much. */
  readonly processor: { readonly api: number; readonly database: number };
}

async function load(cluster: Cluster, house: House, requests: readonly ReadRequest[], seconds: number): Promise<Loaded> {
  const api = await house.start('api');
  const plan: ReadPlan = { port: house.port, connections: CONNECTIONS, seconds, seed: SEED, weights: WEIGHTS, requests };
  await runReadLoad({ ...plan, seconds: WARMUP_SECONDS });
  const before = { api: processorSeconds(api.pid), database: processorSeconds(cluster.pid) };
  const report = await runReadLoad({ ...plan, seed: SEED + 1 });
  const asked = Object.values(report.kinds).reduce((sum, { count }) => sum + count, 0);
  const per = (pid: number, from: number): number => round(((processorSeconds(pid) - from) * 1e6) / asked);
  const processor = { api: per(api.pid, before.api), database: per(cluster.pid, before.database) };
  await api.stop();
  return { report, processor };
}
