import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { type Consumer, deliverEvents, sweepDeliveries } from './consumers.ts';
import type { StoredEvent } from './stored-events.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
const log = pino({ level: 'silent' });
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query('DELETE FROM event_deliveries');
  await db.pool.query('DELETE FROM graphile_worker._private_jobs');
});

/** Events of one order, each waiting for the consumers, as the outbox writes them. */
async function write(count: number, consumers: readonly string[]): Promise<string[]> {
  const orderId = newId();
  const ids = Array.from({ length: count }, () => newId());
  for (const [index, id] of ids.entries()) {
    await db.pool.query(
      `INSERT INTO events (id, home, aggregate, aggregate_id, aggregate_version, type, data, actor, trace_id, at)
       VALUES ($1, 'EU', 'order', $2, $3, 'order.placed', '{}', 'system:test', 't', now())`,
      [id, orderId, index + 1],
    );
    await db.pool.query('INSERT INTO event_deliveries (event_id, consumer, next_at) SELECT $1, unnest($2::text[]), now()', [
      id,
      consumers,
    ]);
  }
  return ids;
}

function recorder(
  name: string,
  fails: (event: StoredEvent) => boolean = () => false,
): Consumer<null> & { readonly told: string[] } {
  const told: string[] = [];
  return {
    name,
    types: ['order.placed'],
    told,
    async handle(events) {
      const bad = events.find(fails);
      if (bad) throw new Error(`cannot take ${bad.id}`);
      told.push(...events.map((event) => event.id));
    },
  };
}

interface DeliveryRow {
  readonly event_id: string;
  readonly consumer: string;
  readonly status: string;
  readonly attempts: number;
  readonly last_error: string | null;
}

async function deliveries(): Promise<DeliveryRow[]> {
  const { rows } = await db.pool.query<DeliveryRow>(
    'SELECT event_id, consumer, status, attempts, last_error FROM event_deliveries ORDER BY event_id, consumer',
  );
  return rows;
}

const deliver = (consumers: readonly Consumer<null>[], ids: readonly string[]): Promise<void> =>
  deliverEvents({ pool: db.pool, log, consumers }, null, ids);

test('each consumer is told of its events in the order of their history, and not again once done', async () => {
  const ids = await write(3, ['mail', 'search']);
  const [mail, search] = [recorder('mail'), recorder('search')];
  await deliver([mail, search], [...ids].reverse());
  expect(mail.told).toEqual(ids);
  expect(search.told).toEqual(ids);
  await deliver([mail, search], ids);
  expect(mail.told).toEqual(ids);
  expect((await deliveries()).every((row) => row.status === 'done' && row.attempts === 1)).toBe(true);
});

test('the same job twice at once tells nobody twice', async () => {
  const ids = await write(20, ['mail']);
  const mail = recorder('mail');
  await Promise.all([deliver([mail], ids), deliver([mail], ids), deliver([mail], ids)]);
  expect([...mail.told].sort()).toEqual([...ids].sort());
});

test('one bad event does not hold back the others, and is tried again later by a job of its own', async () => {
  const ids = await write(3, ['mail']);
  const mail = recorder('mail', (event) => event.id === ids[1]);
  await deliver([mail], ids);
  expect(mail.told).toEqual([ids[0], ids[2]]);
  expect((await deliveries()).find((row) => row.event_id === ids[1])).toMatchObject({
    status: 'pending',
    attempts: 1,
    last_error: `Error: cannot take ${ids[1]}`,
  });
  const { rows } = await db.pool.query<{ key: string; future: boolean }>(
    'SELECT key, run_at > now() AS future FROM graphile_worker.jobs',
  );
  expect(rows).toEqual([{ key: `deliver:${ids[1]}`, future: true }]);

  await db.pool.query('UPDATE event_deliveries SET next_at = now()');
  const healed = recorder('mail');
  await deliver([healed], ids);
  expect(healed.told).toEqual([ids[1]]);
});

test('an event that can never be consumed ends as a dead delivery', async () => {
  const ids = await write(1, ['mail']);
  await db.pool.query('UPDATE event_deliveries SET attempts = 24');
  await deliver([recorder('mail', () => true)], ids);
  expect(await deliveries()).toMatchObject([{ status: 'dead', attempts: 25 }]);
  await deliver([recorder('mail')], ids);
  expect(await deliveries()).toMatchObject([{ status: 'dead' }]);
});

test('the sweep gives overdue deliveries new jobs, and leaves the recent alone', async () => {
  const overdue = await write(250, ['mail']);
  await db.pool.query(`UPDATE event_deliveries SET next_at = now() - interval '1 minute'`);
  await write(5, ['mail']);
  expect(await sweepDeliveries(db.pool)).toBe(250);
  const { rows } = await db.pool.query<{ payload: { eventIds: string[] } }>('SELECT payload FROM graphile_worker._private_jobs');
  expect(rows.map((row) => row.payload.eventIds.length).sort((a, b) => a - b)).toEqual([50, 100, 100]);
  expect(rows.flatMap((row) => row.payload.eventIds).sort()).toEqual([...overdue].sort());
});
