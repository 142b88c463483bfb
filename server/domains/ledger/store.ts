import { binaryArray } from '../../platform/binary-arrays.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Account, AppliedTransfer, Hold } from './rules.ts';
import type { AccountRef } from './schema.ts';

const ACCOUNTS: TableSpec = {
  table: 'accounts',
  columns: {
    id: 'uuid',
    debits_posted: 'int8',
    credits_posted: 'int8',
    debits_pending: 'int8',
    credits_pending: 'int8',
    overdraft_minor: 'int8',
    version: 'int8',
  },
};
const ACCOUNT_FLAGS: TableSpec = {
  table: 'accounts',
  columns: { id: 'uuid', frozen: 'bool', closed: 'bool', credit_limit_minor: 'int8' },
};
const NEW_ACCOUNTS: TableSpec = {
  table: 'accounts',
  columns: {
    id: 'uuid',
    code: 'text',
    kind: 'text',
    home: 'text',
    merchant_id: 'uuid',
    customer_id: 'uuid',
    currency: 'text',
    normal_side: 'text',
    limited: 'bool',
    created_at: 'timestamptz',
  },
};
const TRANSFERS: TableSpec = {
  table: 'transfers',
  columns: {
    id: 'uuid',
    journal_id: 'uuid',
    kind: 'text',
    phase: 'text',
    hold_id: 'uuid',
    reverses: 'uuid',
    debit_account: 'uuid',
    credit_account: 'uuid',
    amount_minor: 'int8',
    currency: 'text',
    order_id: 'uuid',
    payment_id: 'uuid',
    reference: 'text',
    debit_version: 'int8',
    credit_version: 'int8',
    debit_balance_minor: 'int8',
    credit_balance_minor: 'int8',
    actor: 'text',
    trace_id: 'text',
    at: 'timestamptz',
  },
};
const { hold_id, reverses, order_id, payment_id, reference, ...ALWAYS } = TRANSFERS.columns;
/** Money that moves at once and for no order is most of what hot accounts see: a quarter of the columns need not travel. */
const PLAIN_TRANSFERS: TableSpec = { table: 'transfers', columns: ALWAYS };
const HOLDS: TableSpec = {
  table: 'holds',
  columns: {
    id: 'uuid',
    debit_account: 'uuid',
    credit_account: 'uuid',
    currency: 'text',
    amount_minor: 'int8',
    remaining_minor: 'int8',
    status: 'text',
    order_id: 'uuid',
    expires_at: 'timestamptz',
    created_at: 'timestamptz',
  },
};

export interface TransferRow extends AppliedTransfer {
  readonly journalId: string;
  readonly actor: string;
  readonly traceId: string;
  readonly at: Date;
}

export async function createAccounts(
  tx: Tx,
  home: string,
  refs: readonly (AccountRef & { id: string })[],
  now: Date,
): Promise<void> {
  const rows = [...refs]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((r) => ({
      id: r.id,
      code: r.code,
      kind: r.kind,
      home,
      merchant_id: r.merchantId,
      customer_id: r.customerId,
      currency: r.currency,
      normal_side: r.normalSide,
      limited: r.limited,
      created_at: now,
    }));
  await insertRows(tx, NEW_ACCOUNTS, rows, 'ON CONFLICT DO NOTHING');
}

/** An account's row, and until when the books are closed if that is not long before now. */
export interface LockedAccount extends Account {
  readonly closedUntil: Date | null;
}

/**
 * The statement that waits for the accounts also says until when the books are closed: whoever closes them keeps everybody from locking
 * accounts while that is written (`closePeriod`), so that nobody decides on an older answer.
 */
export async function lockAccounts(tx: Tx, ids: readonly string[], now: Date): Promise<LockedAccount[]> {
  const { rows } = await tx.query<LockedAccount>({
    name: 'ledger-lock-accounts',
    text: `SELECT id, code, currency, normal_side AS "normalSide", limited, credit_limit_minor AS "creditLimitMinor", overdraft_minor AS "overdraftMinor",
                  frozen, closed, debits_posted AS "debitsPosted", credits_posted AS "creditsPosted", debits_pending AS "debitsPending",
                  credits_pending AS "creditsPending", version,
                  (SELECT max(closed_until) FROM ledger_periods WHERE closed_until > $2::timestamptz - interval '1 hour') AS "closedUntil"
           FROM accounts WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE OF accounts`,
    values: [binaryArray('uuid', ids), now],
  });
  return rows;
}

