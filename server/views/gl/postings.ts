import pg from 'pg';
import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { Conditions } from '../conditions.ts';
import { keysetPage, type PageRequest } from '../keyset.ts';
import type { Page } from '../pages.ts';
import type { Scope } from '../scope.ts';

/** Which postings go into the books: whole calendar days in UTC, both included. */
export interface GlPeriod {
  /** 2026-11-01 */
  readonly from: string;
  readonly to: string;
  readonly currency?: string | undefined;
  /** Only transfers that touch an account of this merchant, both of their sides. */
  readonly merchantId?: string | null | undefined;
}

/** What a period's postings add up to, by currency. */
export interface GlTotal {
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
  readonly transfers: number;
}

/** A transfer that was posted, with what the mapping has to know of both accounts. */
export interface GlPosting {
  readonly id: string;
  readonly journalId: string;
  readonly at: Date;
  readonly kind: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | null;
  readonly orderNumber: string | null;
  readonly debitKind: string;
  readonly debitMerchant: string | null;
  readonly creditKind: string;
  readonly creditMerchant: string | null;
}

/** What one day's postings did to the accounts of one kind and merchant. */
export interface GlDay {
  readonly day: string;
  readonly kind: string;
  readonly merchantId: string | null;
  readonly currency: string;
  readonly debitMinor: bigint;
  readonly creditMinor: bigint;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Refuses what is no day of the calendar, and a period that ends before it begins. */
export function checkPeriod({ from, to }: Pick<GlPeriod, 'from' | 'to'>): void {
  for (const [name, day] of Object.entries({ from, to })) {
    const real = DAY.test(day) && new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, 10) === day;
    if (!real) throw new DomainError('invalid_request', `${name} is a day, such as 2026-11-30.`, { field: name });
  }
  if (to < from) throw new DomainError('invalid_request', 'The period ends before it begins.', { field: 'to' });
}

/** The condition that every statement here shares. A merchant's user sees what touches that merchant, whatever was asked for. */
function chosen(scope: Scope, period: GlPeriod): Conditions {
  const where = new Conditions()
    .plain(`t.phase IN ('single', 'post')`)
    .add((p) => `t.at >= ${p}::timestamptz`, `${period.from}T00:00:00Z`)
    .add((p) => `t.at < ${p}::timestamptz + interval '1 day'`, `${period.to}T00:00:00Z`);
  if (period.currency) where.add((p) => `t.currency = ${p}`, period.currency);
  if (scope.customerId !== null) where.plain('false');
  for (const merchant of [scope.merchantId, period.merchantId])
    if (merchant) where.add((p) => `(d.merchant_id = ${p} OR c.merchant_id = ${p})`, merchant);
  return where;
}

const FROM = 'transfers t LEFT JOIN accounts d ON d.id = t.debit_account LEFT JOIN accounts c ON c.id = t.credit_account';

/**
 * Adds up both sides of a period on their own: a side counts where its account is there and in the transfer's currency. So whatever is
 * wrong with an account makes the sides differ.
 */
export async function readGlTotals(db: Queryable, scope: Scope, period: GlPeriod): Promise<GlTotal[]> {
  const where = chosen(scope, period);
  const { rows } = await db.query<GlTotal>(
    `SELECT t.currency, coalesce(sum(t.amount_minor) FILTER (WHERE d.currency = t.currency), 0)::bigint AS "debitMinor",
            coalesce(sum(t.amount_minor) FILTER (WHERE c.currency = t.currency), 0)::bigint AS "creditMinor", count(*)::int AS transfers
     FROM ${FROM} WHERE ${where.where} GROUP BY t.currency ORDER BY t.currency`,
    where.values,
  );
  return rows;
}

/** Refuses books that do not balance, with the currency and both sums: nothing of them is given out. */
export function demandBalance(totals: readonly GlTotal[]): void {
  const broken = totals.find(({ debitMinor, creditMinor }) => debitMinor !== creditMinor);
  if (!broken) return;
  const { currency } = broken;
  const debit = toMajor({ amountMinor: broken.debitMinor, currency });
  const credit = toMajor({ amountMinor: broken.creditMinor, currency });
  throw new DomainError(
    'conflict',
    `The books of this period do not balance: ${currency} debits ${debit}, credits ${credit}. Nothing was exported; see Integrity for what is wrong.`,
  );
}

/** Rows that are in memory at once. */
const PAGE = 2_000;

const COLUMNS = `t.id, t.journal_id AS "journalId", t.at, t.kind, t.amount_minor AS "amountMinor", t.currency, t.reference,
  o.number AS "orderNumber", coalesce(d.kind, '?') AS "debitKind", d.merchant_id AS "debitMerchant", coalesce(c.kind, '?') AS "creditKind",
  c.merchant_id AS "creditMerchant"`;
const WITH_ORDERS = `${FROM} LEFT JOIN orders o ON o.id = t.order_id`;

/** Every posting of the period, oldest first, page by page from a cursor of `tx`. */
export function glPostings(tx: Tx, scope: Scope, period: GlPeriod): AsyncGenerator<GlPosting[]> {
  const where = chosen(scope, period);
  const text = `SELECT ${COLUMNS} FROM ${WITH_ORDERS} WHERE ${where.where} ORDER BY t.at, t.journal_id, t.id`;
  return pages<GlPosting>(tx, text, where.values);
}

/** One page of a period's postings, oldest first, for a program that keeps a copy. */
export function listGlPostings(
  db: Queryable,
  scope: Scope,
  { after, limit, ...period }: GlPeriod & PageRequest,
): Promise<Page<GlPosting>> {
  const where = chosen(scope, period);
  const query = { label: 'gl-postings', columns: COLUMNS, from: WITH_ORDERS, where, by: 't.at', id: 't.id', descending: false };
  return keysetPage<GlPosting>(db, query, { after, limit });
}

/** Each day's sums by kind of account and merchant, oldest first, page by page. */
export function glDays(tx: Tx, scope: Scope, period: GlPeriod): AsyncGenerator<GlDay[]> {
  const where = chosen(scope, period);
  return pages<GlDay>(
    tx,
    `SELECT to_char(t.at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, coalesce(s.kind, '?') AS kind, s.merchant_id AS "merchantId", t.currency,
            sum(CASE WHEN s.debit THEN t.amount_minor ELSE 0 END)::bigint AS "debitMinor",
            sum(CASE WHEN s.debit THEN 0 ELSE t.amount_minor END)::bigint AS "creditMinor"
     FROM ${FROM} CROSS JOIN LATERAL (VALUES (true, d.kind, d.merchant_id), (false, c.kind, c.merchant_id)) AS s (debit, kind, merchant_id)
     WHERE ${where.where} GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2, 3`,
    where.values,
  );
}

async function* pages<T>(tx: Tx, select: string, values: unknown[]): AsyncGenerator<T[]> {
  // PostgreSQL takes no parameters for a cursor that SQL declares: the values, all of them text, stand in it as literals.
  const text = select.replaceAll(/\$(\d+)/g, (_, number) => pg.escapeLiteral(String(values[Number(number) - 1])));
  await tx.query(`DECLARE gl_export NO SCROLL CURSOR FOR ${text}`);
  for (;;) {
    const { rows } = await tx.query(`FETCH ${PAGE} FROM gl_export`);
    if (rows.length > 0) yield rows as T[];
    if (rows.length < PAGE) break;
  }
  await tx.query('CLOSE gl_export');
}
