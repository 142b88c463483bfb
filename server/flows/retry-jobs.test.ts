import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { type Consumer, deliverEvents } from '../platform/consumers.ts';
import { addJobs } from '../platform/queue.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/test-database.ts';
import { type Call, createVerb } from '../platform/verb.ts';
import { drainQueue, type TaskHandlers } from '../platform/worker.ts';
import { listDeadDeliveries, listJobs } from '../views/jobs.ts';
import { type RetriedLetters, type RetryDeliveriesInput, type RetryJobsInput, retryDeliveries, retryJobs } from './retry-jobs.ts';

let db: TestDatabase;
let retry: Call<RetryJobsInput, RetriedLetters>;
let redeliver: Call<RetryDeliveriesInput, RetriedLetters>;
const log = pino({ level: 'silent' });
const REASON = 'The cause is gone';

beforeAll(async () => {
  db = await createTestDatabase();
  retry = createVerb({ pool: db.pool }, retryJobs).call;
  redeliver = createVerb({ pool: db.pool }, retryDeliveries).call;
});
afterAll(() => db?.drop());
beforeEach(() => db.pool.query('DELETE FROM graphile_worker._private_jobs'));

const ctx = (): Ctx => ({ now: new Date(), actor: `user:${newId()}`, traceId: newId(), requestId: newId(), home: 'EU' });
const drain = (tasks: TaskHandlers) => drainQueue({ connectionString: db.url, tasks, concurrency: 2, log });
const audits = async (traceId: string) =>
  (
    await db.pool.query(
      'SELECT actor, action, entity, entity_id, before, after, reason FROM audit_log WHERE trace_id = $1 ORDER BY id',
      [traceId],
    )
  ).rows;

describe('dead jobs', () => {
  const broken: TaskHandlers = { 'process-webhook': () => Promise.reject(new Error('no such column')) };

  async function deadJobs(count: number): Promise<string[]> {
    const jobs = Array.from({ length: count }, () => ({ task: 'process-webhook' as const, payload: { webhookId: newId() } }));
    await addJobs(
      db.pool,
      jobs.map((job) => ({ ...job, maxAttempts: 1 })),
    );
    await drain(broken);
    return (await listJobs(db.pool, 'dead')).map((job) => job.id);
  }

  it('run again with all their attempts, and the audit log says who wanted it and why', async () => {
    const ids = await deadJobs(2);
    expect(ids).toHaveLength(2);
    const who = ctx();
    expect(await retry({ jobIds: ids, reason: REASON }, who)).toEqual({ retried: 2, left: 0 });
    expect(await listJobs(db.pool, 'ready')).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
    const done: string[] = [];
    await drain({
      'process-webhook': async ({ webhookId }) => {
        done.push(webhookId);
      },
    });
    expect(done).toHaveLength(2);
    const rows = await audits(who.traceId);
    expect(rows.map((row) => row.entity_id).sort()).toEqual([...ids].sort());
    for (const row of rows) {
      expect(row).toMatchObject({ actor: who.actor, action: 'job.retried', entity: 'job', reason: REASON });
      expect(row.before).toMatchObject({
        task: 'process-webhook',
        attempts: 1,
        lastError: expect.stringContaining('no such column'),
      });
    }
  });

  it('are retried once, however often the same request comes', async () => {
    const ids = await deadJobs(1);
    const who = ctx();
    const first = await retry({ jobIds: ids, reason: REASON }, who, 'same');
    await drain(broken);
    expect(await retry({ jobIds: ids, reason: REASON }, who, 'same')).toEqual(first);
    expect((await listJobs(db.pool, 'dead')).map((job) => job.id)).toEqual(ids);
    expect(await audits(who.traceId)).toHaveLength(1);
  });

  it('are told from jobs that are still tried, that a worker has, and that are gone', async () => {
    const [dead] = await deadJobs(1);
    await addJobs(db.pool, [{ task: 'process-webhook', payload: { webhookId: newId() }, runAt: new Date(Date.now() + 60_000) }]);
    const [waiting] = await listJobs(db.pool, 'scheduled');
    const both = [String(dead), String(waiting?.id)];
    expect(await retry({ jobIds: both, reason: REASON }, ctx())).toEqual({ retried: 1, left: 1 });
    expect((await listJobs(db.pool, 'scheduled')).map((job) => job.id)).toEqual([waiting?.id]);

    const [lastTry] = await deadJobs(1);
    await db.pool.query(`UPDATE graphile_worker._private_jobs SET locked_at = now(), locked_by = 'somebody' WHERE id = $1`, [
      lastTry,
    ]);
    for (const id of [String(lastTry), '999999999']) {
      const who = ctx();
      await expect(retry({ jobIds: [id], reason: REASON }, who)).rejects.toMatchObject({ code: 'state_refuses' });
      expect(await audits(who.traceId)).toEqual([]);
    }
  });
});

describe('dead deliveries', () => {
  async function deadDelivery(consumer: string): Promise<string> {
    const id = newId();
    await db.pool.query(
      `INSERT INTO events (id, home, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
       VALUES ($1, 'EU', 'order', $2, 1, 'order.placed', '{}', 'system:test', 't', now())`,
      [id, newId()],
    );
    await db.pool.query(
      `INSERT INTO event_deliveries (event_id, consumer, next_at, status, attempts, last_error)
       VALUES ($1, $2, now() - interval '1 hour', 'dead', 25, 'Error: unreachable'), ($1, 'other', now(), 'done', 1, NULL)`,
      [id, consumer],
    );
    return id;
  }

  it('are told again by a job, and only the consumer that missed them', async () => {
    const eventId = await deadDelivery('one');
    expect(await listDeadDeliveries(db.pool)).toMatchObject([
      { eventId, consumer: 'one', attempts: 25, type: 'order.placed', lastError: 'Error: unreachable' },
    ]);
    const who = ctx();
    const deliveries = [
      { eventId, consumer: 'one' },
      { eventId, consumer: 'other' },
    ];
    expect(await redeliver({ deliveries, reason: REASON }, who)).toEqual({ retried: 1, left: 1 });
    expect(await listDeadDeliveries(db.pool)).toEqual([]);
    const told: string[] = [];
    const consumers = ['one', 'other'].map(
      (name): Consumer<null> => ({
        name,
        types: ['order.placed'],
        handle: async (events) => {
          told.push(...events.map((event) => `${name}:${event.id}`));
        },
      }),
    );
    await drain({ 'deliver-event': ({ eventIds }) => deliverEvents({ pool: db.pool, log, consumers }, null, eventIds) });
    expect(told).toEqual([`one:${eventId}`]);
    const { rows } = await db.pool.query('SELECT status, attempts FROM event_deliveries WHERE event_id = $1 AND consumer = $2', [
      eventId,
      'one',
    ]);
    expect(rows).toEqual([{ status: 'done', attempts: 1 }]);
    expect(await audits(who.traceId)).toEqual([
      {
        actor: who.actor,
        action: 'delivery.retried',
        entity: 'delivery',
        entity_id: eventId,
        before: { consumer: 'one', attempts: 25, lastError: 'Error: unreachable' },
        after: { attempts: 0 },
        reason: REASON,
      },
    ]);
  });

  it('that arrived meanwhile are refused', async () => {
    const eventId = await deadDelivery('one');
    const input = { deliveries: [{ eventId, consumer: 'other' }], reason: REASON };
    await expect(redeliver(input, ctx())).rejects.toMatchObject({ code: 'state_refuses' });
  });
});
