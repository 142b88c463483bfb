import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_USERS } from '../platform/auth/demo-users.ts';
import { processIsAlive } from '../platform/embedded-postgres-keeper.ts';
import { setupToken } from './demo.ts';
import { DEMO_SHOPS, demoApiKey } from './demo-shops.ts';
import { demandPort } from './ports.ts';
import { openProject, type Project } from './project.ts';
import { Refusal, run } from './run.ts';
import { openShop, prepareStack, runStack, type Step, stackEnvironment } from './stack.ts';
import { type StartOptions, startOptions } from './start-options.ts';
import { createSupervisor } from './supervisor.ts';

/** `npm start`: database, demo, console and processes on one machine, until Ctrl-C. */
class Stopped extends Error {}

let stop: (reason: Stopped) => void = () => {};
const stopped = new Promise<never>((_, reject) => {
  stop = reject;
});
stopped.catch(() => {});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(new Stopped()));
process.on('disconnect', () => stop(new Stopped())); // the bootstrap is gone

const say = (line: string) => console.log(line);

const step: Step = async (title, work) => {
  const startedAt = performance.now();
  const progress = setInterval(() => say(`  ${title}: ${Math.round((performance.now() - startedAt) / 1000)} s …`), 15_000);
  try {
    const result = await work();
    say(`✓ ${title} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
    return result;
  } finally {
    clearInterval(progress);
  }
};

/** One stack per data folder: refuses while another runs, then says that this one does. */
function claim(options: StartOptions): () => void {
  const file = join(options.dataDir, 'running.json');
  if (existsSync(file)) {
    const other = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; port: number };
    if (other.pid !== process.pid && processIsAlive(other.pid)) {
      throw new Refusal(
        `Waybill runs from ${options.dataDir} already, on port ${other.port} (process ${other.pid}): stop it, or use --data DIR.`,
      );
    }
  }
  return () => rmSync(file, { force: true });
}

run(async () => {
  const options = startOptions(process.argv.slice(2));
  await demandPort(options.port);
  const release = claim(options);
  const project = await step('Starting the database', () => openProject(options.dataDir));
  const supervisor = createSupervisor(join(options.dataDir, 'logs'), options.logs, (line) => say(`! ${line}`));
  try {
    const env = await stackEnvironment(project, options);
    writeRunning(options, env);
    const work = async () => {
      await prepareStack(project, options, env, supervisor, step);
      await step('Starting the processes', () => runStack(env, supervisor));
      openShop(project, options, env, supervisor);
      await welcome(options, project, env);
      return stopped;
    };
    await Promise.race([stopped, supervisor.failed, work()]);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    say('\nStopping …');
  } finally {
    await supervisor.stop();
    await project.close();
    release();
  }
  say('Stopped.');
});

/** Where the stack of a data folder is, for the other commands. It answers once /health/ready does. */
function writeRunning(options: StartOptions, env: NodeJS.ProcessEnv): void {
  const running = {
    pid: process.pid,
    port: options.port,
    origin: env.WAYBILL_ORIGIN,
    pspUrl: env.PSP_URL,
    carrierUrl: env.CARRIER_URL,
    bankUrl: env.BANK_URL,
    thirdPartyUrl: env.THIRD_PARTY_URL,
    dropShipperUrl: env.DROP_SHIPPER_URL,
    marketplaceUrl: env.MARKETPLACE_URL,
    adyenUrl: env.ADYEN_URL,
    ...(env.SMTP_CONTROL_PORT ? { mailUrl: `http://127.0.0.1:${env.SMTP_CONTROL_PORT}` } : {}),
  };
  writeFileSync(join(options.dataDir, 'running.json'), JSON.stringify(running, null, 2), { mode: 0o600 });
}

async function welcome(options: StartOptions, project: Project, env: NodeJS.ProcessEnv): Promise<void> {
  say('');
  if (options.demo) {
    say('This is a DEMO: made-up shops and payments, secrets made up at the first start. See docs/operators/start.md.\n');
    const width = Math.max(...DEMO_USERS.map(({ email }) => email.length));
    for (const { role, email, password } of DEMO_USERS) say(`  ${role.padEnd(14)} ${email.padEnd(width)}  ${password}`);
    say('\nTest API keys:\n');
    for (const { slug, name, currency } of DEMO_SHOPS)
      say(`  ${`${name} (${currency})`.padEnd(14 + 1 + width)}  ${demoApiKey(slug, env.WAYBILL_DATA_KEY ?? '')}`);
  } else {
    const token = await setupToken(project.databaseUrl, new Date());
    if (token) say(`Set up the first administrator (once, within 24 hours):\n\n  ${env.WAYBILL_ORIGIN}/setup?token=${token}`);
  }
  say(`\nWaybill is ready at ${env.WAYBILL_ORIGIN}\n`);
  say('Ctrl-C stops it.');
}
