import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { isInteger, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

/** One movement as the wallet's owner reads it. */
export interface ActivityRow {
  /** The ledger's transfer. */
  readonly id: string;
  readonly kind: string;
  /** Pending until it is posted or released. What was released is not shown. */
  readonly pending: boolean;
  /** Positive came in. */
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly currency: string;
  readonly at: Date;
  readonly version: bigint;
  readonly person: { readonly name: string | null; readonly handle: string | null } | null;
  readonly note: string | null;
  readonly requestId: string | null;
  readonly orderNumber: string | null;
  readonly merchantName: string | null;
}

interface Raw extends Omit<ActivityRow, 'person'> {
  readonly personId: string | null;
  readonly name: string | null;
  readonly handle: string | null;
}

/** What moved in a wallet, newest first. Throws `not_found` for a wallet that is not the reader's. */
export async function listActivity(
  db: Queryable,
  scope: Scope,
  request: PageRequest & { readonly walletId: string },
): Promise<Page<ActivityRow>> {
  const { accountId, customerId } = await accountOf(db, scope, request.walletId);
  const where = new Conditions();
  const account = where.value(accountId);
  const owner = where.value(customerId);
  where.plain(`(t.phase IN ('single', 'post') OR h.status = 'open')`);
  const side = (own: 'debit' | 'credit', other: 'debit' | 'credit', sign: string): string => `
    SELECT id, ${own}_version AS version, kind, phase, ${sign}amount_minor AS amount, ${own}_balance_minor AS balance, currency,
           order_id, at, ${other}_account AS other FROM transfers WHERE ${own}_account = ${account}`;
  const page = await keysetPage<Raw>(
    db,
    {
      label: 'wallet-activity',
      columns: `t.id, t.kind, t.phase = 'pending' AS pending, t.amount AS "amountMinor", t.balance AS "balanceMinor", t.currency, t.at, t.version,
        c.id AS "personId", coalesce(c.name, c.email) AS name, n.handle, w.note, w.request_id AS "requestId", o.number AS "orderNumber",
        m.name AS "merchantName"`,
      from: `(${side('debit', 'credit', '-')} UNION ALL ${side('credit', 'debit', '')}) t
        LEFT JOIN holds h ON t.phase = 'pending' AND h.id = t.id
        LEFT JOIN wallet_transfers w ON t.kind = 'p2p' AND w.id = t.id
        LEFT JOIN customers c ON c.id = CASE WHEN w.from_customer = ${owner} THEN w.to_customer ELSE w.from_customer END
        LEFT JOIN wallet_handles n ON n.customer_id = c.id AND n.current
        LEFT JOIN orders o ON o.id = t.order_id LEFT JOIN merchants m ON m.id = o.merchant_id`,
      where,
      by: 't.version',
      id: 't.id',
      cast: 'bigint',
      check: isInteger,
    },
    request,
  );
  return {
    ...page,
    items: page.items.map(({ personId, name, handle, ...row }) => ({ ...row, person: personId ? { name, handle } : null })),
  };
}

/** The account of a wallet that the reader may see. */
export async function accountOf(
  db: Queryable,
  scope: Scope,
  walletId: string,
): Promise<{ accountId: string; customerId: string }> {
  const missing = new DomainError('not_found', 'There is no such wallet.');
  if (!isId(walletId)) throw missing;
  const where = new Conditions().add((p) => `w.id = ${p}`, walletId);
  if (scope.customerId !== null) where.add((p) => `w.customer_id = ${p}`, scope.customerId);
  const { rows } = await db.query<{ accountId: string; customerId: string }>(
    prepared(
      'wallet-account',
      `SELECT w.account_id AS "accountId", w.customer_id AS "customerId" FROM wallets w WHERE ${where.where}`,
      where.values,
    ),
  );
  if (!rows[0]) throw missing;
  return rows[0];
}
