import type pg from 'pg';
import { CONSUMERS, type ConsumerName } from '../kernel/consumers.ts';
import type { EventType } from '../kernel/events.ts';
import type { Queryable, Tx } from './db.ts';
import { lockStep } from './locks.ts';
import type { Log } from './log.ts';
import { addJobs, type NewJob } from './queue.ts';
import { readEvents, type StoredEvent } from './stored-events.ts';

/** A part of the house that is told of events after they happened, at least once per event. */
export interface Consumer<A> {
  readonly name: string;
  readonly types: readonly EventType[];
  /** Throwing puts the events off; what it does must be harmless when done twice. */
  handle(events: readonly StoredEvent[], app: A): Promise<void>;
}

const NAMES = Object.entries(CONSUMERS) as [ConsumerName, readonly EventType[]][];

/** The consumers that an event of this type is delivered to: the outbox writes one delivery row for each. */
export function consumersFor(type: EventType): ConsumerName[] {
  return NAMES.filter(([, types]) => types.includes(type)).map(([name]) => name);
}

/** How many events one job carries at most. */
export const EVENTS_PER_JOB = 100;

/** A delivery that fails is put off, longer each time, and given up after this many tries: about ten minutes. */
const MAX_ATTEMPTS = 25;
const MAX_PAUSE_MS = 30_000;
/** While a consumer works nobody else takes the same deliveries; if it dies the sweep adds them again after this. */
const LEASE_SECONDS = 60;

export interface DeliveryDeps<A> {
  readonly pool: pg.Pool;
  readonly log: Log;
  readonly consumers: readonly Consumer<A>[];
}

/**
 * Hands the events to every consumer that still waits for them and marks what is done. A consumer that fails is told each event
 * alone, so that one bad event does not hold back the others; what still fails is tried again later by a job of its own.
 */
export async function deliverEvents<A>(deps: DeliveryDeps<A>, app: A, eventIds: readonly string[]): Promise<void> {
  const claims = await claim(deps.pool, eventIds);
  if (claims.length === 0) return;
  const events = await readEvents(deps.pool, [...new Set(claims.map((row) => row.eventId))]);
  for (const name of new Set(claims.map((row) => row.consumer))) {
    const mine = claims.filter((row) => row.consumer === name);
    const consumer = deps.consumers.find((candidate) => candidate.name === name);
    if (!consumer) throw new Error(`No handler for consumer ${name}. Add it to jobs/consumers.ts.`);
    const wanted = events.filter((event) => mine.some((row) => row.eventId === event.id));
    await deliverTo(deps, consumer, app, wanted, new Map(mine.map((row) => [row.eventId, row.attempts])));
  }
}

async function deliverTo<A>(
  deps: DeliveryDeps<A>,
  consumer: Consumer<A>,
  app: A,
  events: readonly StoredEvent[],
  attempts: ReadonlyMap<string, number>,
): Promise<void> {
  try {
    await consumer.handle(events, app);
    await markDone(deps.pool, consumer.name, events);
  } catch (error) {
    if (events.length > 1) {
      for (const event of events) await deliverTo(deps, consumer, app, [event], attempts);
      return;
    }
    const [event] = events;
    if (!event) return;
    deps.log.warn({ err: error, consumer: consumer.name, eventId: event.id, type: event.type }, 'an event was not consumed');
    await putOff(deps.pool, consumer.name, event.id, attempts.get(event.id) ?? 1, String(error));
  }
}

interface Claim {
  readonly eventId: string;
  readonly consumer: string;
  readonly attempts: number;
}

/** Takes the pending deliveries of these events that nobody else is busy with. */
async function claim(pool: pg.Pool, eventIds: readonly string[]): Promise<Claim[]> {
  // The first try does not ask for the time: the row was made by another machine's clock.
  const { rows } = await pool.query<Claim>({
    name: 'deliveries-claim',
    text: `UPDATE event_deliveries SET attempts = attempts + 1, next_at = now() + make_interval(secs => ${LEASE_SECONDS})
           WHERE event_id = ANY($1::uuid[]) AND status = 'pending' AND (attempts = 0 OR next_at <= now())
           RETURNING event_id AS "eventId", consumer, attempts`,
    values: [eventIds],
  });
  return rows;
}

