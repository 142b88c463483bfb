import type { Queryable } from './db.ts';

/** A webhook as it was received and verified. */
export interface StoredWebhook {
  readonly id: string;
  readonly source: string;
  readonly externalId: string;
  readonly topic: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: 'received' | 'processed' | 'ignored' | 'failed';
}

/** A stored webhook, or undefined. */
export async function readWebhook(db: Queryable, id: string): Promise<StoredWebhook | undefined> {
  const { rows } = await db.query<StoredWebhook>({
    name: 'webhook-read',
    text: 'SELECT id, source, external_id AS "externalId", topic, payload, status FROM inbound_webhooks WHERE id = $1',
    values: [id],
  });
  return rows[0];
}

/** Records what became of a webhook. */
export async function finishWebhook(db: Queryable, id: string, status: 'processed' | 'ignored', now: Date): Promise<void> {
  await db.query({
    name: 'webhook-finish',
    text: 'UPDATE inbound_webhooks SET status = $2, processed_at = $3, error = NULL WHERE id = $1',
    values: [id, status, now],
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
