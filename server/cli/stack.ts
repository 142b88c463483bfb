import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '../../prisma/migrate.ts';
import { createSimulatorControl } from '../platform/simulator-control.ts';
import { buildConsole } from './build.ts';
import { hasDemo } from './demo.ts';
import { demandPort, innerPort } from './ports.ts';
import { type Project, ROOT } from './project.ts';
import { Refusal } from './run.ts';
import type { StartOptions } from './start-options.ts';
import type { Supervisor } from './supervisor.ts';

const MAIN = join(ROOT, 'server', 'main.ts');
const SIMULATORS = join(ROOT, 'server', 'simulators', 'main.ts');
const TRAFFIC = join(ROOT, 'server', 'simulators', 'traffic', 'main.ts');
const READY_WITHIN_MS = 120_000;

export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>;

/** The environment of every process of the stack: what the operator set, else what the data folder keeps. */
export async function stackEnvironment(project: Project, options: StartOptions): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {
    ...project.environment,
    WAYBILL_ORIGIN: `http://localhost:${options.port}`,
    ...process.env,
    NODE_ENV: 'production',
    DATABASE_URL: project.databaseUrl,
    PORT: String(options.port),
    WAYBILL_DEMO: options.demo ? '1' : '0',
    WAYBILL_DATA: project.dataDir,
  };
  delete env.DATABASE_OWNER_URL;
  env.WEB_PORT ??= String(await innerPort(options.port + 1));
  env.WORKER_PORT ??= String(await innerPort(options.port + 2));
  if (simulated() && !process.env.SMTP_URL) {
    env.SMTP_URL = `smtp://127.0.0.1:${await innerPort(options.port + 13)}`;
    env.SMTP_CONTROL_PORT ??= String(await innerPort(options.port + 23));
    env.MAIL_FROM ??= 'orders@waybill.example';
  }
  if (simulated()) {
    env.PSP_URL ??= `http://127.0.0.1:${await innerPort(options.port + 11)}`;
    env.CARRIER_URL ??= `http://127.0.0.1:${await innerPort(options.port + 12)}`;
    env.BANK_URL ??= `http://127.0.0.1:${await innerPort(options.port + 14)}`;
    env.THIRD_PARTY_URL ??= `http://127.0.0.1:${await innerPort(options.port + 15)}`;
    env.DROP_SHIPPER_URL ??= `http://127.0.0.1:${await innerPort(options.port + 16)}`;
    env.MARKETPLACE_URL ??= `http://127.0.0.1:${await innerPort(options.port + 17)}`;
    env.ADYEN_URL ??= `http://127.0.0.1:${await innerPort(options.port + 18)}`;
    env.ADYEN_CONTROL_PORT ??= String(await innerPort(options.port + 28));
    env.PSP_CONTROL_PORT ??= String(await innerPort(options.port + 21));
    env.CARRIER_CONTROL_PORT ??= String(await innerPort(options.port + 22));
    env.BANK_CONTROL_PORT ??= String(await innerPort(options.port + 24));
    env.THIRD_PARTY_CONTROL_PORT ??= String(await innerPort(options.port + 25));
    env.DROP_SHIPPER_CONTROL_PORT ??= String(await innerPort(options.port + 26));
    env.MARKETPLACE_CONTROL_PORT ??= String(await innerPort(options.port + 27));
    if (options.traffic) env.TRAFFIC_PORT ??= String(await innerPort(options.port + 31));
    mkdirSync(simulatorsDir(project), { recursive: true, mode: 0o700 });
  }
  return env;
}

const simulatorsDir = (project: Project) => join(project.dataDir, 'simulators');

/** The simulators stand in for whatever of the outside world the operator has not named. */
const simulated = () => process.env.NODE_ENV !== 'production' && !(process.env.PSP_URL && process.env.CARRIER_URL);

/** Database, demo data and console: everything that has to be there before the processes start. */
export async function prepareStack(
  project: Project,
  options: StartOptions,
  env: NodeJS.ProcessEnv,
  supervisor: Supervisor,
  step: Step,
): Promise<void> {
  await step('Migrating the database', () => migrate(project));
  if (simulated()) {
    supervisor.keep({ name: 'simulators', args: [SIMULATORS, '--data', simulatorsDir(project)], env });
  }
  const logsDir = join(project.dataDir, 'logs');
  await Promise.all([
    options.demo ? seed(project, env, supervisor, step) : undefined,
    step('Building the console', () => buildConsole(supervisor, env, logsDir)),
  ]);
}