export async function lockHolds(tx: Tx, ids: readonly string[]): Promise<Hold[]> {
  const { rows } = await tx.query<Hold>({
    name: 'ledger-lock-holds',
    text: `SELECT id, debit_account AS "debitAccount", credit_account AS "creditAccount", currency, amount_minor AS "amountMinor",
                  remaining_minor AS "remainingMinor", status, order_id AS "orderId", expires_at AS "expiresAt"
           FROM holds WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [ids],
  });
  return rows;
}

export async function writeAccounts(tx: Tx, accounts: readonly Account[]): Promise<void> {
  const rows = accounts.map((a) => ({
    id: a.id,
    debits_posted: a.debitsPosted,
    credits_posted: a.creditsPosted,
    debits_pending: a.debitsPending,
    credits_pending: a.creditsPending,
    overdraft_minor: a.overdraftMinor,
    version: a.version,
  }));
  await updateRows(
    tx,
    ACCOUNTS,
    ['id'],
    ['debits_posted', 'credits_posted', 'debits_pending', 'credits_pending', 'overdraft_minor', 'version'],
    rows,
  );
}

export async function insertHolds(tx: Tx, holds: readonly Hold[], now: Date): Promise<void> {
  await insertRows(
    tx,
    HOLDS,
    holds.map((hold) => ({ ...holdRow(hold), created_at: now })),
  );
}

export async function writeHolds(tx: Tx, holds: readonly Hold[]): Promise<void> {
  await updateRows(tx, HOLDS, ['id'], ['remaining_minor', 'status'], holds.map(holdRow));
}

function holdRow(hold: Hold): Record<string, unknown> {
  return {
    id: hold.id,
    debit_account: hold.debitAccount,
    credit_account: hold.creditAccount,
    currency: hold.currency,
    amount_minor: hold.amountMinor,
    remaining_minor: hold.remainingMinor,
    status: hold.status,
    order_id: hold.orderId,
    expires_at: hold.expiresAt,
  };
}

function isPlain({ holdId, reverses, orderId, paymentId, reference }: TransferRow): boolean {
  return (holdId ?? reverses ?? orderId ?? paymentId ?? reference) === null;
}

export async function insertTransfers(tx: Tx, transfers: readonly TransferRow[]): Promise<void> {
  const rows = transfers.map((t) => ({
    id: t.id,
    journal_id: t.journalId,
    kind: t.kind,
    phase: t.phase,
    hold_id: t.holdId,
    reverses: t.reverses,
    debit_account: t.debitAccount,
    credit_account: t.creditAccount,
    amount_minor: t.amountMinor,
    currency: t.currency,
    order_id: t.orderId,
    payment_id: t.paymentId,
    reference: t.reference,
    debit_version: t.debitVersion,
    credit_version: t.creditVersion,
    debit_balance_minor: t.debitBalanceMinor,
    credit_balance_minor: t.creditBalanceMinor,
    actor: t.actor,
    trace_id: t.traceId,
    at: t.at,
  }));
  await insertRows(tx, transfers.every(isPlain) ? PLAIN_TRANSFERS : TRANSFERS, rows);
}

/** What one journal moved on an account, in minor units: what the account gained on its debit side is positive. */
export interface Movement {
  readonly journalId: string;
  readonly kind: string;
  readonly orderId: string | null;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly currency: string;
  readonly netMinor: bigint;
  readonly at: Date;
}

/**
 * What journals moved on the accounts whose codes begin so, in a period: posted money only; one row per journal, account and payment. Ids are times, so the period is
 * a range of the primary key, a day wider for clocks that differ.
 */
export async function readMovements(
  db: Queryable,
  codes: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<Movement[]> {
  const { rows } = await db.query<Movement>({
    name: 'ledger-movements',
    text: `WITH own AS (SELECT id FROM accounts WHERE starts_with(code, $1)),
           moved AS (
             SELECT t.*, d.id IS NOT NULL AS inward FROM transfers t
             LEFT JOIN own d ON d.id = t.debit_account LEFT JOIN own c ON c.id = t.credit_account
             WHERE t.id >= $2::uuid AND t.id < $3::uuid AND t.at >= $4 AND t.at < $5 AND t.phase IN ('single', 'post')
               AND (d.id IS NULL) <> (c.id IS NULL))
           SELECT journal_id AS "journalId",
                  (array_agg(kind ORDER BY (kind = 'psp_fee'), id))[1] AS kind, order_id AS "orderId", payment_id AS "paymentId",
                  (array_agg(reference ORDER BY (kind = 'psp_fee'), id))[1] AS reference, currency,
                  sum(CASE WHEN inward THEN amount_minor ELSE -amount_minor END)::bigint AS "netMinor", min(at) AS at
           FROM moved GROUP BY journal_id, order_id, payment_id, currency`,
    values: [codes, idAt(from.getTime() - DAY_MS), idAt(to.getTime() + DAY_MS), from, to],
  });
  return rows;
}

const DAY_MS = 86_400_000;

/** The least UUIDv7 of an instant. */
function idAt(ms: number): string {
  const hex = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`;
}

export async function readTransfers(tx: Tx, ids: readonly string[]): Promise<AppliedTransfer[]> {
  const { rows } = await tx.query<AppliedTransfer>({
    name: 'ledger-transfers',
    text: `SELECT id, kind, phase, hold_id AS "holdId", reverses, debit_account AS "debitAccount", credit_account AS "creditAccount",
                  amount_minor AS "amountMinor", currency, order_id AS "orderId", payment_id AS "paymentId", reference,
                  debit_version AS "debitVersion", credit_version AS "creditVersion", debit_balance_minor AS "debitBalanceMinor",
                  credit_balance_minor AS "creditBalanceMinor"
           FROM transfers WHERE id = ANY($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export async function readHoldAccounts(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ accounts: string[] }>({
    name: 'ledger-hold-accounts',
    text: 'SELECT ARRAY[debit_account, credit_account]::text[] AS accounts FROM holds WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return rows.flatMap(({ accounts }) => accounts);
}

export async function readReversed(tx: Tx, ids: readonly string[]): Promise<Map<string, bigint>> {
  const { rows } = await tx.query<{ id: string; amount: bigint }>({
    name: 'ledger-reversed',
    text: 'SELECT reverses AS id, sum(amount_minor)::int8 AS amount FROM transfers WHERE reverses = ANY($1::uuid[]) GROUP BY reverses',
    values: [ids],
  });
  return new Map(rows.map(({ id, amount }) => [id, amount]));
}

export async function writeFlags(tx: Tx, accounts: readonly Account[]): Promise<void> {
  const rows = accounts.map(({ id, frozen, closed, creditLimitMinor }) => ({
    id,
    frozen,
    closed,
    credit_limit_minor: creditLimitMinor,
  }));
  await updateRows(tx, ACCOUNT_FLAGS, ['id'], ['frozen', 'closed', 'credit_limit_minor'], rows);
}

/** Keeps everybody from locking an account, and waits for those who have: whoever locks one next sees what is written meanwhile. */
export async function stopAccounts(tx: Tx): Promise<void> {
  await tx.query('LOCK TABLE accounts IN EXCLUSIVE MODE');
}

export async function readClosedUntil(tx: Tx): Promise<Date | null> {
  const { rows } = await tx.query<{ until: Date | null }>('SELECT max(closed_until) AS until FROM ledger_periods');
  return rows[0]?.until ?? null;
}

export async function insertPeriod(
  tx: Tx,
  period: { readonly until: Date; readonly home: string; readonly actor: string; readonly at: Date; readonly traceId: string },
): Promise<void> {
  await tx.query('INSERT INTO ledger_periods (closed_until, home, closed_by, closed_at, trace_id) VALUES ($1, $2, $3, $4, $5)', [
    period.until,
    period.home,
    period.actor,
    period.at,
    period.traceId,
  ]);
}

/** Open holds of no order whose time is over, the longest over first. */
export async function findExpiredHolds(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'ledger-expired-holds',
    text: `SELECT id FROM holds WHERE status = 'open' AND expires_at IS NOT NULL AND expires_at <= $1 AND order_id IS NULL
           ORDER BY expires_at LIMIT $2`,
    values: [now, limit],
  });
  return rows.map(({ id }) => id);
}

/** What journals moved on the accounts whose codes begin so, for these orders, whenever that was. */
export async function readMovementsOfOrders(db: Queryable, codes: string, orderIds: readonly string[]): Promise<Movement[]> {
  const { rows } = await db.query<Movement>({
    name: 'ledger-movements-of-orders',
    text: `WITH own AS (SELECT id FROM accounts WHERE starts_with(code, $1))
           SELECT t.journal_id AS "journalId", (array_agg(t.kind ORDER BY (t.kind = 'psp_fee'), t.id))[1] AS kind, t.order_id AS "orderId",
                  t.payment_id AS "paymentId", (array_agg(t.reference ORDER BY (t.kind = 'psp_fee'), t.id))[1] AS reference, t.currency,
                  sum(CASE WHEN d.id IS NOT NULL THEN t.amount_minor ELSE -t.amount_minor END)::bigint AS "netMinor", min(t.at) AS at
           FROM transfers t LEFT JOIN own d ON d.id = t.debit_account LEFT JOIN own c ON c.id = t.credit_account
           WHERE t.order_id = ANY($2::uuid[]) AND t.phase IN ('single', 'post') AND (d.id IS NULL) <> (c.id IS NULL)
           GROUP BY t.journal_id, t.order_id, t.payment_id, t.currency`,
    values: [codes, orderIds],
  });
  return rows;
}

/** An account to open, with what it is called. */
export type OpenedAccount = AccountRef & { readonly id: string; readonly name: string | null; readonly creditLimitMinor: bigint };

/** Adds accounts in the order of their ids; those that are there stay as they are. Returns the ids of the new ones. */
export async function insertOpened(tx: Tx, home: string, opened: readonly OpenedAccount[], now: Date): Promise<Set<string>> {
  const sorted = [...opened].sort((a, b) => (a.id < b.id ? -1 : 1));
  const names = ['id', 'code', 'kind', 'merchantId', 'currency', 'normalSide', 'limited', 'creditLimitMinor', 'name'] as const;
  const { rows } = await tx.query<{ id: string }>({
    name: 'ledger-open-accounts',
    text: `INSERT INTO accounts (id, code, kind, merchant_id, currency, normal_side, limited, credit_limit_minor, name, home, created_at)
           SELECT v.*, $10, $11 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::bool[], $8::int8[], $9::text[]) v
           ON CONFLICT DO NOTHING RETURNING id`,
    values: [...names.map((name) => sorted.map((account) => account[name])), home, now],
  });
  return new Set(rows.map(({ id }) => id));
}

/** What decides who may move money by a name: accounts, holds and transfers by id. None of it ever changes. */
export interface Party {
  readonly id: string;
  readonly what: 'account' | 'hold' | 'transfer';
  readonly kinds: readonly string[];
  /** Whose accounts they are; null for the platform's. */
  readonly merchants: readonly (string | null)[];
}

export async function readParties(db: Queryable, ids: Record<`${Party['what']}s`, readonly string[]>): Promise<Party[]> {
  const sides = (table: string): string => `
    SELECT x.id, '${table.slice(0, -1)}', ARRAY[d.kind, c.kind], ARRAY[d.merchant_id, c.merchant_id]::text[]
    FROM ${table} x JOIN accounts d ON d.id = x.debit_account JOIN accounts c ON c.id = x.credit_account`;
  const { rows } = await db.query<Party>({
    name: 'ledger-parties',
    text: `SELECT id, 'account' AS what, ARRAY[kind] AS kinds, ARRAY[merchant_id]::text[] AS merchants FROM accounts WHERE id = ANY($1::uuid[])
           UNION ALL ${sides('holds')} WHERE x.id = ANY($2::uuid[]) UNION ALL ${sides('transfers')} WHERE x.id = ANY($3::uuid[])`,
    values: [ids.accounts, ids.holds, ids.transfers],
  });
  return rows;
}
