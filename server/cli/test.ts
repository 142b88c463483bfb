import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChecks } from './checks.ts';
import { stackPort } from './ports.ts';
import { endWithChildren, tool } from './processes.ts';
import { run } from './run.ts';
import { type Counts, playwrightCounts, vitestCounts } from './test-reports.ts';

/** `npm test [-- --deep]`: checks, unit tests, database tests, browser tests, each against its time budget. */
interface Suite {
  readonly name: string;
  /** On two cores. Together they stay within 25 minutes. */
  readonly budgetMinutes: number;
  /** With --deep, which takes the full counts. */
  readonly deepMinutes: number;
  readonly run: (limitMs: number) => Promise<Counts>;
}

/** What `workMs()` takes on two idle cores of 2.5 GHz (Intel Xeon, 2019), for which the budgets are meant. */
const REFERENCE_MS = 450;
/** A machine that is slower than this by far is no place to measure on; its budgets grow no further. */
const MOST_PATIENCE = 8;

const SAMPLE = {
  id: '01234567-89ab-7def-8123-456789abcdef',
  lines: Array.from({ length: 20 }, (_, n) => ({ sku: `SKU-${n}`, quantity: n, price: '12.50', tags: ['gift', 'fragile'] })),
};

/**
 * A fixed piece of work, timed: how fast this machine is at this moment, whoever else is on it. JSON is read and written by the engine
 * itself: a loop of our own would tell more about when the compiler takes it up.
 */
function workMs(): number {
  const startedAt = performance.now();
  let length = 0;
  for (let n = 0; n < 20_000; n++) length += JSON.stringify(JSON.parse(JSON.stringify(SAMPLE))).length;
  return length > 0 ? performance.now() - startedAt : Number.POSITIVE_INFINITY;
}

/** A suite that takes this many budgets hangs. */
const HANGS_AFTER_BUDGETS = 2;

const { values: options } = parseArgs({ options: { deep: { type: 'boolean', default: false }, data: { type: 'string' } } });
const workDir = mkdtempSync(join(tmpdir(), 'waybill-npm-test-'));
const env = { WAYBILL_DEEP: options.deep ? '1' : '0', NO_COLOR: '1', FORCE_COLOR: '0' };

function readReport(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

const vitest = (project: string) => async (limitMs: number) => {
  const report = join(workDir, `${project}.json`);
  const args = ['run', '--project', `${project}*`, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await tool('node_modules/vitest/vitest.mjs', args, { show: true, env, limitMs });
  return vitestCounts(readReport(report), code);
};

const playwright = async (limitMs: number) => {
  const report = join(workDir, 'e2e.json');
  const own = {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    E2E_PORT: String(await stackPort()),
    E2E_DATA: options.data ?? join(workDir, 'data'),
  };
  const args = ['test', '--reporter=list,json'];
  const { code } = await tool('node_modules/@playwright/test/cli.js', args, { show: true, env: { ...env, ...own }, limitMs });
  return playwrightCounts(readReport(report), code);
};

const SUITES: readonly Suite[] = [
  {
    name: 'check',
    budgetMinutes: 1,
    deepMinutes: 2,
    run: async () => {
      const results = await runChecks();
      const failed = results.filter(({ passed }) => !passed).length;
      return { passed: results.length - failed, failed, skipped: 0 };
    },
  },
  { name: 'unit', budgetMinutes: 0.75, deepMinutes: 5, run: vitest('unit') },
  { name: 'database', budgetMinutes: 12.5, deepMinutes: 120, run: vitest('database') },
  { name: 'e2e', budgetMinutes: 10.75, deepMinutes: 15, run: playwright },
];

const clock = (ms: number) => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`;

run(async () => {
  endWithChildren();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  for (const suite of SUITES) {
    console.log(`\n── ${suite.name} ──`);
    const fullMs = (options.deep ? suite.deepMinutes : suite.budgetMinutes) * 60_000;
    const before = workMs();
    const startedAt = performance.now();
    const counts = await suite.run(fullMs * HANGS_AFTER_BUDGETS * MOST_PATIENCE);
    const tookMs = performance.now() - startedAt;
    const slowness = Math.min(MOST_PATIENCE, Math.max(1, (before + workMs()) / 2 / REFERENCE_MS));
    const budgetMs = fullMs * slowness;
    const over = tookMs > budgetMs;
    total.passed += counts.passed;
    total.failed += counts.failed + (over ? 1 : 0);
    total.skipped += counts.skipped;
    lines.push(
      `${suite.name.padEnd(9)} ${clock(tookMs)} of ${clock(budgetMs)}  ${counts.passed} passed, ${counts.failed} failed` +
        `${counts.skipped ? `, ${counts.skipped} skipped` : ''}${over ? '  OVER ITS TIME BUDGET (1 failed)' : ''}` +
        `${slowness > 1 ? `  (a machine ${slowness.toFixed(1)} times slower than the budget is for)` : ''}`,
    );
  }
  rmSync(workDir, { recursive: true, force: true });
  console.log(`\n${lines.join('\n')}`);
  if (total.skipped > 0) console.log(`${total.skipped} skipped: what they need is not here, or they belong to the deep tier.`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
});
