import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';
import type { AttemptOutcome, Notice, NoticeKind, NoticeStatus, Settlement } from './rules.ts';

const NOTIFICATIONS: TableSpec = {
  table: 'notifications',
  columns: {
    id: 'uuid',
    kind: 'text',
    event_id: 'uuid',
    order_id: 'uuid',
    customer_id: 'uuid',
    merchant_id: 'uuid',
    recipient: 'text',
    locale: 'text',
    data: 'jsonb',
    status: 'text',
    reason: 'text',
    next_at: 'timestamptz',
    resends: 'uuid',
    actor: 'text',
    created_at: 'timestamptz',
  },
};

/** Writes notices; one that its event caused before is left as it is. */
export async function insertNotices(tx: Tx, notices: readonly Notice[]): Promise<number> {
  const rows = notices.map((n) => {
    const reason = n.reason ?? (n.recipient === null ? 'no_address' : null);
    return {
      id: n.id,
      kind: n.kind,
      event_id: n.eventId,
      order_id: n.orderId,
      customer_id: n.customerId,
      merchant_id: n.merchantId,
      recipient: n.recipient,
      locale: n.locale,
      data: n.data,
      status: reason === null ? 'queued' : 'suppressed',
      reason,
      next_at: reason === null ? n.createdAt : null,
      resends: n.resends ?? null,
      actor: n.actor ?? null,
      created_at: n.createdAt,
    };
  });
  return insertRows(tx, NOTIFICATIONS, rows, 'ON CONFLICT (event_id, kind) DO NOTHING');
}

export interface Recipient {
  /** Null where it is about no order: a checkout, a wallet, a request for money. */
  readonly orderId: string | null;
  readonly email: string | null;
  readonly customerId: string | null;
  readonly locale: string;
}

/** Whom an order, a checkout or a wallet is about, or who is asked for money, and in which language they are written to. */
export async function readRecipients(db: Queryable, ids: readonly string[]): Promise<Map<string, Recipient>> {
  const { rows } = await db.query<Recipient & { id: string }>({
    name: 'notifications-recipients',
    text: `SELECT o.id, o.id AS "orderId", coalesce(o.email, c.email) AS email, o.customer_id AS "customerId", coalesce(c.locale, 'en') AS locale
           FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.id = ANY($1::uuid[])
           UNION ALL
           SELECT k.id, NULL, k.customer->>'email', NULL, k.locale FROM checkouts k WHERE k.id = ANY($1::uuid[])
           UNION ALL
           SELECT w.id, NULL, c.email, c.id, c.locale FROM wallets w JOIN customers c ON c.id = w.customer_id WHERE w.id = ANY($1::uuid[])
           UNION ALL
           SELECT r.id, NULL, c.email, c.id, c.locale FROM money_requests r JOIN customers c ON c.id = r.payer_id
           WHERE r.id = ANY($1::uuid[])`,
    values: [ids],
  });
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** A notice whose turn it is, under its lock. `html` and `body` are those of the first attempt, null before it. */
export interface DueNotice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly orderId: string | null;
  readonly merchantId: string | null;
  readonly recipient: string;
  readonly locale: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly messageId: string | null;
  readonly subject: string | null;
  readonly html: string | null;
  readonly body: string | null;
  readonly createdAt: Date;
}

/** The notice that has waited longest, locked; one that another sender holds is passed over. */
export async function lockDue(tx: Tx, now: Date): Promise<DueNotice | undefined> {
  lockStep(tx, 'notifications');
  const { rows } = await tx.query<DueNotice>({
    name: 'notifications-lock-due',
    text: `SELECT id, kind, order_id AS "orderId", merchant_id AS "merchantId", recipient, locale, data, attempts, message_id AS "messageId",
                  subject, html, body, created_at AS "createdAt"
           FROM notifications WHERE status = 'queued' AND next_at <= $1 ORDER BY next_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`,
    values: [now],
  });
  return rows[0];
}

export interface Written {
  readonly messageId: string;
  readonly subject: string;
  /** Null where what it says is nobody's but the recipient's. */
  readonly html: string | null;
  readonly body: string | null;
}

/** Takes a locked notice for one attempt, until the lease is over. */
export async function markSending(
  tx: Tx,
  notice: DueNotice,
  written: Written,
  lease: { readonly now: Date; readonly until: Date },
): Promise<void> {
  await tx.query({
    name: 'notifications-sending',
    text: `UPDATE notifications SET status = 'sending', attempts = $2, next_at = NULL, leased_until = $3, message_id = $4, subject = $5, html = $6,
                  body = $7 WHERE id = $1`,
    values: [notice.id, notice.attempts + 1, lease.until, written.messageId, written.subject, written.html, written.body],
  });
  await tx.query({
    name: 'notifications-attempt',
    text: 'INSERT INTO notification_attempts (notice_id, attempt, started_at) VALUES ($1, $2, $3)',
    values: [notice.id, notice.attempts + 1, lease.now],
  });
}

