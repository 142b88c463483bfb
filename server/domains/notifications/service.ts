import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { StoredEvent } from '../../platform/stored-events.ts';
import { NEWS_LIMIT_MS, type Notice, type NoticeReason, noticeOf } from './rules.ts';
import { insertNotices, readRecipients } from './store.ts';

export {
  type DueNotice,
  doubtOverdue,
  hasDue,
  insertNotices as add,
  lockDue,
  lockNotices as lock,
  markSending,
  markUnsent,
  type Recipient,
  readOrdersOf as ordersOf,
  readRecipients as recipients,
  type SentNotice,
  settleAttempt,
  suppressQueued,
} from './store.ts';

/**
 * Queues what customers are told of these events, or records it as not sent for the reason given. Doing it twice writes nothing twice.
 * Returns how many are new.
 */
export async function queue(
  tx: Tx,
  events: readonly StoredEvent[],
  now: Date,
  unsent: NoticeReason | null = null,
): Promise<number> {
  const recipients = await readRecipients(tx, [...new Set(events.map((event) => event.aggregateId))]);
  const notices = events.flatMap((event): Notice[] => {
    const kind = noticeOf(event);
    const about = recipients.get(event.aggregateId);
    if (!kind || !about) return [];
    const { orderId, customerId, email, locale } = about;
    const old = email !== null && now.getTime() - event.at.getTime() > NEWS_LIMIT_MS;
    const reason = old ? 'too_old' : email === null ? null : unsent;
    return [
      {
        id: newId(),
        kind,
        eventId: event.id,
        orderId,
        customerId,
        merchantId: event.merchantId,
        recipient: email,
        locale,
        data: event.data,
        createdAt: now,
        ...(reason ? { reason } : {}),
      },
    ];
  });
  return insertNotices(tx, notices);
}
