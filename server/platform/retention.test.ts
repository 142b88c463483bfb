import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../kernel/ids.ts';
import { purgeExpiredRows } from './retention.ts';
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

const DAY = 86_400_000;
const NOW = new Date('2026-06-01T00:00:00Z');
const ago = (days: number): Date => new Date(NOW.getTime() - days * DAY);

test('what is past its time goes, in any number; what is not stays', async () => {
  await db.pool.query(
    `INSERT INTO idempotency_keys (principal, operation, key, request_hash, created_at)
     SELECT 'user:1', 'place-order', n::text, '\\x00'::bytea, $1::timestamptz FROM generate_series(1, 12000) n
     UNION ALL SELECT 'user:1', 'place-order', 'young', '\\x00'::bytea, $2::timestamptz`,
    [ago(31), ago(29)],
  );
  const [userId, merchantId] = [newId(), newId()];
  await db.pool.query(
    `INSERT INTO users (id, email, email_normalized, name, role, created_at) VALUES ($1, 'a', 'a', 'A', 'agent', $2)`,
    [userId, NOW],
  );
  const session = (expires: Date, revoked: Date | null): Promise<unknown> =>
    db.pool.query(
      'INSERT INTO sessions (id, user_id, created_at, last_seen_at, expires_at, revoked_at) VALUES ($1, $2, $3, $3, $4, $5)',
      [newId(), userId, ago(200), expires, revoked],
    );
  await session(ago(91), null);
  await session(ago(-5), ago(91));
  await session(ago(-5), null);
  await session(ago(10), null);
  await db.pool.query(
    `INSERT INTO event_deliveries (event_id, consumer, status, next_at)
     VALUES ($1, 'mail', 'done', $4), ($2, 'mail', 'pending', $4), ($3, 'mail', 'done', $5)`,
    [newId(), newId(), newId(), ago(31), ago(1)],
  );
  await db.pool.query(
    `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, status, received_at)
     VALUES ($1, 'psp', 'old', 't', '{"a":1}', 'processed', $3), ($2, 'psp', 'failed', 't', '{"a":1}', 'failed', $3)`,
    [newId(), newId(), ago(91)],
  );
  await db.pool.query(
    `INSERT INTO user_tokens (id, kind, token_hash, created_at, expires_at) VALUES ($1, 'invite', '\\x01', $3, $3), ($2, 'invite', '\\x02', $3, $4)`,
    [newId(), newId(), ago(40), ago(-1)],
  );

  await db.pool.query(
    `INSERT INTO notifications (id, kind, recipient, data, status, next_at, subject, html, body, created_at) VALUES
       ($1, 'message', 'old@x.example', '{"body":"x"}', 'sent', NULL, 's', 'h', 'b', $4),
       ($2, 'message', 'waits@x.example', '{"body":"x"}', 'queued', $4, NULL, NULL, NULL, $4),
       ($3, 'message', 'young@x.example', '{"body":"x"}', 'sent', NULL, 's', 'h', 'b', $5)`,
    [newId(), newId(), newId(), ago(181), ago(179)],
  );
  await db.pool.query(`INSERT INTO notification_attempts (notice_id, attempt, started_at) VALUES ($1, 1, $2), ($1, 2, $3)`, [
    newId(),
    ago(181),
    ago(179),
  ]);
  const reservation = async (status: string, at: Date): Promise<void> => {
    const id = newId();
    await db.pool.query(
      `INSERT INTO reservations (id, home, merchant_id, channel, status, expires_at, created_at, updated_at) VALUES ($1, 'EU', $2, 'api', $3, $4, $4, $4)`,
      [id, newId(), status, at],
    );
    await db.pool.query('INSERT INTO reservation_lines (reservation_id, sku_id, quantity) VALUES ($1, $2, 1)', [id, newId()]);
  };
  await reservation('released', ago(31));
  await reservation('expired', ago(29));
  await reservation('open', ago(31));
  const checkout = (state: string, at: Date): Promise<unknown> =>
    db.pool.query(
      `INSERT INTO checkouts (id, home, merchant_id, source, state, currency, lines, customer, locale, created_by, created_at, updated_at, expires_at, version)
       VALUES ($1, 'EU', $2, 'shop', $3, 'EUR', '[]', '{}', 'en', 'system:test', $4, $4, $4::timestamptz + interval '1 day', 1)`,
      [newId(), newId(), state, at],
    );
  const quote = async (ended: Date): Promise<string> => {
    const id = newId();
    await db.pool.query(
      `INSERT INTO quotes (id, home, merchant_id, currency, prices_include_tax, destination, lines, discount_minor, options, rates, tax_provider,
         goods_total_minor, actor, trace_id, created_at, expires_at)
       VALUES ($1, 'EU', $2, 'EUR', false, '{"country":"DE"}', '[]', 0, '[]', '{}', 'rate-table', 0, 'system:test', 't', $3::timestamptz - interval '30 minutes', $3)`,
      [id, merchantId, ended],
    );
    return id;
  };
  await quote(ago(8));
  const [young, carted, ordered] = [await quote(ago(6)), await quote(ago(8)), await quote(ago(8))];
  await db.pool.query(
    `INSERT INTO orders (id, home, number, merchant_id, channel, status, payment_status, fulfilment_status, currency, total_minor, quote_id,
       placed_at, updated_at, version)
     VALUES ($1, 'EU', 'EU-1', $2, 'shop', 'CONFIRMED', 'UNPAID', 'UNALLOCATED', 'EUR', 0, $3, $4::timestamptz - interval '1 minute', $4, 1)`,
    [newId(), merchantId, ordered, ago(8)],
  );
  await checkout('expired', ago(31));
  await checkout('cancelled', ago(29));
  await checkout('open', ago(31));
  await db.pool.query(`UPDATE checkouts SET quote_id = $1 WHERE state = 'open'`, [carted]);
  await db.pool.query(
    `INSERT INTO process_samples (id, process_id, role, host, pid, started_at, at, seconds, figures)
     SELECT gen_random_uuid(), $1, 'api', 'h', 1, at, at, 10, '{}' FROM unnest($2::timestamptz[]) at`,
    [newId(), [ago(3), ago(1)]],
  );
  await db.pool.query(
    `WITH told AS (INSERT INTO channel_messages (id, connection_id, status, items, size, attempts, created_at, ended_at)
       SELECT gen_random_uuid(), $1, 'acknowledged', '[]', 1, 1, at, at FROM unnest($2::timestamptz[]) at)
     INSERT INTO channel_reports (id, connection_id, source, listings, agreed, on_the_way, different, unknown, at)
       SELECT gen_random_uuid(), $1, 'fetched', 1, 1, 0, 0, 0, at FROM unnest($2::timestamptz[]) at`,
    [newId(), [ago(15), ago(13)]],
  );

  const purged = await purgeExpiredRows(db.pool, NOW);
  expect(purged).toEqual({
    idempotencyKeys: 12_000,
    userTokens: 1,
    sessions: 2,
    deliveries: 1,
    unpaidCheckouts: 1,
    reservations: 1,
    quotes: 1,
    webhookPayloads: 1,
    mails: 1,
    mailAttempts: 1,
    channelMessages: 1,
    channelReports: 1,
    processSamples: 1,
  });
  const mails = await db.pool.query('SELECT recipient, html, data FROM notifications ORDER BY recipient NULLS FIRST');
  expect(mails.rows).toEqual([
    { recipient: null, html: null, data: {} },
    { recipient: 'waits@x.example', html: null, data: { body: 'x' } },
    { recipient: 'young@x.example', html: 'h', data: { body: 'x' } },
  ]);
  const quotes = await db.pool.query<{ id: string }>('SELECT id FROM quotes');
  expect(quotes.rows.map(({ id }) => id).sort()).toEqual([young, carted, ordered].sort());
  const carts = await db.pool.query(
    'SELECT r.status FROM reservation_lines l LEFT JOIN reservations r ON r.id = l.reservation_id ORDER BY 1',
  );
  expect(carts.rows).toEqual([{ status: 'expired' }, { status: 'open' }]);
  const left = await db.pool.query('SELECT key FROM idempotency_keys');
  expect(left.rows).toEqual([{ key: 'young' }]);
  const webhooks = await db.pool.query('SELECT external_id, payload FROM inbound_webhooks ORDER BY external_id');
  expect(webhooks.rows).toEqual([
    { external_id: 'failed', payload: { a: 1 } },
    { external_id: 'old', payload: {} },
  ]);
});