/** Gives a locked notice up before anything was sent. */
export async function markUnsent(tx: Tx, id: string, status: 'failed' | 'suppressed', reason: string): Promise<void> {
  await tx.query({
    name: 'notifications-unsent',
    text: `UPDATE notifications SET status = $2, reason = $3, next_at = NULL, data = data - 'sealedUrl' WHERE id = $1`,
    values: [id, status, reason],
  });
}

/**
 * Records how an attempt ended, if it is still that attempt's to say: compare-and-set by its number. A lease that ran out meanwhile
 * made the notice in doubt; what is known for sure replaces that, but nothing is queued again that a person may have sent again.
 */
export async function settleAttempt(
  tx: Tx,
  attempt: { readonly id: string; readonly number: number; readonly outcome: AttemptOutcome; readonly answer: string },
  settlement: Settlement,
  now: Date,
): Promise<boolean> {
  const { id, number, outcome, answer } = attempt;
  const { status, reason, nextAt } = settlement;
  await tx.query({
    name: 'notifications-attempt-ended',
    text: 'UPDATE notification_attempts SET outcome = $3, answer = $4, ended_at = $5 WHERE notice_id = $1 AND attempt = $2',
    values: [id, number, outcome, answer.slice(0, 500), now],
  });
  const { rowCount } = await tx.query({
    name: 'notifications-settle',
    text: `UPDATE notifications SET status = $3, reason = $4, next_at = $5, leased_until = NULL,
                  sent_at = CASE WHEN $3 = 'sent' THEN $6::timestamptz END,
                  data = CASE WHEN $3 = 'queued' THEN data ELSE data - 'sealedUrl' END
           WHERE id = $1 AND attempts = $2 AND (status = 'sending' OR (status = 'in_doubt' AND $3 <> 'queued'))`,
    values: [id, number, status, reason, nextAt, now],
  });
  return rowCount === 1;
}

/** Attempts whose sender is gone: nobody knows whether the mail server took them. Returns how many. */
export async function doubtOverdue(tx: Tx, now: Date): Promise<number> {
  lockStep(tx, 'notifications');
  const { rowCount } = await tx.query({
    name: 'notifications-overdue',
    text: `WITH gone AS (
             UPDATE notifications SET status = 'in_doubt', reason = 'interrupted', leased_until = NULL, data = data - 'sealedUrl'
             WHERE id IN (SELECT id FROM notifications WHERE status = 'sending' AND leased_until < $1 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
             RETURNING id, attempts)
           UPDATE notification_attempts a SET outcome = 'unknown', ended_at = $1 FROM gone
           WHERE a.notice_id = gone.id AND a.attempt = gone.attempts AND a.outcome IS NULL`,
    values: [now],
  });
  return rowCount ?? 0;
}

/** Without a mail server nothing waits: what would be sent is recorded as not sent. Returns how many. */
export async function suppressQueued(tx: Tx): Promise<number> {
  lockStep(tx, 'notifications');
  const { rowCount } = await tx.query({
    name: 'notifications-suppress',
    text: `UPDATE notifications SET status = 'suppressed', reason = 'mail_off', next_at = NULL, data = data - 'sealedUrl'
           WHERE id IN (SELECT id FROM notifications WHERE status = 'queued' ORDER BY next_at, id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED)`,
  });
  return rowCount ?? 0;
}

/** Whether a notice waits whose time has come. */
export async function hasDue(db: Queryable, now: Date): Promise<boolean> {
  const { rows } = await db.query({
    name: 'notifications-has-due',
    text: `SELECT 1 FROM notifications WHERE status = 'queued' AND next_at <= $1 LIMIT 1`,
    values: [now],
  });
  return rows.length > 0;
}

/** A notice under its lock, as a person who wants it sent again finds it. */
export interface SentNotice {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly status: NoticeStatus;
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly merchantId: string | null;
  readonly recipient: string | null;
  readonly locale: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it is being sent again already. */
  readonly again: boolean;
}

/** The orders that notices are about: an order's link never changes. */
export async function readOrdersOf(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'notifications-orders',
    text: 'SELECT DISTINCT order_id AS id FROM notifications WHERE id = ANY($1::uuid[]) AND order_id IS NOT NULL',
    values: [ids],
  });
  return rows.map((row) => row.id);
}

/** Notices by id, locked. */
export async function lockNotices(tx: Tx, ids: readonly string[]): Promise<Map<string, SentNotice>> {
  lockStep(tx, 'notifications');
  const { rows } = await tx.query<SentNotice>({
    name: 'notifications-lock',
    text: `SELECT id, kind, status, order_id AS "orderId", customer_id AS "customerId", merchant_id AS "merchantId", recipient, locale, data,
                  false AS again
           FROM notifications WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  // Read after the lock: whoever resent one held it.
  const again = await tx.query<{ id: string }>({
    name: 'notifications-again',
    text: `SELECT DISTINCT resends AS id FROM notifications WHERE resends = ANY($1::uuid[]) AND status IN ('queued', 'sending')`,
    values: [ids],
  });
  const running = new Set(again.rows.map((row) => row.id));
  return new Map(rows.map((row) => [row.id, { ...row, again: running.has(row.id) }]));
}
