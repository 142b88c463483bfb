import type pg from 'pg';
import * as notifications from '../domains/notifications/service.ts';
import { withTx } from '../platform/db.ts';
import { addJobs } from '../platform/queue.ts';
import type { StoredEvent } from '../platform/stored-events.ts';
import { SEND_JOB } from './send-notices.ts';

/** Tells customers what happened to their orders: once per event, in their language, queued for the mail. */
export function notifyCustomers(pool: pg.Pool, events: readonly StoredEvent[], now: Date): Promise<number> {
  return withTx(pool, async (tx) => {
    const fresh = await notifications.queue(tx, events, now);
    if (fresh > 0) await addJobs(tx, [SEND_JOB]);
    return fresh;
  });
}
