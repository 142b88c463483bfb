import { parseArgs } from 'node:util';
import { createApp, type Role } from './app.ts';
import { type Env, env } from './platform/env.ts';
import { createLog, type Log } from './platform/log.ts';
import { startSampling } from './platform/process-samples.ts';
import { drain, listen } from './platform/serve.ts';

/**
 * One process of Waybill: `node server/main.ts --role api|web|worker`. Ready when it says so on standard output; SIGTERM or
 * SIGINT stops it in order. Exit code 1 with one sentence when it cannot start.
 */
interface Running {
  stop(): Promise<void>;
}

/** A little more than any part takes to stop; then the process ends anyway. */
const STOP_MS = 15_000;

async function startRole(role: Role, settings: Env, log: Log): Promise<Running> {
  if (role === 'web') {
    const { startWeb } = await import('./web.ts');
    const server = await startWeb(settings, log);
    await listen(server, settings.WEB_PORT, '127.0.0.1');
    return { stop: () => drain(server) };
  }
  const app = createApp({ env: settings, role, log });
  if (!app.settings.mail) log.warn('mail is off: set SMTP_URL and MAIL_FROM, or customers are told nothing');
  const running = role === 'api' ? await startApiRole(app) : await (await import('./worker-process.ts')).startJobs(app);
  const sampling = startSampling({ pool: app.pool, role, take: () => app.telemetry.take(), log });
  return {
    async stop() {
      await sampling.stop();
      await running.stop();
      await app.close();
    },
  };
}

async function startApiRole(app: ReturnType<typeof createApp>): Promise<Running> {
  const { startApi } = await import('./api-process.ts');
  const { mounts } = await import('./api/mounts.ts');
  return startApi(app, await mounts());
}

function readRole(): Role {
  const { values } = parseArgs({ options: { role: { type: 'string' } }, strict: true });
  const { role } = values;
  if (role === 'api' || role === 'web' || role === 'worker') return role;
  throw new Error('Say which process this is: --role api, --role web or --role worker.');
}

async function main(): Promise<void> {
  const role = readRole();
  const settings = env();
  const log = createLog({ level: settings.LOG_LEVEL, role, region: settings.WAYBILL_REGION });
  // A bug outside any request or job leaves the process in a state nobody thought of: say so, stop, let it be started again.
  const die = (error: unknown): void => {
    log.fatal({ err: error }, 'a bug ended the process');
    stop(1);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);

  let running: Running | undefined;
  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    Promise.resolve(running?.stop())
      .catch((error: unknown) => log.error({ err: error }, 'stopping failed'))
      .finally(() => process.exit(code));
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  running = await startRole(role, settings, log);
  log.info({ port: role === 'web' ? settings.WEB_PORT : role === 'api' ? settings.PORT : undefined }, 'ready');
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
