import pg from 'pg';
import { accountId } from '../server/domains/ledger/service.ts';
import { newId } from '../server/kernel/ids.ts';
import { CALL_POST_TRANSFER, INSERT_TRANSFER, LOCK_BOTH, POST_TRANSFER, UPDATE_BOTH } from './baselines/transfer-sql.ts';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, type Latency, latencyOf, round } from './harness/bench.ts';
import { runInChild } from './harness/child.ts';
import { type Cluster, costliest, type Database, once, withCluster } from './harness/cluster.ts';
import type { ContenderName, Shape, TransferPlan, TransferRecord } from './ledger/load.ts';

const CALLERS = 256;
const ACCOUNTS = 10_000;
const CURRENCY = 'EUR';
const POOL_SIZES = [8, 16, 32] as const;
const PROCESSES = [2, 4] as const;
const WARMUP_SECONDS = 2;
const SHAPES = ['hot_credits', 'hot_debits', 'hot_pair', 'uniform'] as const satisfies readonly Shape[];
/** In one lane one connection is at work; the second serves a batch that is cut in halves. */
const LANE_CONNECTIONS = 2;

/**
 * Transfers through the ledger's lane: into one account, out of one, between two, and between any of 10,000; from one process and from
 * several. Beside it the same rows by one interactive transaction per transfer and by one call of a stored procedure per transfer.
 */
export const bench: Bench = {
  name: 'ledger',
  unit: 'transfers/s',
  what: '256 callers in a closed loop move money between 10,000 limited wallets and one hot account, or between any two of them.',
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

interface Run {
  readonly perSecond: number;
  readonly latency: Latency;
}

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const template = await cluster.create('template');
  const accounts = await furnish(template);
  const figures: Record<string, number> = {};
  let violated = false;

  const measure = async (name: ContenderName, shape: Shape, connections: number, processes = 1): Promise<Run> => {
    const database = await cluster.copy(template, 'measured');
    const plan = { url: database.url, contender: name, shape, accounts, currency: CURRENCY, connections, seconds };
    const records = await Promise.all(
      Array.from({ length: processes }, (_, seed) =>
        runInChild<TransferPlan, TransferRecord>('bench/ledger/load-process.ts', {
          ...plan,
          callers: CALLERS / processes,
          warmupSeconds: WARMUP_SECONDS,
          seed: seed + 1,
        }),
      ),
    );
    await costliest(database, say);
    violated = !(await agrees(database, records, say)) || violated;
    await cluster.drop(database);
    const measured = sum(records);
    say(
      `${name} ${shape}, ${processes} × ${connections}: ${round(measured.perSecond)} transfers/s ${JSON.stringify(measured.latency)}`,
    );
    return measured;
  };

  const ours = new Map<Shape, Run>();
  for (const shape of SHAPES) ours.set(shape, await measure('lane', shape, LANE_CONNECTIONS));
  for (const [shape, { perSecond, latency }] of ours) {
    figures[shape] = round(perSecond);
    figures[`${shape}_p99_ms`] = latency.p99;
  }
  for (const processes of PROCESSES)
    for (const shape of ['hot_credits', 'uniform'] as const)
      figures[`${shape}_${processes}_processes`] = round((await measure('lane', shape, LANE_CONNECTIONS, processes)).perSecond);

  const baselines: Record<string, number> = {};
  for (const name of ['interactive', 'procedure'] as const)
    for (const [label, shape] of [
      ['hot', 'hot_credits'],
      ['uniform', 'uniform'],
    ] as const) {
      let best = 0;
      for (const size of POOL_SIZES) best = Math.max(best, (await measure(name, shape, size)).perSecond);
      baselines[`${label}_${name}`] = round(best);
    }

  const hot = ours.get('hot_credits') as Run;
  const uniform = ours.get('uniform') as Run;
  const ratios = Object.fromEntries(
    Object.entries(baselines).map(([name, baseline]) => [
      name,
      round((name.startsWith('hot') ? hot : uniform).perSecond / baseline, 2),
    ]),
  );
  return {
    value: round(hot.perSecond),
    baselines,
    ratios,
    latency_ms: hot.latency,
    oracle: violated ? 'violated' : 'ok',
    figures,
    sql: {
      interactive: ['BEGIN', LOCK_BOTH.text, UPDATE_BOTH.text, INSERT_TRANSFER.text, 'COMMIT'],
      procedure: [POST_TRANSFER, CALL_POST_TRANSFER.text],
    },
  };
}

function sum(records: readonly TransferRecord[]): Run {
  return {
    perSecond: records.reduce((total, { counted, elapsedMs }) => total + counted / (elapsedMs / 1_000), 0),
    latency: latencyOf(Float64Array.from(records.flatMap(({ latenciesMs }) => latenciesMs))),
  };
}

/** The oracle, and every acknowledged transfer is there once: as many rows as were acknowledged. */
async function agrees(database: Database, records: readonly TransferRecord[], say: BenchOptions['say']): Promise<boolean> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM transfers WHERE kind = 'bench'`);
    const acknowledged = records.reduce((total, record) => total + record.acknowledged, 0);
    const there = rows[0]?.n ?? 0;
    if (there !== acknowledged) say(`✗ ${acknowledged} transfers were acknowledged, ${there} are there`);
    const { oracle } = await checkAfter(database, [], say);
    return there === acknowledged && oracle === 'ok';
  } finally {
    await client.end();
  }
}

/** Limited wallets with plenty in each, and a past: a hundred thousand transfers, so that every plan is one for a table with rows. */
export async function furnish(database: Database): Promise<string[]> {
  const codes = ['funding', ...Array.from({ length: ACCOUNTS + 2 }, (_, index) => `bench:${index}`)];
  const ids = codes.map(accountId);
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    await client.query(POST_TRANSFER);
    await client.query(
      `INSERT INTO accounts (id, code, kind, home, currency, normal_side, limited, created_at)
       SELECT i, c, 'bench', 'EU', '${CURRENCY}', CASE c WHEN 'funding' THEN 'debit' ELSE 'credit' END, c <> 'funding', now()
       FROM unnest($1::uuid[], $2::text[]) AS v(i, c)`,
      [ids, codes],
    );
    for (const id of ids.slice(1)) {
      await client.query(
        `SELECT post_transfer($1, $1, 'seed', $2, $3, 1000000000, '${CURRENCY}', 'system:bench', 'seed', now())`,
        [newId(), ids[0], id],
      );
    }
  } finally {
    await client.end();
  }
  await once(database.ownerUrl, 'VACUUM ANALYZE');
  return ids.slice(1);
}
