import { setTimeout as sleep } from 'node:timers/promises';
import { createFlows, type Flows } from '../server/flows/flows.ts';
import { newId } from '../server/kernel/ids.ts';
import { createPool } from '../server/platform/db.ts';
import { type MarketplaceSimulator, startMarketplaceSimulator } from '../server/simulators/marketplace/server.ts';
import { race } from './channel-sync/race.ts';
import { type Told, watchChannel } from './channel-sync/watch.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, latencyOf, round } from './harness/bench.ts';
import { type Cluster, type Database, withCluster } from './harness/cluster.ts';
import { openHouse } from './harness/house.ts';
import { furnishShop, type Shop } from './harness/shop.ts';

const CHANGES_PER_SECOND = 200;
const WARMUP_SECONDS = 3;
const TOLD_WITHIN_MS = 30_000;
const SECRET = 'whsec_Y2hhbm5lbC1zeW5jLWJlbmNoLXNlY3JldA==';
const DATA_KEY = Buffer.alloc(32, 9).toString('base64');

/** Stock that changes two hundred times a second, until a marketplace has it: 600 SKUs in turn, and one that takes every change. */
export const bench: Bench = {
  name: 'channel-sync',
  unit: 'ms from COMMIT to the channel, p99',
  what: '200 changes of stock a second, of any of 600 SKUs and then of one, until a marketplace has applied the quantity over HTTP; and two channels that race for the last 100 units.',
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const database = await cluster.create('channels');
  const shop = await furnishShop(database);
  const market = await startMarketplaceSimulator({ port: 0, webhookSecret: SECRET });
  const house = await openHouse(database, cluster.dir, { WAYBILL_DATA_KEY: DATA_KEY, CHANNEL_ORIGINS: market.url });
  const pool = createPool({ connectionString: database.url, max: 6, name: 'bench-channels' });
  const flows = createFlows({
    ...{ pool, home: 'EU', outside: { payments: new Map(), carriers: new Map() } },
    ...{ dataKey: DATA_KEY, channels: { origins: [market.url] } },
  });
  try {
    await house.start('worker');
    await connect(flows, shop, market);
    const goods = await goodsOf(database);
    const measure = (name: string, skus: readonly Good[], forSeconds: number) =>
      change({ flows, shop, market, database }, name, skus, forSeconds, say);
    await measure('warm-up', goods, WARMUP_SECONDS);
    const spread = await measure('any SKU', goods, seconds);
    const hot = await measure('one SKU', goods.slice(0, 1), seconds);
    const sold = await race(database, shop, say);
    await flows.idle();
    const { oracle } = await checkAfter(database, [], say);
    const good = spread.agrees && hot.agrees && sold.oversold === 0 && sold.sold === sold.units;
    return {
      value: spread.latency.p99,
      baselines: {},
      ratios: {},
      latency_ms: spread.latency,
      oracle: good && oracle === 'ok' ? 'ok' : 'violated',
      figures: {
        changes_per_s: spread.perSecond,
        messages: spread.messages,
        changes_per_message: round(spread.changes / Math.max(1, spread.messages), 1),
        hot_p50_ms: hot.latency.p50,
        hot_p95_ms: hot.latency.p95,
        hot_p99_ms: hot.latency.p99,
        hot_changes_per_message: round(hot.changes / Math.max(1, hot.messages), 1),
        race_units: sold.units,
        race_sold: sold.sold,
        race_oversold: sold.oversold,
        race_sold_marketplace: sold.first,
        race_sold_shop: sold.second,
      },
    };
  } finally {
    flows.channels.close();
    await pool.end();
    await house.close();
    await market.close();
  }
}

interface Good {
  readonly id: string;
  readonly code: string;
  readonly nodeId: string;
}

async function goodsOf(database: Database): Promise<Good[]> {
  const pool = createPool({ connectionString: database.url, max: 1, name: 'bench-goods' });
  try {
    const text = `SELECT k.id, k.code, s.node_id AS "nodeId" FROM skus k JOIN node_stock s ON s.sku_id = k.id ORDER BY k.code`;
    return (await pool.query<Good>(text)).rows;
  } finally {
    await pool.end();
  }
}

/** Connects, and waits until everything has been told for the first time. */
async function connect(flows: Flows, { merchantId, skus }: Shop, market: MarketplaceSimulator): Promise<void> {
  const wish = { merchantId, kind: 'marketplace', name: 'Bench', url: market.url, secret: SECRET };
  await flows.channels.connect(wish, contextOf());
  const until = performance.now() + TOLD_WITHIN_MS;
  while (market.state.listings.size < skus.length) {
    if (performance.now() > until) throw new Error(`Only ${market.state.listings.size} of ${skus.length} listings were told`);
    await sleep(50);
  }
}

const contextOf = () => ({ now: new Date(), actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' });

interface Stage {
  readonly flows: Flows;
  readonly shop: Shop;
  readonly market: MarketplaceSimulator;
  readonly database: Database;
}

interface Measured {
  readonly latency: ReturnType<typeof latencyOf>;
  readonly perSecond: number;
  readonly changes: number;
  readonly messages: number;
  /** Whether the channel ended with what may be promised. */
  readonly agrees: boolean;
}

/** Changes stock at the rate, whoever is slow, and waits until the channel has all of it. */
async function change(
  { flows, shop, market, database }: Stage,
  name: string,
  skus: readonly Good[],
  seconds: number,
  say: BenchOptions['say'],
): Promise<Measured> {
  const watch = watchChannel(market.state);
  const messagesBefore = market.state.log.length;
  const began = performance.now();
  const total = seconds * CHANGES_PER_SECOND;
  const running: Promise<void>[] = [];
  for (let nth = 0; nth < total; nth++) {
    const due = began + (nth * 1_000) / CHANGES_PER_SECOND;
    if (due > performance.now()) await sleep(due - performance.now());
    const good = skus[nth % skus.length] as Good;
    const where = { merchantId: shop.merchantId, skuId: good.id, nodeId: good.nodeId };
    running.push(
      flows
        .adjustStock({ ...where, delta: 1, reason: 'found' }, contextOf())
        .then(({ onHand }) => watch.committed(good.code, onHand)),
    );
  }
  await Promise.all(running);
  const perSecond = round(total / ((performance.now() - began) / 1_000));
  const told: Told = await watch.settled(TOLD_WITHIN_MS);
  const messages = market.state.log.length - messagesBefore;
  const agrees = told.missing === 0 && (await agree(database, market));
  const latency = latencyOf(Float64Array.from(told.latenciesMs));
  say(
    `${name}: ${perSecond} changes/s ${JSON.stringify(latency)} in ${messages} messages${agrees ? '' : ` ✗ ${told.missing} not told`}`,
  );
  return { latency, perSecond, changes: total, messages, agrees };
}

/** Whether the channel has exactly what may be promised. */
async function agree(database: Database, market: MarketplaceSimulator): Promise<boolean> {
  const pool = createPool({ connectionString: database.url, max: 1, name: 'bench-agree' });
  try {
    const text = `SELECT k.code, (s.sellable - s.promised)::float8 AS available FROM sku_supply s JOIN skus k ON k.id = s.sku_id`;
    const { rows } = await pool.query<{ code: string; available: number }>(text);
    return rows.every(({ code, available }) => market.state.find(code)?.quantity === available);
  } finally {
    await pool.end();
  }
}
