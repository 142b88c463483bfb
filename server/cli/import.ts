import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { migrate } from '../../prisma/migrate.ts';
import { createCarriers } from '../domains/fulfilment/provider.ts';
import { createPaymentProviders } from '../domains/payments/provider.ts';
import { createFlows, type Flows } from '../flows/flows.ts';
import { importOnlineRetail } from '../flows/import/online-retail.ts';
import type { SourceFile } from '../flows/import/read-files.ts';
import { openShop } from '../flows/import/shop.ts';
import { createOwnClock } from '../flows/own-clock.ts';
import { DomainError } from '../kernel/errors.ts';
import { createPool } from '../platform/db.ts';
import { readEnv } from '../platform/env.ts';
import { createProgressBar } from './import-progress.ts';
import { reconciliation } from './import-report.ts';
import { type OwnSimulators, startOwnSimulators } from './own-simulators.ts';
import { dataDirOf, openProject, type Project } from './project.ts';
import { Refusal, run } from './run.ts';

const USAGE = 'npm run import -- --format online-retail [--merchant SLUG] [--data DIR] FILE…';

/** Its batches wait for one another, and for whatever else the machine does. Nobody waits for one of them. */
const PATIENCE_MS = 120_000;
/** Two keep the database and this process busy at the same time. */
const SETS_OF_LANES = 2;

function readSource(paths: readonly string[]): SourceFile[] {
  const files = paths.map((path) => {
    if (!existsSync(path)) throw new Refusal(`There is no file ${path}.`);
    if (statSync(path).isDirectory()) throw new Refusal(`${path} is a folder: name the files in it, such as ${path}/*.csv.`);
    return { name: basename(path), bytes: readFileSync(path) };
  });
  const names = new Set(files.map((file) => file.name));
  // A line is known by its file's name for ever after.
  if (names.size < files.length) throw new Refusal('Two files have the same name: give each a name of its own.');
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const runningFile = (project: Project): string => join(project.dataDir, 'running.json');

/** The providers of the environment, else the simulators of a running `npm start`, else simulators of our own. */
async function outsideWorld(project: Project): Promise<OwnSimulators | Omit<OwnSimulators, 'cpuSeconds'>> {
  if (process.env.PSP_URL && process.env.CARRIER_URL) return { psp: process.env.PSP_URL, carrier: process.env.CARRIER_URL };
  const file = runningFile(project);
  if (existsSync(file)) {
    const { pspUrl, carrierUrl } = JSON.parse(readFileSync(file, 'utf8')) as { pspUrl?: string; carrierUrl?: string };
    if (pspUrl && carrierUrl) return { psp: pspUrl, carrier: carrierUrl };
  }
  return startOwnSimulators(join(project.dataDir, 'simulators'));
}

/** Of what passes through it little stays. V8 would let the rest grow to a gigabyte first: here it doubles at most, simulators included. */
const HEAP_GROWING_PERCENT = 100;

/** What it took: time, memory at its most, and processor time, the simulators' apart where their thread is ours. */
function spent(seconds: number, lines: number, simulators: number): string {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const own = (userCPUTime + systemCPUTime) / 1e6 - simulators;
  const processor = `${own.toFixed(1)} s of processor time${simulators > 0 ? `, its simulators ${simulators.toFixed(1)} s` : ''}`;
  return `${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines/s, ${Math.round(maxRSS / 1_024)} MB at most, ${processor}`;
}

/** `npm run import -- --format online-retail FILE…`: real orders, through the real flows. Started again it goes on where it stopped. */
run(async () => {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const { values, positionals } = parseArgs({
    options: { data: { type: 'string' }, format: { type: 'string' }, merchant: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.format !== 'online-retail' || positionals.length === 0)
    throw new Refusal(`Name the format (online-retail is the one there is) and the files: ${USAGE}`);
  const files = readSource(positionals);
  const project = await openProject(dataDirOf(values.data));
  Object.assign(process.env, { ...project.environment, ...process.env, DATABASE_URL: project.databaseUrl });
  // A database of our own that no stack has opened yet is brought to this version first.
  if (project.embedded && !existsSync(runningFile(project))) await migrate(project);
  const pool = createPool({ connectionString: project.databaseUrl, max: 16, name: 'waybill-import', patienceMs: PATIENCE_MS });
  const bar = createProgressBar(process.stderr);
  try {
    const outsiders = await outsideWorld(project);
    const { psp, carrier } = outsiders;
    const env = readEnv({ ...process.env, PSP_URL: psp, CARRIER_URL: carrier });
    const outside = {
      payments: createPaymentProviders({
        card: {
          url: psp,
          secretKey: env.PSP_SECRET_KEY,
          webhookSecret: env.PSP_WEBHOOK_SECRET,
          multicapture: env.PSP_MULTICAPTURE === '1',
        },
      }),
      carriers: createCarriers({
        parcel: { url: carrier, apiKey: env.CARRIER_API_KEY, webhookSecret: env.CARRIER_WEBHOOK_SECRET },
      }),
    };
    const time = createOwnClock();
    const home = env.WAYBILL_REGION;
    const sets = Array.from({ length: SETS_OF_LANES }, () =>
      createFlows({ pool, home, outside, clock: time.clock, drivesSagas: true, observe: bar.lane }),
    );
    const [flows, ...beside] = sets as [Flows, ...Flows[]];
    const now = new Date();
    const startedAt = performance.now();
    const shop = await openShop(pool, home, values.merchant, now);
    const report = await importOnlineRetail({ pool, home, flows, beside, time }, shop, files, now, bar.progress);
    for (const set of sets) await set.idle();
    bar.end();
    const seconds = (performance.now() - startedAt) / 1_000;
    const { text, agrees } = reconciliation(report);
    console.log(text);
    const simulators = 'cpuSeconds' in outsiders ? await outsiders.cpuSeconds() : 0;
    console.log(`\n${spent(seconds, report.linesRead, simulators)}`);
    if (process.env.WAYBILL_IMPORT_LANES) console.log(bar.lanes());
    if (!agrees) process.exitCode = 1;
  } catch (error) {
    bar.end();
    if (error instanceof Refusal) throw error;
    if (error instanceof DomainError && error.entry.status < 500) throw new Refusal(error.detail);
    console.error(error);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(`The import stopped: ${reason}\nStart it again with the same files: it goes on where it stopped.`);
  } finally {
    await pool.end();
    await project.close();
  }
});
