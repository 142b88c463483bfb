import { resetsAt, spendableMinor, type Usage, usageAt } from '../domains/wallet/rules.ts';
import type { WalletStatus, WalletTier } from '../domains/wallet/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import type { Page } from './pages.ts';
import type { Scope } from './scope.ts';
import { wordsQuery } from './words.ts';

/** A limit of a period with what of it is used. */
export interface LimitUse {
  readonly limitMinor: bigint;
  readonly usedMinor: bigint;
  readonly leftMinor: bigint;
  readonly resetsAt: Date;
}

/** A wallet with its money, and what it may do today. */
export interface WalletView {
  readonly id: string;
  readonly customerId: string;
  readonly currency: string;
  readonly accountId: string;
  readonly tier: WalletTier;
  readonly status: WalletStatus;
  readonly frozenBy: 'customer' | 'staff' | null;
  readonly balanceMinor: bigint;
  /** Held for what is going out. */
  readonly heldMinor: bigint;
  /** On its way in. */
  readonly expectedMinor: bigint;
  readonly spendableMinor: bigint;
  /** The account's version: the read token of the balance. */
  readonly accountVersion: bigint;
  readonly version: bigint;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly limits: {
    readonly perTransferMinor: bigint;
    readonly balanceMinor: bigint;
    readonly dayOut: LimitUse;
    readonly monthOut: LimitUse;
    readonly dayIn: LimitUse;
    readonly monthIn: LimitUse;
  };
}

interface Raw extends Usage, Omit<WalletView, 'limits' | 'spendableMinor'> {
  readonly perTransferMinor: bigint;
  readonly perDayMinor: bigint;
  readonly perMonthMinor: bigint;
  readonly mostMinor: bigint;
}

const COLUMNS = `w.id, w.customer_id AS "customerId", w.currency, w.account_id AS "accountId", w.tier, w.status, w.frozen_by AS "frozenBy",
  a.credits_posted - a.debits_posted AS "balanceMinor", a.debits_pending AS "heldMinor", a.credits_pending AS "expectedMinor",
  a.version AS "accountVersion", w.version, w.opened_at AS "openedAt", w.closed_at AS "closedAt", w.day::text AS day,
  w.day_out_minor AS "dayOutMinor", w.day_in_minor AS "dayInMinor", w.month::text AS month, w.month_out_minor AS "monthOutMinor",
  w.month_in_minor AS "monthInMinor", coalesce(l.per_transfer_minor, 0) AS "perTransferMinor", coalesce(l.per_day_minor, 0) AS "perDayMinor",
  coalesce(l.per_month_minor, 0) AS "perMonthMinor", coalesce(l.balance_minor, 0) AS "mostMinor"`;
const FROM = `wallets w JOIN accounts a ON a.id = w.account_id
  LEFT JOIN wallet_tiers l ON l.tier = w.tier AND l.currency = w.currency`;

function viewOf(raw: Raw, now: Date): WalletView {
  const { perTransferMinor, perDayMinor, perMonthMinor, mostMinor, ...rest } = raw;
  const { day: _day, month: _month, dayOutMinor: _do, dayInMinor: _di, monthOutMinor: _mo, monthInMinor: _mi, ...wallet } = rest;
  const usage = usageAt(raw, now);
  const use = (limitMinor: bigint, usedMinor: bigint, period: 'per_day' | 'per_month'): LimitUse => ({
    limitMinor,
    usedMinor,
    leftMinor: limitMinor > usedMinor ? limitMinor - usedMinor : 0n,
    resetsAt: resetsAt(usage, period),
  });
  return {
    ...wallet,
    spendableMinor: spendableMinor(raw),
    limits: {
      perTransferMinor,
      balanceMinor: mostMinor,
      dayOut: use(perDayMinor, usage.dayOutMinor, 'per_day'),
      monthOut: use(perMonthMinor, usage.monthOutMinor, 'per_month'),
      dayIn: use(perDayMinor, usage.dayInMinor, 'per_day'),
      monthIn: use(perMonthMinor, usage.monthInMinor, 'per_month'),
    },
  };
}

/** What a customer's wallet page shows. */
export interface MyWallets {
  readonly wallets: WalletView[];
  readonly handle: string | null;
  /** Currencies that one more wallet can be opened in. */
  readonly offered: string[];
  /** Requests for money that wait for this customer's answer. */
  readonly waiting: number;
  readonly asOf: Date;
}

/** A customer's open wallets, in the order they were opened. */
export async function readMyWallets(db: Queryable, scope: Scope, now: Date): Promise<MyWallets> {
  const { customerId } = scope;
  const wallets = await db.query<Raw>(
    prepared(
      'my-wallets',
      `SELECT ${COLUMNS} FROM ${FROM} WHERE w.customer_id = $1 AND w.status <> 'closed' ORDER BY w.opened_at, w.id`,
      [customerId],
    ),
  );
  const { rows } = await db.query<{ handle: string | null; offered: string[] | null; waiting: number }>(
    prepared(
      'my-wallets-around',
      `SELECT (SELECT handle FROM wallet_handles WHERE customer_id = $1 AND current) AS handle,
              (SELECT array_agg(DISTINCT currency ORDER BY currency) FROM wallet_tiers) AS offered,
              (SELECT count(*)::int FROM money_requests WHERE payer_id = $1 AND status = 'open' AND expires_at > $2) AS waiting`,
      [customerId, now],
    ),
  );
  const open = new Set(wallets.rows.map((row) => row.currency));
  return {
    wallets: wallets.rows.map((row) => viewOf(row, now)),
    handle: rows[0]?.handle ?? null,
    offered: (rows[0]?.offered ?? []).filter((currency) => !open.has(currency)),
    waiting: rows[0]?.waiting ?? 0,
    asOf: now,
  };
}

