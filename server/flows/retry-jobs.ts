import { z } from 'zod';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import { EVENTS_PER_JOB, type LockedDelivery, lockDeliveries, reviveDeliveries } from '../platform/consumers.ts';
import type { Tx } from '../platform/db.ts';
import { audit, job, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import { type LockedJob, lockJobs, rescheduleJobs } from '../platform/queue.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';

/**
 * Dead letters are tried again once their cause is gone: jobs that used up their attempts, and deliveries that their consumer failed at
 * too often. Both run at least once by design, so trying again does nothing twice. What is still being tried, or is done meanwhile, is
 * left alone; where nothing is left to retry the call is refused.
 */
const MOST = 200;
const reason = z.string().trim().min(3, 'Say why: it is kept in the audit log').max(500);

export const retryJobsInput = z.object({
  jobIds: z
    .array(z.string().regex(/^[1-9]\d{0,17}$/, 'is no number of a job'))
    .min(1)
    .max(MOST),
  reason,
});
export type RetryJobsInput = z.infer<typeof retryJobsInput>;

export const retryDeliveriesInput = z.object({
  deliveries: z
    .array(z.object({ eventId: z.uuid(), consumer: z.string().min(1).max(100) }))
    .min(1)
    .max(MOST),
  reason,
});
export type RetryDeliveriesInput = z.infer<typeof retryDeliveriesInput>;

export interface RetriedLetters {
  readonly retried: number;
  /** Named, and not dead any more. */
  readonly left: number;
}

interface DeadJobs extends Locked {
  readonly jobs: Map<string, LockedJob>;
  readonly retried: Set<string>;
  readonly outbox: Outbox;
}

async function lockDeadJobs(tx: Tx, requests: readonly Request<RetryJobsInput>[]): Promise<DeadJobs> {
  const ids = [...new Set(requests.flatMap((request) => request.input.jobIds))];
  return { applied: 0, jobs: await lockJobs(tx, ids), retried: new Set(), outbox: newOutbox() };
}

function decideJobs(world: DeadJobs, { input, ctx }: Request<RetryJobsInput>): RetriedLetters {
  const named = [...new Set(input.jobIds)];
  const dead = named.flatMap((id) => {
    const found = world.jobs.get(id);
    return found && !found.running && found.attempts >= found.maxAttempts && !world.retried.has(id) ? [found] : [];
  });
  refuseNothing(dead, 'No such job is a dead letter now: it is done, or being tried already.');
  for (const { id, task, attempts, lastError } of dead) {
    world.applied++;
    world.retried.add(id);
    tellAudit(world.outbox, { entity: 'job', entityId: id, before: { task, attempts, lastError }, reason: input.reason }, ctx);
  }
  return { retried: dead.length, left: named.length - dead.length };
}

async function writeJobs(tx: Tx, world: DeadJobs): Promise<void> {
  await rescheduleJobs(tx, [...world.retried]);
  await writeOutbox(tx, world.outbox);
}

interface DeadDeliveries extends Locked {
  readonly dead: Map<string, LockedDelivery>;
  readonly retried: Map<string, LockedDelivery>;
  readonly outbox: Outbox;
}

const nameOf = (one: { readonly eventId: string; readonly consumer: string }): string => `${one.eventId}:${one.consumer}`;

async function lockDeadDeliveries(tx: Tx, requests: readonly Request<RetryDeliveriesInput>[]): Promise<DeadDeliveries> {
  const rows = await lockDeliveries(
    tx,
    requests.flatMap((request) => request.input.deliveries),
  );
  const dead = new Map(rows.filter((row) => row.status === 'dead').map((row) => [nameOf(row), row]));
  return { applied: 0, dead, retried: new Map(), outbox: newOutbox() };
}

function decideDeliveries(world: DeadDeliveries, { input, ctx }: Request<RetryDeliveriesInput>): RetriedLetters {
  const named = [...new Set(input.deliveries.map(nameOf))];
  const dead = named.flatMap((name) => {
    const found = world.dead.get(name);
    return found && !world.retried.has(name) ? [found] : [];
  });
  refuseNothing(dead, 'No such delivery is dead now: it arrived, or is being tried already.');
  for (const one of dead) {
    const { consumer, attempts, lastError } = one;
    world.applied++;
    world.retried.set(nameOf(one), one);
    const before = { consumer, attempts, lastError };
    tellAudit(world.outbox, { entity: 'delivery', entityId: one.eventId, before, reason: input.reason }, ctx);
  }
  return { retried: dead.length, left: named.length - dead.length };
}

async function writeDeliveries(tx: Tx, world: DeadDeliveries): Promise<void> {
  const retried = [...world.retried.values()];
  await reviveDeliveries(tx, retried);
  const eventIds = [...new Set(retried.map((one) => one.eventId))];
  for (let at = 0; at < eventIds.length; at += EVENTS_PER_JOB)
    job(world.outbox, { task: 'deliver-event', payload: { eventIds: eventIds.slice(at, at + EVENTS_PER_JOB) } });
  await writeOutbox(tx, world.outbox);
}

function refuseNothing(dead: readonly unknown[], why: string): void {
  if (dead.length === 0) throw new DomainError('state_refuses', why);
}

interface Retried {
  readonly entity: 'job' | 'delivery';
  readonly entityId: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

function tellAudit(outbox: Outbox, { entity, entityId, before, reason }: Retried, ctx: Ctx): void {
  audit(outbox, { action: `${entity}.retried`, entity, entityId, before, after: { attempts: 0 }, reason }, ctx);
}

export const retryJobs: Verb<RetryJobsInput, DeadJobs, RetriedLetters> = {
  name: 'retry-jobs',
  lock: lockDeadJobs,
  decide: decideJobs,
  write: writeJobs,
};
export const retryDeliveries: Verb<RetryDeliveriesInput, DeadDeliveries, RetriedLetters> = {
  name: 'retry-deliveries',
  lock: lockDeadDeliveries,
  decide: decideDeliveries,
  write: writeDeliveries,
};
