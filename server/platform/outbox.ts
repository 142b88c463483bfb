import type { Ctx } from '../kernel/context.ts';
import type { EventType, NewEvent } from '../kernel/events.ts';
import { newId } from '../kernel/ids.ts';
import { type Audited, type NewAudit, writeAudits } from './audit.ts';
import { jsonCopy } from './canonical-json.ts';
import { consumersFor, EVENTS_PER_JOB } from './consumers.ts';
import type { Tx } from './db.ts';
import { lockStep } from './locks.ts';
import { addJobs, type NewJob } from './queue.ts';
import { insertRows, type TableSpec } from './rows.ts';
import { together } from './together.ts';

/**
 * What a batch tells the world, written with the batch: events (at once the outbox, the timeline, and the source of live pages),
 * their deliveries, audit rows and jobs. One statement each, and one NOTIFY.
 */
export interface Outbox {
  readonly events: EventRow[];
  readonly audits: Audited[];
  readonly jobs: NewJob[];
}

interface EventRow {
  readonly id: string;
  readonly home: string;
  readonly merchant_id: string | null;
  readonly aggregate: string;
  readonly aggregate_id: string;
  readonly aggregate_version: bigint;
  readonly type: string;
  readonly schema_version: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly cause: string | null;
  readonly trace_id: string;
  readonly at: Date;
}

/** An outbox with nothing in it. */
export function newOutbox(): Outbox {
  return { events: [], audits: [], jobs: [] };
}

/** Adds an event; returns its id, which may be named as the cause of others. */
export function emit(outbox: Outbox, event: NewEvent, ctx: Ctx, cause: string | null = null): string {
  const id = newId();
  outbox.events.push({
    id,
    home: ctx.home,
    merchant_id: event.merchantId,
    aggregate: event.aggregate,
    aggregate_id: event.aggregateId,
    aggregate_version: event.aggregateVersion,
    type: event.type,
    schema_version: 1,
    data: jsonCopy(event.data),
    actor: ctx.actor,
    cause,
    trace_id: ctx.traceId,
    at: ctx.now,
  });
  return id;
}

/** Adds an audit row: who changed what, from what to what, and why. */
export function audit(outbox: Outbox, entry: NewAudit, ctx: Ctx): void {
  outbox.audits.push({ ctx, entry });
}

/** Adds a background task, which exists if the batch commits. */
export function job(outbox: Outbox, item: NewJob): void {
  outbox.jobs.push(item);
}

/** For whoever advances the sagas of its batches itself. */
export function dropSagaJobs(outbox: Outbox): void {
  const kept = outbox.jobs.filter((item) => item.task !== 'advance-saga');
  outbox.jobs.splice(0, outbox.jobs.length, ...kept);
}

const EVENTS: TableSpec = {
  table: 'events',
  columns: {
    id: 'uuid',
    home: 'text',
    merchant_id: 'uuid',
    aggregate: 'text',
    aggregate_id: 'uuid',
    aggregate_version: 'int8',
    type: 'text',
    schema_version: 'int4',
    data: 'jsonb',
    actor: 'text',
    cause: 'uuid',
    trace_id: 'text',
    at: 'timestamptz',
  },
};
const DELIVERIES: TableSpec = {
  table: 'event_deliveries',
  columns: { event_id: 'uuid', consumer: 'text', next_at: 'timestamptz' },
};

/** A worker's lane takes them together anyway; more in one job would keep a worker's other jobs waiting for the slowest provider. */
const SAGAS_PER_JOB = 16;

/** The sagas that a batch wants advanced now, a few per job: what a job costs to add, to lock and to complete is shared. */
function sagasTogether(jobs: readonly NewJob[]): NewJob[] {
  const kept: NewJob[] = [];
  const sagaIds = new Set<string>();
  for (const item of jobs) {
    if (item.task === 'advance-saga' && item.runAt === undefined && item.jobKey === undefined) sagaIds.add(item.payload.sagaId);
    else kept.push(item);
  }
  const ids = [...sagaIds];
  if (ids.length === 1) return [...kept, { task: 'advance-saga', payload: { sagaId: ids[0] as string } }];
  for (let at = 0; at < ids.length; at += SAGAS_PER_JOB)
    kept.push({ task: 'advance-sagas', payload: { sagaIds: ids.slice(at, at + SAGAS_PER_JOB) } });
  return kept;
}

/** Writes events with their deliveries, then audit rows, then jobs. Comes last in a batch. */
export async function writeOutbox(tx: Tx, outbox: Outbox): Promise<void> {
  const deliveries = outbox.events.flatMap((event) =>
    consumersFor(event.type as EventType).map((consumer) => ({ event_id: event.id, consumer, next_at: event.at })),
  );
  const jobs = sagasTogether(outbox.jobs);
  const told = [...new Set(deliveries.map((delivery) => delivery.event_id))];
  for (let at = 0; at < told.length; at += EVENTS_PER_JOB)
    jobs.push({ task: 'deliver-event', payload: { eventIds: told.slice(at, at + EVENTS_PER_JOB) } });
  if (jobs.length > 0) lockStep(tx, 'jobs');
  await together(
    insertRows(tx, EVENTS, outbox.events as unknown as Record<string, unknown>[]),
    insertRows(tx, DELIVERIES, deliveries),
    writeAudits(tx, outbox.audits),
    addJobs(tx, jobs),
    ...(outbox.events.length > 0 ? [tx.query({ name: 'outbox-notify', text: `SELECT pg_notify('waybill_events', '')` })] : []),
  );
}