async function seed(project: Project, env: NodeJS.ProcessEnv, supervisor: Supervisor, step: Step): Promise<void> {
  if (await hasDemo(project)) return;
  await step('Making the demo data (once)', async () => {
    // It opens the database as this command did: by the operator's address, if there is one.
    const own = { ...env, DATABASE_URL: process.env.DATABASE_URL, DATABASE_OWNER_URL: process.env.DATABASE_OWNER_URL };
    const args = [join(ROOT, 'server', 'cli', 'seed.ts'), '--data', project.dataDir];
    const code = await supervisor.once({ name: 'seed', args, env: { ...own, NODE_ENV: 'development' } }, 'terminal');
    if (code !== 0)
      throw new Refusal('The demo data could not be made. Start again to go on where it stopped, or use --no-demo.');
    await letParcelsArrive(env);
  });
}

/** Fast enough to be watched, slow enough to be seen. */
const DEMO_JOURNEY = { auto_progress: true, in_transit_after_ms: 20_000, delivered_after_ms: 60_000 };

/** Partners answer after a moment, send by themselves, and their parcels travel as the carrier's do. */
const DEMO_PARTNER = { answer_after_ms: 3_000, auto_ship: true, ship_after_ms: 15_000 };

/**
 * In a demo the carrier brings parcels by itself, once the demo data is made: what that left on its way stays there. The simulator keeps
 * the setting, so that whoever turns it off finds it off after the next start too.
 */
async function letParcelsArrive(env: NodeJS.ProcessEnv): Promise<void> {
  if (!simulated() || !env.CARRIER_URL) return;
  const partners = { third_party: env.THIRD_PARTY_URL ?? '', drop_shipper: env.DROP_SHIPPER_URL ?? '' };
  const control = createSimulatorControl({
    psp: env.PSP_URL ?? '',
    carrier: env.CARRIER_URL,
    bank: '',
    mail: '',
    marketplace: '',
    adyen: '',
    ...partners,
  });
  await control.change('carrier', 'settings', { ...DEMO_JOURNEY, auto_progress_since: Date.now() });
  for (const partner of ['third_party', 'drop_shipper'] as const)
    if (partners[partner]) await control.change(partner, 'settings', DEMO_PARTNER);
}

function partOf(role: 'api' | 'web' | 'worker', env: NodeJS.ProcessEnv) {
  return { name: role, args: [MAIN, '--role', role], env };
}

/** The demo's customers come once the shop is open. */
export function openShop(project: Project, options: StartOptions, env: NodeJS.ProcessEnv, supervisor: Supervisor): void {
  if (options.traffic && simulated())
    supervisor.keep({ name: 'traffic', args: [TRAFFIC, '--data', simulatorsDir(project)], env });
}

/** Starts the processes and resolves when a request for a page and one for the API are answered. */
export async function runStack(env: NodeJS.ProcessEnv, supervisor: Supervisor): Promise<void> {
  await demandPort(Number(env.PORT)); // again: preparing took a while, and another program's answer must not pass for ours
  for (const role of ['api', 'web', 'worker'] as const) supervisor.keep(partOf(role, env));
  const base = `http://127.0.0.1:${env.PORT}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  const answers = async (path: string, good: (status: number) => boolean) => {
    let last = 'no answer';
    while (Date.now() < deadline) {
      try {
        const response = await fetch(base + path, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
        await response.arrayBuffer();
        if (good(response.status)) return;
        last = `status ${response.status}`;
      } catch {
        // not listening yet
      }
      await sleep(150);
    }
    throw new Refusal(
      `${base}${path} is not ready after ${READY_WITHIN_MS / 1000} s (${last}). See the logs in the data folder.`,
    );
  };
  const ready = Promise.all([answers('/health/ready', (status) => status === 200), answers('/', (status) => status < 500)]);
  await Promise.race([ready, supervisor.failed]);
  supervisor.settled();
}