async function markDone(pool: pg.Pool, consumer: string, events: readonly StoredEvent[]): Promise<void> {
  await pool.query({
    name: 'deliveries-done',
    text: `UPDATE event_deliveries SET status = 'done', last_error = NULL WHERE consumer = $1 AND event_id = ANY($2::uuid[])`,
    values: [consumer, events.map((event) => event.id)],
  });
}

async function putOff(pool: pg.Pool, consumer: string, eventId: string, attempt: number, reason: string): Promise<void> {
  const pauseMs = Math.min(MAX_PAUSE_MS, 500 * 2 ** attempt);
  await pool.query({
    name: 'deliveries-put-off',
    text: `UPDATE event_deliveries SET last_error = left($3, 500), next_at = now() + make_interval(secs => $4::float8 / 1000),
                  status = CASE WHEN attempts >= ${MAX_ATTEMPTS} THEN 'dead' ELSE 'pending' END
           WHERE consumer = $1 AND event_id = $2 AND status = 'pending'`,
    values: [consumer, eventId, reason, pauseMs],
  });
  if (attempt < MAX_ATTEMPTS) {
    await addJobs(pool, [
      {
        task: 'deliver-event',
        payload: { eventIds: [eventId] },
        runAt: new Date(Date.now() + pauseMs),
        jobKey: `deliver:${eventId}`,
      },
    ]);
  }
}

/** One event on its way to one consumer. */
export interface DeliveryRef {
  readonly eventId: string;
  readonly consumer: string;
}

export interface LockedDelivery extends DeliveryRef {
  readonly status: 'pending' | 'done' | 'dead';
  readonly attempts: number;
  readonly lastError: string | null;
}

/** Deliveries under their lock; what was purged meanwhile is left out. */
export async function lockDeliveries(tx: Tx, wanted: readonly DeliveryRef[]): Promise<LockedDelivery[]> {
  lockStep(tx, 'event_deliveries');
  const { rows } = await tx.query<LockedDelivery>({
    name: 'deliveries-lock',
    text: `SELECT event_id AS "eventId", consumer, status, attempts, last_error AS "lastError" FROM event_deliveries
           WHERE (event_id, consumer) IN (SELECT * FROM unnest($1::uuid[], $2::text[])) ORDER BY event_id, consumer FOR UPDATE`,
    values: [wanted.map((one) => one.eventId), wanted.map((one) => one.consumer)],
  });
  return rows;
}

/** Has dead deliveries tried again, from the first attempt. Whoever calls it adds their jobs. */
export async function reviveDeliveries(tx: Tx, dead: readonly DeliveryRef[]): Promise<void> {
  if (dead.length === 0) return;
  await tx.query({
    name: 'deliveries-revive',
    text: `UPDATE event_deliveries SET status = 'pending', attempts = 0, next_at = now()
           WHERE status = 'dead' AND (event_id, consumer) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))`,
    values: [dead.map((one) => one.eventId), dead.map((one) => one.consumer)],
  });
}

const SWEEP_LIMIT = 5_000;

/**
 * Adds jobs for deliveries that are overdue: their job was lost with a region's queue, or its worker died. Returns how many
 * deliveries it found.
 */
export async function sweepDeliveries(db: Queryable, overdueSeconds = 15): Promise<number> {
  const { rows } = await db.query<{ eventId: string }>({
    name: 'deliveries-overdue',
    text: `SELECT event_id AS "eventId" FROM event_deliveries
           WHERE status = 'pending' AND next_at < now() - make_interval(secs => $1::float8)
           ORDER BY next_at LIMIT ${SWEEP_LIMIT}`,
    values: [overdueSeconds],
  });
  const ids = [...new Set(rows.map((row) => row.eventId))];
  const jobs: NewJob[] = [];
  for (let from = 0; from < ids.length; from += EVENTS_PER_JOB) {
    jobs.push({ task: 'deliver-event', payload: { eventIds: ids.slice(from, from + EVENTS_PER_JOB) } });
  }
  await addJobs(db, jobs);
  return ids.length;
}
