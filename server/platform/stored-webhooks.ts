import type pg from 'pg';
import { newId } from '../kernel/ids.ts';
import type { Queryable, Tx } from './db.ts';
import { createLane, type Settled } from './lane.ts';
import { addJobs, type NewJob } from './queue.ts';

/** A webhook as it was received and verified. */
export interface StoredWebhook {
  readonly id: string;
  readonly source: string;
  readonly externalId: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: 'received' | 'processed' | 'ignored' | 'failed';
}

/** A webhook that was verified and is to be stored. */
export interface ReceivedWebhook {
  readonly source: string;
  readonly externalId: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly receivedAt: Date;
}

export interface WebhookStore {
  /** Stores an event once, with a job to process it. Resolves after COMMIT with whether it was there already. */
  store(webhook: ReceivedWebhook): Promise<boolean>;
}

/** Webhooks that one job processes at most. */
const WEBHOOKS_PER_JOB = 16;

/** Providers wait for seconds, and what they tell of is not urgent: by this many milliseconds sooner or later. */
const LINGER_MS = 50;

/** A provider that reports on hundreds of payments a second is stored in batches, like any other caller. */
export function createWebhookStore(pool: pg.Pool): WebhookStore {
  const lane = createLane<ReceivedWebhook, boolean>({ name: 'receive-webhook', pool, run: storeAll, lingerMs: LINGER_MS });
  return { store: (webhook) => lane.submit(webhook) };
}

async function storeAll(tx: Tx, webhooks: readonly ReceivedWebhook[]): Promise<Settled<boolean>[]> {
  const ids = webhooks.map(() => newId());
  // Sorted, so that two processes that are told the same do not wait for each other in a circle.
  const { rows } = await tx.query<{ id: string }>({
    name: 'webhooks-store',
    text: `INSERT INTO inbound_webhooks (id, source, external_id, topic, payload, received_at)
           SELECT i, s, e, t, p, r FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[]) AS v(i, s, e, t, p, r)
           ORDER BY s, e, i ON CONFLICT (source, external_id) DO NOTHING RETURNING id`,
    values: [
      ids,
      webhooks.map(({ source }) => source),
      webhooks.map(({ externalId }) => externalId),
      webhooks.map(({ topic }) => topic),
      webhooks.map(({ payload }) => JSON.stringify(payload)),
      webhooks.map(({ receivedAt }) => receivedAt),
    ],
  });
  await addJobs(tx, jobsFor(rows.map(({ id }) => id)));
  const stored = new Set(rows.map(({ id }) => id));
  return ids.map((id) => ({ ok: true, value: !stored.has(id) }));
}

function jobsFor(ids: readonly string[]): NewJob[] {
  if (ids.length === 1) return [{ task: 'process-webhook', payload: { webhookId: ids[0] as string } }];
  const jobs: NewJob[] = [];
  for (let at = 0; at < ids.length; at += WEBHOOKS_PER_JOB)
    jobs.push({ task: 'process-webhooks', payload: { webhookIds: ids.slice(at, at + WEBHOOKS_PER_JOB) } });
  return jobs;
}

/** Stored webhooks by their ids; one that is not there is left out. */
export async function readWebhooks(db: Queryable, ids: readonly string[]): Promise<StoredWebhook[]> {
  const { rows } = await db.query<StoredWebhook>({
    name: 'webhooks-read',
    text: 'SELECT id, source, external_id AS "externalId", topic, payload, status FROM inbound_webhooks WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return rows;
}

/** Records what became of webhooks. */
export async function finishWebhooks(
  db: Queryable,
  ids: readonly string[],
  status: 'processed' | 'ignored',
  now: Date,
): Promise<void> {
  if (ids.length === 0) return;
  await db.query({
    name: 'webhooks-finish',
    text: 'UPDATE inbound_webhooks SET status = $2, processed_at = $3, error = NULL WHERE id = ANY($1::uuid[])',
    values: [ids, status, now],
  });
}

/** Records that nobody will try a webhook again by himself, and why. Whoever finished it meanwhile was right. */
export async function failWebhook(db: Queryable, id: string, error: string): Promise<void> {
  await db.query({
    name: 'webhook-fail',
    text: `UPDATE inbound_webhooks SET status = 'failed', error = left($2, 500) WHERE id = $1 AND status = 'received'`,
    values: [id, error],
  });
}

/** Webhooks that were received before `before` and that nobody has acted on. */
export async function findUnprocessed(db: Queryable, before: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'webhook-unprocessed',
    text: `SELECT id FROM inbound_webhooks WHERE status = 'received' AND received_at < $1 ORDER BY received_at LIMIT $2`,
    values: [before, limit],
  });
  return rows.map((row) => row.id);
}

/** What webhooks are found by; each has an index of its own, for the sources that cannot be asked. */
const TOLD_BY = {
  operation: "payload->>'operationId' = $1",
  'disputed payment': "payload->>'paymentRef' = $1 AND payload->>'disputeRef' IS NOT NULL",
} as const;

/** What a source told of an attempt, or of a payment's disputes, newest first, as its verified webhooks said it. */
export async function toldOf(
  db: Queryable,
  source: string,
  named: string,
  of: keyof typeof TOLD_BY = 'operation',
): Promise<Readonly<Record<string, unknown>>[]> {
  if (!/^[a-z_]+$/.test(source)) throw new Error(`No source of webhooks is called ${source}`);
  const { rows } = await db.query<{ said: Readonly<Record<string, unknown>> | null }>({
    name: `webhooks-told-${source}-${of}`,
    text: `SELECT payload->'payload' AS said FROM inbound_webhooks WHERE source = '${source}' AND ${TOLD_BY[of]}
           ORDER BY received_at DESC, id DESC`,
    values: [named],
  });
  return rows.flatMap(({ said }) => (said === null ? [] : [said]));
}
