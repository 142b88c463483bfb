import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { isInteger, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface AccountRow {
  readonly id: string;
  readonly code: string;
  readonly kind: string;
  readonly merchantName: string | null;
  readonly customerId: string | null;
  readonly currency: string;
  readonly normalSide: 'debit' | 'credit';
  /** Posted, on the account's normal side. */
  readonly balanceMinor: bigint;
  /** Held by pending transfers, on the side that lowers the balance. */
  readonly pendingMinor: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
  readonly frozen: boolean;
  readonly closed: boolean;
  readonly version: bigint;
}

const COLUMNS = `a.id, a.code, a.kind, m.name AS "merchantName", a.customer_id AS "customerId", a.currency, a.normal_side AS "normalSide",
  CASE a.normal_side WHEN 'credit' THEN a.credits_posted - a.debits_posted ELSE a.debits_posted - a.credits_posted END AS "balanceMinor",
  CASE a.normal_side WHEN 'credit' THEN a.debits_pending ELSE a.credits_pending END AS "pendingMinor",
  a.debits_posted AS "debitsPosted", a.credits_posted AS "creditsPosted", a.frozen, a.closed, a.version`;

const FROM = 'accounts a LEFT JOIN merchants m ON m.id = a.merchant_id';

export interface AccountFilter {
  readonly kind?: string | undefined;
  readonly currency?: string | undefined;
  readonly q?: string | undefined;
}

/** Ledger accounts by code, with their balances. */
export async function listAccounts(db: Queryable, scope: Scope, request: AccountFilter & PageRequest): Promise<Page<AccountRow>> {
  const where = new Conditions().scope(scope, 'a');
  if (request.kind) where.add((p) => `a.kind = ${p}`, request.kind);
  if (request.currency) where.add((p) => `a.currency = ${p}`, request.currency);
  const prefix = request.q?.trim();
  if (prefix) where.add((p) => `a.code >= ${p}::text AND a.code < ${p} || U&'\\FFFD' AND starts_with(a.code, ${p})`, prefix);
  const check = (value: string) => value.length <= 400;
  return keysetPage(
    db,
    {
      label: 'accounts-list',
      columns: COLUMNS,
      from: FROM,
      where,
      by: 'a.code',
      id: 'a.id',
      descending: false,
      cast: 'text',
      check,
    },
    request,
  );
}

/** One account. Throws `not_found`. */
export async function readAccount(db: Queryable, scope: Scope, id: string): Promise<AccountRow> {
  if (!isId(id)) throw new DomainError('not_found', 'There is no such account.');
  const where = new Conditions().add((p) => `a.id = ${p}`, id).scope(scope, 'a');
  const { rows } = await db.query<AccountRow>(
    prepared('account', `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where}`, where.values),
  );
  const [account] = rows;
  if (account === undefined) throw new DomainError('not_found', 'There is no such account.');
  return account;
}

/** One transfer as an account sees it: signed towards the account's normal side. */
export interface EntryRow {
  readonly id: string;
  readonly version: bigint;
  readonly kind: string;
  readonly phase: 'single' | 'pending' | 'post' | 'void';
  /** Positive raises the account's balance. Pending and void entries move no posted money. */
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly currency: string;
  readonly otherAccount: string;
  readonly otherCode: string;
  readonly orderNumber: string | null;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly at: Date;
}

/** An account's entries, newest first by its own versions. Throws `not_found` for an account that is not the reader's. */
export async function listEntries(
  db: Queryable,
  scope: Scope,
  request: PageRequest & { readonly accountId: string },
): Promise<Page<EntryRow>> {
  const account = await readAccount(db, scope, request.accountId);
  const where = new Conditions();
  const id = where.value(account.id);
  const sign = (side: 'debit' | 'credit') => (side === account.normalSide ? '' : '-');
  const side = (own: 'debit' | 'credit', other: 'debit' | 'credit') => `
    SELECT id, ${own}_version AS version, kind, phase, ${sign(own)}amount_minor AS amount, ${own}_balance_minor AS balance, currency,
           ${other}_account AS other, order_id, payment_id, reference, at
    FROM transfers WHERE ${own}_account = ${id}`;
  return keysetPage(
    db,
    {
      label: 'account-entries',
      columns: `t.id, t.version, t.kind, t.phase, t.amount AS "amountMinor", t.balance AS "balanceMinor", t.currency, t.other AS "otherAccount",
        c.code AS "otherCode", o.number AS "orderNumber", t.payment_id AS "paymentId", t.reference, t.at`,
      from: `(${side('debit', 'credit')} UNION ALL ${side('credit', 'debit')}) t
        JOIN accounts c ON c.id = t.other LEFT JOIN orders o ON o.id = t.order_id`,
      where,
      by: 't.version',
      id: 't.id',
      cast: 'bigint',
      check: isInteger,
    },
    request,
  );
}

export interface TrialRow {
  readonly currency: string;
  readonly kind: string;
  readonly accounts: number;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  readonly pendingDebitsMinor: bigint;
  readonly pendingCreditsMinor: bigint;
}

/**
 * The trial balance: per currency and kind of account what was debited and credited. Over the whole ledger both columns add up to
 * the same; a merchant's part of it need not, because the other side of a transfer may be the platform's.
 */
export async function trialBalance(db: Queryable, scope: Scope): Promise<TrialRow[]> {
  const where = new Conditions().scope(scope, 'a');
  const text = `SELECT a.currency, a.kind, count(*)::int AS accounts, sum(a.debits_posted)::bigint AS "debitsMinor",
      sum(a.credits_posted)::bigint AS "creditsMinor", sum(a.debits_pending)::bigint AS "pendingDebitsMinor",
      sum(a.credits_pending)::bigint AS "pendingCreditsMinor"
    FROM accounts a WHERE ${where.where} GROUP BY a.currency, a.kind ORDER BY a.currency, a.kind`;
  const { rows } = await db.query<TrialRow>(prepared('trial-balance', text, where.values));
  return rows;
}
