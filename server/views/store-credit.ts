import type { StoreCreditStatus } from '../domains/store-credit/rules.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface StoreCreditRow {
  readonly id: string;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly customerId: string;
  readonly customerName: string | null;
  readonly currency: string;
  readonly status: StoreCreditStatus;
  /** What the customer has, holds included. */
  readonly balanceMinor: bigint;
  /** What orders hold of it. */
  readonly heldMinor: bigint;
  readonly createdAt: Date;
  readonly version: bigint;
}

const COLUMNS = `s.id, s.merchant_id AS "merchantId", m.name AS "merchantName", s.customer_id AS "customerId", c.name AS "customerName", s.currency,
  s.status, a.credits_posted - a.debits_posted AS "balanceMinor", a.debits_pending AS "heldMinor", s.created_at AS "createdAt", s.version`;
const FROM = `store_credits s JOIN merchants m ON m.id = s.merchant_id JOIN accounts a ON a.id = s.id LEFT JOIN customers c ON c.id = s.customer_id`;

/** Store credits, newest first: of one customer, or of all. */
export async function listStoreCredit(
  db: Queryable,
  scope: Scope,
  request: PageRequest & { readonly customerId?: string | undefined },
): Promise<Page<StoreCreditRow>> {
  const where = new Conditions().scope(scope, 's');
  if (request.customerId) where.add((p) => `s.customer_id = ${p}`, request.customerId);
  return keysetPage(db, { label: 'store-credits', columns: COLUMNS, from: FROM, where, by: 's.created_at', id: 's.id' }, request);
}

/** One store credit. Throws `not_found`. */
export async function readStoreCredit(db: Queryable, scope: Scope, id: string): Promise<StoreCreditRow> {
  const where = new Conditions().scope(scope, 's');
  if (isId(id)) where.add((p) => `s.id = ${p}`, id);
  else where.plain('false');
  const { rows } = await db.query<StoreCreditRow>(
    prepared('store-credit', `SELECT ${COLUMNS} FROM ${FROM} WHERE ${where.where}`, where.values),
  );
  const [credit] = rows;
  if (!credit) throw new DomainError('not_found', 'There is no such store credit.');
  return credit;
}
