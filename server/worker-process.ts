import { createServer } from 'node:http';
import { crontab, TICKS } from '../jobs/crontab.ts';
import { bindTasks } from '../jobs/tasks.ts';
import { type HealthDeps, handleHealth } from './api/health.ts';
import type { App } from './app.ts';
import { DomainError } from './kernel/errors.ts';
import { admitRequest, sendProblem } from './platform/http.ts';
import { drain, listen } from './platform/serve.ts';
import { startTicks } from './platform/ticks.ts';
import { type RunningWorker, startWorker } from './platform/worker.ts';
import { startStockPump } from './stock-pump.ts';

export interface RunningJobs {
  stop(): Promise<void>;
}

const RESTART_MS = 1_000;

/**
 * Runs jobs. A worker that lost its liveness connection (the database restarted, the network broke) stops itself, and a new one
 * with a new id takes its place as soon as it can connect.
 */
export async function startJobs(app: App): Promise<RunningJobs> {
  const { env, log, pool, telemetry, flows } = app;
  let stopping = false;
  let worker: RunningWorker;
  let timer: NodeJS.Timeout | undefined;

  const start = (): Promise<RunningWorker> =>
    startWorker({
      connectionString: env.DATABASE_URL,
      tasks: bindTasks(app),
      cron: crontab(),
      concurrency: env.WORKER_CONCURRENCY,
      log,
      telemetry,
      onLost: again,
    });
  function again(): void {
    if (stopping) return;
    timer = setTimeout(() => {
      start().then(
        (next) => {
          worker = next;
          if (stopping) void next.stop();
          else log.info('the worker is back');
        },
        (error: unknown) => {
          log.warn({ err: error }, 'the worker could not start; trying again');
          again();
        },
      );
    }, RESTART_MS);
  }

  worker = await start();
  const ticks = startTicks(pool, TICKS, log);
  const pump = startStockPump({ sender: flows.channels.sender, pool, connectionString: env.DATABASE_URL, log });
  const monitor = await startMonitor(app, () => stopping);
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await pump.stop();
      await ticks.stop();
      await worker.stop();
      await monitor?.();
    },
  };
}

/** /health and /metrics of a worker, on loopback. Returns how to stop, or undefined when WORKER_PORT is not set. */
async function startMonitor(app: App, stopping: () => boolean): Promise<(() => Promise<void>) | undefined> {
  const { env, log, pool, telemetry } = app;
  if (env.WORKER_PORT === undefined) return undefined;
  const deps: HealthDeps = {
    pool,
    telemetry,
    stopping,
    readyQueueSeconds: env.READY_QUEUE_SECONDS,
    metricsToken: env.METRICS_TOKEN,
  };
  const server = createServer((req, res) => {
    admitRequest(req, log);
    handleHealth(deps, (req.url ?? '/').split('?', 1)[0] ?? '/', req, res)
      .then((known) => {
        if (!known) sendProblem(req, res, new DomainError('not_found'));
      })
      .catch((error: unknown) => sendProblem(req, res, error));
  });
  await listen(server, env.WORKER_PORT, '127.0.0.1');
  return () => drain(server);
}
