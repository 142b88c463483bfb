import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { isLoopback, requestInfo, sendJson } from '../platform/http.ts';
import { queueFigures } from '../platform/queue.ts';
import type { Telemetry } from '../platform/telemetry.ts';

export interface HealthDeps {
  readonly pool: pg.Pool;
  readonly telemetry: Telemetry;
  /** The oldest job that could run may have waited this long. */
  readonly readyQueueSeconds: number;
  readonly metricsToken: string | undefined;
  /** True from the moment the process was asked to stop: balancers send nothing more. */
  readonly stopping: () => boolean;
}

const CHECK_TIMEOUT_MS = 2_000;

/** Answers /health/live, /health/ready and /metrics. Returns false for any other path. */
export async function handleHealth(deps: HealthDeps, path: string, req: IncomingMessage, res: ServerResponse): Promise<boolean> {
  if (path === '/health/live') {
    // The event loop turns, or nobody would answer. Whether the database does is readiness: a restart would not heal it.
    sendJson(res, 200, { status: 'ok' });
    return true;
  }
  if (path === '/health/ready') {
    const checks = await readiness(deps);
    const failed = Object.values(checks).some((check) => check.status === 'failed');
    sendJson(res, failed ? 503 : 200, { status: failed ? 'failed' : 'ok', checks });
    return true;
  }
  if (path === '/metrics') {
    assertMayScrape(deps.metricsToken, req);
    const { contentType, body } = await deps.telemetry.render();
    res.writeHead(200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
    res.end(body);
    return true;
  }
  return false;
}

interface Check {
  readonly status: 'ok' | 'failed';
  readonly detail?: string;
}

async function readiness(deps: HealthDeps): Promise<Readonly<Record<'process' | 'database' | 'queue', Check>>> {
  return {
    process: deps.stopping() ? { status: 'failed', detail: 'The process is stopping.' } : { status: 'ok' },
    database: await databaseCheck(deps),
    queue: await queueCheck(deps),
  };
}

async function databaseCheck({ pool }: HealthDeps): Promise<Check> {
  try {
    await within(CHECK_TIMEOUT_MS, pool.query('SELECT 1'));
    return { status: 'ok' };
  } catch {
    return { status: 'failed', detail: 'The database does not answer.' };
  }
}

async function queueCheck({ pool, readyQueueSeconds: limit }: HealthDeps): Promise<Check> {
  try {
    const { oldestRunnableSeconds } = await within(CHECK_TIMEOUT_MS, queueFigures(pool));
    const waited = `The oldest job has waited ${Math.round(oldestRunnableSeconds)} s`;
    if (oldestRunnableSeconds <= limit) return { status: 'ok', detail: `${waited}.` };
    return { status: 'failed', detail: `${waited}; the limit is ${limit} s. Is a worker running?` };
  } catch {
    return { status: 'failed', detail: 'The queue could not be read in time.' };
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${ms} ms`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function assertMayScrape(token: string | undefined, req: IncomingMessage): void {
  if (token === undefined) {
    if (isLoopback(requestInfo(req).ip)) return;
    throw new DomainError('forbidden', 'Metrics are for this machine only. Set METRICS_TOKEN to read them from elsewhere.');
  }
  if (!sameText(req.headers.authorization ?? '', `Bearer ${token}`))
    throw new DomainError('unauthenticated', 'Send METRICS_TOKEN as the bearer token.');
}

/** Compares digests, so that the time taken says nothing about the token. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
