import type pg from 'pg';
import type { AttemptOutcome, NoticeKind, NoticeReason, NoticeStatus } from '../domains/notifications/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { type Actor, resolveActors } from './actors.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface MailRow {
  readonly id: string;
  readonly kind: NoticeKind;
  readonly status: NoticeStatus;
  readonly reason: NoticeReason | null;
  /** Null once it is not kept any more, or where nobody knew it. */
  readonly recipient: string | null;
  readonly subject: string | null;
  readonly orderNumber: string | null;
  readonly merchantName: string | null;
  readonly attempts: number;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  /** When it is tried (again); null where it is not waiting. */
  readonly nextAt: Date | null;
  readonly resends: string | null;
}

export interface MailFilter {
  readonly status?: readonly NoticeStatus[] | undefined;
  readonly kind?: readonly NoticeKind[] | undefined;
  readonly orderId?: string | undefined;
  /** Sign-in mails too, which belong to no order: an administrator's. */
  readonly accounts: boolean;
}

const COLUMNS = `n.id, n.kind, n.status, n.reason, n.recipient, n.subject, o.number AS "orderNumber", m.name AS "merchantName", n.attempts,
  n.created_at AS "createdAt", n.sent_at AS "sentAt", n.next_at AS "nextAt", n.resends`;
const FROM = 'notifications n LEFT JOIN orders o ON o.id = n.order_id LEFT JOIN merchants m ON m.id = n.merchant_id';

function conditions(scope: Scope, filter: MailFilter): Conditions {
  const where = new Conditions().scope(scope, 'n');
  if (!filter.accounts) where.plain("n.kind NOT IN ('reset_link', 'invitation')");
  if (filter.status?.length) where.add((p) => `n.status = ANY(${p})`, filter.status);
  if (filter.kind?.length) where.add((p) => `n.kind = ANY(${p})`, filter.kind);
  if (filter.orderId) where.add((p) => `n.order_id = ${p}`, filter.orderId);
  return where;
}

/** Mails, newest first. */
export async function listMails(db: Queryable, scope: Scope, request: MailFilter & PageRequest): Promise<Page<MailRow>> {
  const where = conditions(scope, request);
  return keysetPage(db, { label: 'mails-list', columns: COLUMNS, from: FROM, where, by: 'n.created_at', id: 'n.id' }, request);
}

export interface MailAttempt {
  readonly attempt: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Null while it lasts. */
  readonly outcome: AttemptOutcome | null;
  /** What the mail server said. */
  readonly answer: string | null;
}

export interface MailPage {
  readonly mail: MailRow & {
    readonly locale: string;
    readonly messageId: string | null;
    /** As it was sent; null before the first attempt, once it is not kept any more, and for sign-in mails. */
    readonly html: string | null;
    readonly text: string | null;
    /** Whether what it says can still be written again. */
    readonly kept: boolean;
    /** Who wrote it or had it sent again; null for what an event caused. */
    readonly actor: Actor | null;
  };
  readonly attempts: MailAttempt[];
  /** Newest first. */
  readonly resent: { readonly id: string; readonly status: NoticeStatus; readonly createdAt: Date }[];
}

const ATTEMPTS = `SELECT attempt, started_at AS "startedAt", ended_at AS "endedAt", outcome, answer
  FROM notification_attempts WHERE notice_id = $1 ORDER BY attempt DESC`;
const RESENT = `SELECT id, status, created_at AS "createdAt" FROM notifications WHERE resends = $1 ORDER BY created_at DESC, id DESC LIMIT 20`;

/** One mail with every attempt. Throws `not_found`. */
export async function readMail(pool: pg.Pool, scope: Scope, accounts: boolean, id: string): Promise<MailPage> {
  if (!isId(id)) throw new DomainError('not_found');
  return readSnapshot(pool, async (tx) => {
    const where = conditions(scope, { accounts }).add((p) => `n.id = ${p}`, id);
    const columns = `${COLUMNS}, n.locale, n.message_id AS "messageId", n.html, n.body AS text, n.data <> '{}' AS kept, n.actor`;
    const text = `SELECT ${columns} FROM ${FROM} WHERE ${where.where}`;
    const found = await tx.query<Omit<MailPage['mail'], 'actor'> & { actor: string | null }>(
      prepared('mail', text, where.values),
    );
    const [row] = found.rows;
    if (row === undefined) throw new DomainError('not_found', 'There is no such mail.');
    const attempts = await tx.query<MailAttempt>(prepared('mail-attempts', ATTEMPTS, [id]));
    const resent = await tx.query<MailPage['resent'][number]>(prepared('mail-resent', RESENT, [id]));
    const name = await resolveActors(tx, [row.actor]);
    const actor = row.actor === null ? null : name(row.actor);
    return { mail: { ...row, actor }, attempts: attempts.rows, resent: resent.rows };
  });
}
