import { createHash } from 'node:crypto';
import type pg from 'pg';
import * as notifications from '../../domains/notifications/service.ts';
import * as replenishment from '../../domains/replenishment/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { withTx } from '../../platform/db.ts';
import { addJobs } from '../../platform/queue.ts';
import { SEND_JOB } from '../send-notices.ts';

/**
 * Once a day, tells a merchant's people what runs low and what expires soon, where something of it is new since the day before. One mail per person
 * and day, however often the task runs: its cause is named by both.
 */
export async function sendStockDigests(pool: pg.Pool, ctx: Ctx, sendsMail: boolean): Promise<number> {
  const today = ctx.now.toISOString().slice(0, 10);
  const people = await replenishment.peopleToTell(pool, today, ctx.now);
  if (people.length === 0) return 0;
  return withTx(pool, async (tx) => {
    const fresh = await notifications.add(
      tx,
      people.map(({ userId, merchantId, email, locale }) => ({
        id: newId(),
        kind: 'stock_digest' as const,
        eventId: causeOf(userId, today),
        orderId: null,
        customerId: null,
        merchantId,
        recipient: email,
        locale,
        data: { today },
        createdAt: ctx.now,
        actor: ctx.actor,
        ...(sendsMail ? {} : { reason: 'mail_off' as const }),
      })),
    );
    if (sendsMail && fresh > 0) await addJobs(tx, [SEND_JOB]);
    return fresh;
  });
}

/** The same id for the same person and day. */
function causeOf(userId: string, today: string): string {
  const hex = createHash('sha256').update(`stock-digest:${userId}:${today}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
