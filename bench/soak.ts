import { readFileSync } from 'node:fs';
import { checkAfter } from './harness/after.ts';
import { type Bench, type BenchOptions, type BenchResult, round } from './harness/bench.ts';
import { type Cluster, withCluster } from './harness/cluster.ts';
import { openHouse } from './harness/house.ts';
import { runLoad } from './harness/load.ts';
import { furnishShop } from './harness/shop.ts';

/** Few enough that the machine is busy and not choked: what is looked for is memory, not speed. */
const CONNECTIONS = 16;
const WAIT_SECONDS = 20;
const SAMPLE_MS = 5_000;
const MIB = 1_024 * 1_024;
const HOUR_MS = 3_600_000;

/**
 * Orders from placement to confirmation for as long as is asked, and what the processes' memory does meanwhile: the slope of a line through
 * the second half of the samples (least squares), after caches and compiled code have settled.
 */
export const bench: Bench = {
  name: 'soak',
  unit: 'MiB/h, the steepest of api and worker',
  what: 'Two-line orders with Prefer: wait from 16 buyers in a closed loop; resident memory every 5 s.',
  seconds: 1_800,
  run: (options) => withCluster((cluster) => run(cluster, options)),
};

interface Sample {
  readonly at: number;
  readonly bytes: number;
}

async function run(cluster: Cluster, { seconds, say }: BenchOptions): Promise<BenchResult> {
  const database = await cluster.create('soak');
  const shop = await furnishShop(database);
  const house = await openHouse(database, cluster.dir);
  const samples = new Map<string, Sample[]>();
  let report: Awaited<ReturnType<typeof runLoad>>;
  try {
    const processes = { api: (await house.start('api')).pid, worker: (await house.start('worker')).pid };
    const look = (): void => {
      for (const [name, pid] of Object.entries(processes))
        samples.set(name, [...(samples.get(name) ?? []), { at: performance.now(), bytes: residentBytes(pid) }]);
    };
    look();
    const timer = setInterval(look, SAMPLE_MS);
    report = await runLoad({
      ...shop,
      port: house.port,
      path: '/api/v1/orders',
      connections: CONNECTIONS,
      seconds,
      linesPerOrder: 2,
      seed: 20_261_127,
      waitSeconds: WAIT_SECONDS,
      mustContain: '"status":"CONFIRMED"',
    });
    clearInterval(timer);
    look();
    for (const [name, seen] of samples) say(`${name}: ${seen.map(({ bytes }) => Math.round(bytes / MIB)).join(' ')} MiB`);
    const { oracle } = await checkAfter(database, report.acknowledged, say, house.pspUrl);
    const slopes = Object.fromEntries([...samples].map(([name, seen]) => [name, slopeOf(seen.slice(seen.length >> 1))]));
    const most = Object.fromEntries(
      [...samples].map(([name, seen]) => [`${name}_most_mib`, round(Math.max(...seen.map(({ bytes }) => bytes)) / MIB)]),
    );
    return {
      value: round(Math.max(...Object.values(slopes)), 1),
      baselines: {},
      ratios: {},
      latency_ms: report.latency,
      oracle,
      figures: {
        seconds,
        orders: report.counted,
        others: Object.values(report.others).reduce((sum, count) => sum + count, 0),
        ...Object.fromEntries(Object.entries(slopes).map(([name, slope]) => [`${name}_mib_per_hour`, round(slope, 1)])),
        ...most,
      },
    };
  } finally {
    await house.close();
  }
}

/** Resident memory of a process (proc(5), VmRSS); 0 where there is no /proc. */
function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** MiB per hour by least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const n = samples.length;
  if (n < 2) return 0;
  const meanAt = samples.reduce((sum, { at }) => sum + at, 0) / n;
  const meanBytes = samples.reduce((sum, { bytes }) => sum + bytes, 0) / n;
  const rise = samples.reduce((sum, { at, bytes }) => sum + (at - meanAt) * (bytes - meanBytes), 0);
  const run = samples.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  return run === 0 ? 0 : ((rise / run) * HOUR_MS) / MIB;
}
