import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Handle, TierLimits, Wallet } from './rules.ts';

const WALLETS: TableSpec = {
  table: 'wallets',
  columns: {
    id: 'uuid',
    customer_id: 'uuid',
    currency: 'text',
    account_id: 'uuid',
    tier: 'text',
    status: 'text',
    frozen_by: 'text',
    frozen_reason: 'text',
    home: 'text',
    version: 'int8',
    day: 'date',
    day_out_minor: 'int8',
    day_in_minor: 'int8',
    month: 'date',
    month_out_minor: 'int8',
    month_in_minor: 'int8',
    opened_at: 'timestamptz',
    closed_at: 'timestamptz',
  },
};

const SELECT = `SELECT id, customer_id AS "customerId", currency, account_id AS "accountId", tier, status, frozen_by AS "frozenBy",
  frozen_reason AS "frozenReason", home, version, day::text AS day, day_out_minor AS "dayOutMinor", day_in_minor AS "dayInMinor",
  month::text AS month, month_out_minor AS "monthOutMinor", month_in_minor AS "monthInMinor", opened_at AS "openedAt", closed_at AS "closedAt"
  FROM wallets`;

export async function lockWallets(tx: Tx, ids: readonly string[]): Promise<Wallet[]> {
  const { rows } = await tx.query<Wallet>({
    name: 'wallets-lock',
    text: `${SELECT} WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

/** The open wallets of customers in currencies, unlocked. */
export async function findOpen(
  db: Queryable,
  keys: readonly { readonly customerId: string; readonly currency: string }[],
): Promise<{ id: string; customerId: string; currency: string }[]> {
  const { rows } = await db.query<{ id: string; customerId: string; currency: string }>({
    name: 'wallets-find-open',
    text: `SELECT w.id, w.customer_id AS "customerId", w.currency FROM unnest($1::uuid[], $2::text[]) AS k (c, y)
           JOIN wallets w ON w.customer_id = k.c AND w.currency = k.y AND w.status <> 'closed'`,
    values: [keys.map((key) => key.customerId), keys.map((key) => key.currency)],
  });
  return rows;
}

/** Per customer and currency the open wallet, else the one that was closed last. */
export async function findLastOf(
  db: Queryable,
  keys: readonly { readonly customerId: string; readonly currency: string }[],
): Promise<{ id: string }[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'wallets-find-last',
    text: `SELECT DISTINCT ON (w.customer_id, w.currency) w.id FROM unnest($1::uuid[], $2::text[]) AS k (c, y)
           JOIN wallets w ON w.customer_id = k.c AND w.currency = k.y
           ORDER BY w.customer_id, w.currency, w.closed_at DESC NULLS FIRST, w.id DESC`,
    values: [keys.map((key) => key.customerId), keys.map((key) => key.currency)],
  });
  return rows;
}

/** The open wallets that e-mail addresses (as compared) and handles lead to, unlocked: one statement for a batch. */
export async function findByPerson(
  db: Queryable,
  people: readonly { readonly email: string | null; readonly handle: string | null; readonly currency: string }[],
): Promise<{ position: number; customerId: string; walletId: string | null }[]> {
  const { rows } = await db.query<{ position: bigint; customerId: string; walletId: string | null }>({
    name: 'wallets-find-by-person',
    text: `SELECT p.n AS position, coalesce(c.id, h.customer_id) AS "customerId", w.id AS "walletId"
           FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS p (e, a, y, n)
           LEFT JOIN customers c ON c.email_normalized = p.e
           LEFT JOIN wallet_handles h ON h.handle = p.a AND h.current
           LEFT JOIN wallets w ON w.customer_id = coalesce(c.id, h.customer_id) AND w.currency = p.y AND w.status <> 'closed'
           WHERE coalesce(c.id, h.customer_id) IS NOT NULL`,
    values: [people.map((one) => one.email), people.map((one) => one.handle), people.map((one) => one.currency)],
  });
  return rows.map((row) => ({ ...row, position: Number(row.position) - 1 }));
}

export async function insertWallets(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  await insertRows(tx, WALLETS, wallets.map(columns));
}

const CHANGING = [
  'tier',
  'status',
  'frozen_by',
  'frozen_reason',
  'version',
  'day',
  'day_out_minor',
  'day_in_minor',
  'month',
  'month_out_minor',
  'month_in_minor',
  'closed_at',
] as const;

export async function updateWallets(tx: Tx, wallets: readonly Wallet[]): Promise<void> {
  await updateRows(tx, WALLETS, ['id'], CHANGING, wallets.map(columns));
}

function columns(w: Wallet): Record<string, unknown> {
  return {
    id: w.id,
    customer_id: w.customerId,
    currency: w.currency,
    account_id: w.accountId,
    tier: w.tier,
    status: w.status,
    frozen_by: w.frozenBy,
    frozen_reason: w.frozenReason,
    home: w.home,
    version: w.version,
    day: w.day,
    day_out_minor: w.dayOutMinor,
    day_in_minor: w.dayInMinor,
    month: w.month,
    month_out_minor: w.monthOutMinor,
    month_in_minor: w.monthInMinor,
    opened_at: w.openedAt,
    closed_at: w.closedAt,
  };
}

/** All limits: configuration, a few dozen rows. */
export async function readTiers(db: Queryable): Promise<TierLimits[]> {
  const { rows } = await db.query<TierLimits>({
    name: 'wallet-tiers',
    text: `SELECT tier, currency, per_transfer_minor AS "perTransferMinor", per_day_minor AS "perDayMinor",
                  per_month_minor AS "perMonthMinor", balance_minor AS "balanceMinor" FROM wallet_tiers`,
    values: [],
  });
  return rows;
}

/** The handles that are wanted and those that these customers have held. */
export async function readHandles(tx: Tx, handles: readonly string[], customers: readonly string[]): Promise<Handle[]> {
  const { rows } = await tx.query<Handle>({
    name: 'wallet-handles-read',
    text: `SELECT handle, customer_id AS "customerId", current FROM wallet_handles
           WHERE handle = ANY($1::text[]) OR customer_id = ANY($2::uuid[]) ORDER BY set_at, handle`,
    values: [handles, customers],
  });
  return rows;
}

/** One at a time everywhere: handles change rarely, and two people may want the same one, which no row of either could decide. */
export async function lockHandles(tx: Tx): Promise<void> {
  await tx.query({ name: 'wallet-handles-lock', text: `SELECT pg_advisory_xact_lock(hashtext('wallet_handles'))`, values: [] });
}

const HANDLES: TableSpec = {
  table: 'wallet_handles',
  columns: { handle: 'text', customer_id: 'uuid', current: 'bool', set_at: 'timestamptz' },
};

/** Writes handles as they are now. Those given up go first: a customer has one that is current. */
export async function writeHandles(tx: Tx, handles: readonly Handle[], now: Date): Promise<void> {
  const rows = handles.map(({ customerId, ...one }) => ({ ...one, customer_id: customerId, set_at: now }));
  const change = 'ON CONFLICT (handle) DO UPDATE SET current = excluded.current, set_at = excluded.set_at';
  await insertRows(
    tx,
    HANDLES,
    rows.filter((row) => !row.current),
    change,
  );
  await insertRows(
    tx,
    HANDLES,
    rows.filter((row) => row.current),
    change,
  );
}

/** Money between two customers, with what they said about it. */
export interface WalletTransfer {
  readonly id: string;
  readonly fromWallet: string;
  readonly toWallet: string;
  readonly fromCustomer: string;
  readonly toCustomer: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly note: string | null;
  readonly requestId: string | null;
  readonly countedOn: string;
  readonly at: Date;
}

const TRANSFERS: TableSpec = {
  table: 'wallet_transfers',
  columns: {
    id: 'uuid',
    from_wallet: 'uuid',
    to_wallet: 'uuid',
    from_customer: 'uuid',
    to_customer: 'uuid',
    currency: 'text',
    amount_minor: 'int8',
    note: 'text',
    request_id: 'uuid',
    counted_on: 'date',
    at: 'timestamptz',
  },
};

export async function insertWalletTransfers(tx: Tx, transfers: readonly WalletTransfer[]): Promise<void> {
  const rows = transfers.map((t) => ({
    id: t.id,
    from_wallet: t.fromWallet,
    to_wallet: t.toWallet,
    from_customer: t.fromCustomer,
    to_customer: t.toCustomer,
    currency: t.currency,
    amount_minor: t.amountMinor,
    note: t.note,
    request_id: t.requestId,
    counted_on: t.countedOn,
    at: t.at,
  }));
  await insertRows(tx, TRANSFERS, rows);
}
