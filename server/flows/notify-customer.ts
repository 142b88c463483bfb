import type pg from 'pg';
import * as notifications from '../domains/notifications/service.ts';
import { withTx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/stored-events.ts';

/** Tells customers what happened to their orders: once per event, in their language, queued for the channel that reaches them. */
export function notifyCustomers(pool: pg.Pool, events: readonly StoredEvent[], now: Date): Promise<number> {
  return withTx(pool, (tx) => notifications.queue(tx, events, now));
}
