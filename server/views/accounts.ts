import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface AccountRow {
  readonly id: string;
  readonly code: string;
  readonly kind: string;
  /** What its merchant calls an account of its programs; null for those that the house keeps. */
  readonly name: string | null;
  readonly merchantName: string | null;
  readonly merchantId: string | null;
  readonly customerId: string | null;
  readonly customerName: string | null;
  readonly currency: string;
  readonly normalSide: 'debit' | 'credit';
  /** Posted, on the account's normal side. */
  readonly balanceMinor: bigint;
  /** Held by pending transfers, on the side that lowers the balance. */
  readonly pendingMinor: bigint;
  readonly debitsPosted: bigint;
  readonly creditsPosted: bigint;
  readonly debitsPending: bigint;
  readonly creditsPending: bigint;
  /** Limited accounts may not fall below −(credit limit + overdraft), holds included; the others may run either way. */
  readonly limited: boolean;
  readonly creditLimitMinor: bigint;
  readonly overdraftMinor: bigint;
  readonly frozen: boolean;
  readonly closed: boolean;
  readonly version: bigint;
  readonly createdAt: Date;
}

const COLUMNS = `a.id, a.code, a.kind, a.name, m.name AS "merchantName", a.merchant_id AS "merchantId", a.customer_id AS "customerId", a.currency, a.normal_side AS "normalSide",
  CASE a.normal_side WHEN 'credit' THEN a.credits_posted - a.debits_posted ELSE a.debits_posted - a.credits_posted END AS "balanceMinor",
  CASE a.normal_side WHEN 'credit' THEN a.debits_pending ELSE a.credits_pending END AS "pendingMinor",
  a.debits_posted AS "debitsPosted", a.credits_posted AS "creditsPosted", a.debits_pending AS "debitsPending", a.credits_pending AS "creditsPending",
  a.limited, a.credit_limit_minor AS "creditLimitMinor", a.overdraft_minor AS "overdraftMinor", a.frozen, a.closed, a.version,
  a.created_at AS "createdAt", c.name AS "customerName"`;

const FROM = 'accounts a LEFT JOIN merchants m ON m.id = a.merchant_id LEFT JOIN customers c ON c.id = a.customer_id';

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

/** Who froze an account last; empty for one that never was. */
export async function readFrozenBy(db: Queryable, id: string): Promise<string> {
  const text = `SELECT actor FROM events WHERE aggregate = 'account' AND aggregate_id = $1 AND type = 'account.frozen' ORDER BY at DESC, id DESC LIMIT 1`;
  const { rows } = await db.query<{ actor: string }>(prepared('account-frozen-by', text, [id]));
  return rows[0]?.actor ?? '';
}