/** A wallet of the console's list. */
export interface WalletRow {
  readonly id: string;
  readonly customerId: string;
  readonly customerName: string | null;
  readonly email: string | null;
  readonly handle: string | null;
  readonly currency: string;
  readonly tier: WalletTier;
  readonly status: WalletStatus;
  readonly frozenBy: 'customer' | 'staff' | null;
  readonly balanceMinor: bigint;
  readonly openedAt: Date;
}

export interface WalletFilter {
  readonly q?: string | undefined;
  readonly status?: WalletStatus | undefined;
  readonly tier?: WalletTier | undefined;
  readonly currency?: string | undefined;
  readonly negative?: boolean | undefined;
}

function search(where: Conditions, q: string): void {
  const text = where.value(q.trim());
  const arms = [
    `SELECT id FROM customers WHERE email_normalized = lower(${text}::text)`,
    `SELECT customer_id FROM wallet_handles WHERE current AND handle = lower(ltrim(${text}::text, '@'))`,
  ];
  const words = wordsQuery(q.trim());
  if (words !== null)
    arms.push(
      `SELECT id FROM customers WHERE to_tsvector('simple', coalesce(name, '')) @@ to_tsquery('simple', ${where.value(words)})`,
    );
  where.plain(`w.customer_id IN (${arms.join(' UNION ')})`);
}

/** Wallets, newest first. */
export async function listWallets(db: Queryable, scope: Scope, request: WalletFilter & PageRequest): Promise<Page<WalletRow>> {
  const where = new Conditions();
  if (scope.merchantId !== null) where.plain('false');
  if (scope.customerId !== null) where.add((p) => `w.customer_id = ${p}`, scope.customerId);
  if (request.q?.trim()) search(where, request.q);
  if (request.status) where.add((p) => `w.status = ${p}`, request.status);
  if (request.tier) where.add((p) => `w.tier = ${p}`, request.tier);
  if (request.currency) where.add((p) => `w.currency = ${p}`, request.currency);
  if (request.negative) where.plain('a.overdraft_minor > 0 AND a.credits_posted < a.debits_posted');
  return keysetPage(
    db,
    {
      label: 'wallets-list',
      columns: `w.id, w.customer_id AS "customerId", c.name AS "customerName", c.email, h.handle, w.currency, w.tier, w.status,
        w.frozen_by AS "frozenBy", a.credits_posted - a.debits_posted AS "balanceMinor", w.opened_at AS "openedAt"`,
      from: `wallets w JOIN accounts a ON a.id = w.account_id JOIN customers c ON c.id = w.customer_id
        LEFT JOIN wallet_handles h ON h.customer_id = w.customer_id AND h.current`,
      where,
      by: 'w.opened_at',
      id: 'w.id',
    },
    request,
  );
}

/** A wallet as staff see it. */
export interface WalletDetail {
  readonly wallet: WalletView;
  readonly frozenReason: string | null;
  readonly overdraftMinor: bigint;
  readonly customer: {
    readonly id: string;
    readonly name: string | null;
    readonly email: string | null;
    readonly handle: string | null;
  };
  readonly accountCode: string;
  /** Requests that its owner made and nobody has answered. */
  readonly openRequests: number;
  readonly others: { readonly id: string; readonly currency: string; readonly status: WalletStatus }[];
}

/** One wallet. Throws `not_found`. */
export async function readWallet(db: Queryable, id: string, now: Date): Promise<WalletDetail> {
  const missing = new DomainError('not_found', 'There is no such wallet.');
  if (!isId(id)) throw missing;
  const { rows } = await db.query<
    Raw & {
      frozenReason: string | null;
      overdraftMinor: bigint;
      name: string | null;
      email: string | null;
      handle: string | null;
      accountCode: string;
      openRequests: number;
      others: WalletDetail['others'] | null;
    }
  >(
    prepared(
      'wallet',
      `SELECT ${COLUMNS}, w.frozen_reason AS "frozenReason", a.overdraft_minor AS "overdraftMinor", c.name, c.email, h.handle,
         a.code AS "accountCode",
         (SELECT count(*)::int FROM money_requests r WHERE r.requester_id = w.customer_id AND r.requester_wallet = w.id
            AND r.status = 'open' AND r.expires_at > $2) AS "openRequests",
         (SELECT jsonb_agg(jsonb_build_object('id', x.id, 'currency', x.currency, 'status', x.status) ORDER BY x.opened_at)
            FROM wallets x WHERE x.customer_id = w.customer_id AND x.id <> w.id) AS others
       FROM ${FROM} LEFT JOIN customers c ON c.id = w.customer_id
       LEFT JOIN wallet_handles h ON h.customer_id = w.customer_id AND h.current WHERE w.id = $1`,
      [id, now],
    ),
  );
  const [row] = rows;
  if (!row) throw missing;
  const { frozenReason, overdraftMinor, name, email, handle, accountCode, openRequests, others, ...raw } = row;
  return {
    wallet: viewOf(raw, now),
    frozenReason,
    overdraftMinor,
    customer: { id: raw.customerId, name, email, handle },
    accountCode,
    openRequests,
    others: others ?? [],
  };
}
