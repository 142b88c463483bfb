import type pg from 'pg';
import type { LinkMail } from '../domains/notifications/schema.ts';
import * as notifications from '../domains/notifications/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { newId } from '../kernel/ids.ts';
import { withTx } from '../platform/db.ts';
import { addJobs } from '../platform/queue.ts';
import { SEND_JOB } from './send-notices.ts';

/** Queues the mail that lets somebody in, once per link: a repeat of the request that made the link writes nothing. */
export async function mailLink(pool: pg.Pool, link: LinkMail, ctx: Ctx): Promise<void> {
  await withTx(pool, async (tx) => {
    const about = { sealedUrl: link.sealedUrl, expiresAt: link.expiresAt.toISOString(), from: link.from };
    const fresh = await notifications.add(tx, [
      {
        id: newId(),
        kind: link.kind,
        eventId: link.linkId,
        orderId: null,
        customerId: null,
        merchantId: null,
        recipient: link.email,
        locale: link.locale,
        data: about,
        createdAt: ctx.now,
        actor: ctx.actor,
      },
    ]);
    if (fresh > 0) await addJobs(tx, [SEND_JOB]);
  });
}
