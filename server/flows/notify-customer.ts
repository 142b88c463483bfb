import type pg from 'pg';
import * as notifications from '../domains/notifications/service.ts';
import { withTx } from '../platform/db.ts';
import { addJobs } from '../platform/queue.ts';
import type { StoredEvent } from '../platform/stored-events.ts';
import { SEND_JOB } from './send-notices.ts';

/**
 * Tells customers what happened to their orders: once per event, in their language, queued for the mail. Where no mail is sent each notice
 * is recorded as not sent at once. Returns how many are new.
 */
export function notifyCustomers(pool: pg.Pool, events: readonly StoredEvent[], now: Date, sendsMail = true): Promise<number> {
  return withTx(pool, async (tx) => {
    const fresh = await notifications.queue(tx, events, now, sendsMail ? null : 'mail_off');
    if (sendsMail && fresh > 0) await addJobs(tx, [SEND_JOB]);
    return fresh;
  });
}
