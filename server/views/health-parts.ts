import type { Queryable } from '../platform/db.ts';
import { COUNT_CAP } from './pages.ts';

export interface DatabaseHealth {
  readonly bytes: bigint;
  readonly connections: number;
  readonly maxConnections: number;
  /** By what the connections call themselves: the roles of our processes, and others. */
  readonly byName: readonly { readonly name: string; readonly connections: number; readonly busy: number }[];
  /** How long the oldest open transaction has been; null where none is open. */
  readonly oldestTransactionSeconds: number | null;
  /** Workers whose session lock is held: each holds one as long as it lives. */
  readonly workers: number;
}

export interface WebhookHealth {
  /** Of the last hour. */
  readonly received: number;
  readonly processed: number;
  readonly failed: number;
  /** Failed, whenever they came; they wait for a person. Counted to `COUNT_CAP`. */
  readonly allFailed: number;
  readonly pendingDeliveries: number;
  readonly deadDeliveries: number;
}

export interface PeopleCounts {
  readonly users: number;
  readonly sessions: number;
  readonly apiKeys: number;
}

export async function readDatabase(db: Queryable): Promise<DatabaseHealth> {
  const { rows } = await db.query<DatabaseHealth>({
    name: 'health-database',
    text: `WITH own AS MATERIALIZED (
        SELECT pid, coalesce(nullif(application_name, ''), '?') AS name, state, xact_start FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
      )
      SELECT pg_database_size(current_database()) AS bytes, (SELECT count(*)::int FROM own) AS connections,
        current_setting('max_connections')::int AS "maxConnections",
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'connections', n, 'busy', busy) ORDER BY name), '[]')
         FROM (SELECT name, count(*) AS n, count(*) FILTER (WHERE state = 'active') AS busy FROM own GROUP BY name) g) AS "byName",
        (SELECT extract(epoch FROM now() - min(xact_start))::int FROM own WHERE pid <> pg_backend_pid()) AS "oldestTransactionSeconds",
        (SELECT count(DISTINCT l.pid)::int FROM pg_locks l JOIN own ON own.pid = l.pid
         WHERE l.locktype = 'advisory' AND l.granted AND own.name = 'waybill-worker-liveness') AS workers`,
  });
  const [row] = rows;
  if (!row) throw new Error('A query of scalars returned no row.');
  return row;
}

/** The least UUIDv7 of a moment: ids carry their time, so the primary key finds what came since without another index. */
export function firstIdSince(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

export async function readWebhooks(db: Queryable, now: Date): Promise<WebhookHealth> {
  const capped = (from: string): string => `(SELECT count(*)::int FROM (SELECT 1 FROM ${from} LIMIT ${COUNT_CAP}) c)`;
  const { rows } = await db.query<WebhookHealth>({
    name: 'health-webhooks',
    text: `SELECT count(*)::int AS received, count(*) FILTER (WHERE status IN ('processed', 'ignored'))::int AS processed,
        count(*) FILTER (WHERE status = 'failed')::int AS failed,
        ${capped("inbound_webhooks WHERE status = 'failed'")} AS "allFailed",
        ${capped("event_deliveries WHERE status = 'pending'")} AS "pendingDeliveries",
        ${capped("event_deliveries WHERE status = 'dead'")} AS "deadDeliveries"
      FROM inbound_webhooks WHERE id >= $1`,
    values: [firstIdSince(new Date(now.getTime() - 3_600_000))],
  });
  const [row] = rows;
  if (!row) throw new Error('An aggregate without GROUP BY returns one row.');
  return row;
}

export async function readPeople(db: Queryable): Promise<PeopleCounts> {
  const { rows } = await db.query<PeopleCounts>({
    name: 'health-people',
    text: `SELECT (SELECT count(*)::int FROM users WHERE disabled_at IS NULL AND role <> 'customer') AS users,
      (SELECT count(*)::int FROM sessions WHERE revoked_at IS NULL AND expires_at > now()) AS sessions,
      (SELECT count(*)::int FROM api_keys WHERE revoked_at IS NULL) AS "apiKeys"`,
  });
  const [row] = rows;
  if (!row) throw new Error('A query of scalars returned no row.');
  return row;
}
