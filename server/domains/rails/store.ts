import type { Queryable, Tx } from '../../platform/db.ts';
import { type ColumnType, insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { BankAccount, Dispute, PayIn, Payout, TopUp } from './rules.ts';

/** One table and the type of its rows: columns by property, the same for reading and writing. */
interface Mapping<R> {
  readonly table: string;
  readonly key: keyof R & string;
  /** Property → column and type. */
  readonly columns: Readonly<Record<keyof R & string, readonly [column: string, type: ColumnType]>>;
  /** Never change once written. */
  readonly fixed: readonly (keyof R & string)[];
}

const TOP_UPS: Mapping<TopUp> = {
  table: 'top_ups',
  key: 'id',
  columns: {
    id: ['id', 'uuid'],
    walletId: ['wallet_id', 'uuid'],
    customerId: ['customer_id', 'uuid'],
    home: ['home', 'text'],
    method: ['method', 'text'],
    currency: ['currency', 'text'],
    amountMinor: ['amount_minor', 'int8'],
    creditedMinor: ['credited_minor', 'int8'],
    feeMinor: ['fee_minor', 'int8'],
    status: ['status', 'text'],
    token: ['token', 'text'],
    returnUrl: ['return_url', 'text'],
    providerRef: ['provider_ref', 'text'],
    nextAction: ['next_action', 'jsonb'],
    card: ['card', 'jsonb'],
    reference: ['reference', 'text'],
    holdId: ['hold_id', 'uuid'],
    countedOn: ['counted_on', 'date'],
    overLimit: ['over_limit', 'bool'],
    failure: ['failure', 'jsonb'],
    calls: ['calls', 'int4'],
    nextAt: ['next_at', 'timestamptz'],
    traceId: ['trace_id', 'text'],
    version: ['version', 'int8'],
    createdAt: ['created_at', 'timestamptz'],
    settledAt: ['settled_at', 'timestamptz'],
  },
  fixed: ['walletId', 'customerId', 'home', 'method', 'currency', 'amountMinor', 'reference', 'holdId', 'traceId', 'createdAt'],
};

const PAY_INS: Mapping<PayIn> = {
  table: 'bank_pay_ins',
  key: 'bankRef',
  columns: {
    bankRef: ['bank_ref', 'text'],
    home: ['home', 'text'],
    reference: ['reference', 'text'],
    written: ['written', 'text'],
    currency: ['currency', 'text'],
    amountMinor: ['amount_minor', 'int8'],
    state: ['state', 'text'],
    booked: ['booked', 'text'],
    why: ['why', 'text'],
    topUpId: ['top_up_id', 'uuid'],
    customerId: ['customer_id', 'uuid'],
    assignedBy: ['assigned_by', 'text'],
    assignedNote: ['assigned_note', 'text'],
    approvalId: ['approval_id', 'uuid'],
    version: ['version', 'int8'],
    firstAt: ['first_at', 'timestamptz'],
    changedAt: ['changed_at', 'timestamptz'],
  },
  fixed: ['home', 'reference', 'written', 'currency', 'amountMinor', 'topUpId', 'firstAt'],
};

const PAYOUTS: Mapping<Payout> = {
  table: 'payouts',
  key: 'id',
  columns: {
    id: ['id', 'uuid'],
    kind: ['kind', 'text'],
    walletId: ['wallet_id', 'uuid'],
    customerId: ['customer_id', 'uuid'],
    merchantId: ['merchant_id', 'uuid'],
    home: ['home', 'text'],
    bankAccountId: ['bank_account_id', 'uuid'],
    currency: ['currency', 'text'],
    amountMinor: ['amount_minor', 'int8'],
    status: ['status', 'text'],
    holdId: ['hold_id', 'uuid'],
    countedOn: ['counted_on', 'date'],
    bankRef: ['bank_ref', 'text'],
    reason: ['reason', 'text'],
    approvalId: ['approval_id', 'uuid'],
    requestedBy: ['requested_by', 'text'],
    calls: ['calls', 'int4'],
    nextAt: ['next_at', 'timestamptz'],
    traceId: ['trace_id', 'text'],
    version: ['version', 'int8'],
    createdAt: ['created_at', 'timestamptz'],
    settledAt: ['settled_at', 'timestamptz'],
  },
  fixed: [
    'kind',
    'walletId',
    'customerId',
    'merchantId',
    'home',
    'bankAccountId',
    'currency',
    'amountMinor',
    'holdId',
    'countedOn',
    'requestedBy',
    'traceId',
    'createdAt',
  ],
};

const ACCOUNTS: Mapping<BankAccount> = {
  table: 'bank_accounts',
  key: 'id',
  columns: {
    id: ['id', 'uuid'],
    customerId: ['customer_id', 'uuid'],
    merchantId: ['merchant_id', 'uuid'],
    holder: ['holder', 'text'],
    country: ['country', 'text'],
    last4: ['last4', 'text'],
    token: ['token', 'text'],
    addedBy: ['added_by', 'text'],
    addedAt: ['added_at', 'timestamptz'],
    removedAt: ['removed_at', 'timestamptz'],
  },
  fixed: ['customerId', 'merchantId', 'holder', 'country', 'last4', 'token', 'addedBy', 'addedAt'],
};

const DISPUTES: Mapping<Dispute> = {
  table: 'top_up_disputes',
  key: 'providerRef',
  columns: {
    providerRef: ['provider_ref', 'text'],
    topUpId: ['top_up_id', 'uuid'],
    customerId: ['customer_id', 'uuid'],
    currency: ['currency', 'text'],
    amountMinor: ['amount_minor', 'int8'],
    debitedMinor: ['debited_minor', 'int8'],
    feeMinor: ['fee_minor', 'int8'],
    status: ['status', 'text'],
    version: ['version', 'int8'],
    openedAt: ['opened_at', 'timestamptz'],
    closedAt: ['closed_at', 'timestamptz'],
  },
  fixed: ['topUpId', 'customerId', 'currency', 'amountMinor', 'debitedMinor', 'feeMinor', 'openedAt'],
};

/** Reads and writes the rows of one table. */
function tableOf<R extends object>(mapping: Mapping<R>) {
  const { table, columns, key, fixed } = mapping;
  const names = Object.keys(columns) as (keyof R & string)[];
  const keyColumn = columns[key][0];
  const keyType = columns[key][1];
  const spec: TableSpec = { table, columns: Object.fromEntries(Object.values<readonly [string, ColumnType]>(columns)) };
  const changing = names.filter((name) => name !== key && !fixed.includes(name)).map((name) => columns[name][0]);
  // A date is read as the text it is, never as an instant of some zone.
  const read = ([column, type]: readonly [string, ColumnType]) => (type === 'date' ? `${column}::text` : column);
  const select = `SELECT ${names.map((name) => `${read(columns[name])} AS "${name}"`).join(', ')} FROM ${table}`;
  const row = (one: R) => Object.fromEntries(names.map((name) => [columns[name][0], one[name]]));
  return {
    async lock(tx: Tx, keys: readonly string[]): Promise<R[]> {
      const { rows } = await tx.query<R>({
        name: `${table}-lock`,
        text: `${select} WHERE ${keyColumn} = ANY($1::${keyType}[]) ORDER BY ${keyColumn} FOR NO KEY UPDATE`,
        values: [keys],
      });
      return rows;
    },
    async read(db: Queryable, keys: readonly string[]): Promise<R[]> {
      const text = `${select} WHERE ${keyColumn} = ANY($1::${keyType}[])`;
      const { rows } = await db.query<R>({ name: `${table}-read`, text, values: [keys] });
      return rows;
    },
    insert: (tx: Tx, rows: readonly R[]) => insertRows(tx, spec, rows.map(row)),
    update: (tx: Tx, rows: readonly R[]) => updateRows(tx, spec, [keyColumn], changing, rows.map(row)),
  };
}

export const topUps = tableOf(TOP_UPS);
export const payIns = tableOf(PAY_INS);
export const payouts = tableOf(PAYOUTS);
export const bankAccounts = tableOf(ACCOUNTS);
export const disputes = tableOf(DISPUTES);

interface FoundTopUp {
  readonly id: string;
  readonly walletId: string;
  readonly customerId: string;
  readonly currency: string;
}

export async function findTopUps(
  db: Queryable,
  by: { readonly providerRefs?: readonly string[]; readonly references?: readonly string[] },
): Promise<FoundTopUp[]> {
  const { rows } = await db.query<FoundTopUp>({
    name: 'top-ups-find',
    text: `SELECT id, wallet_id AS "walletId", customer_id AS "customerId", currency FROM top_ups
           WHERE provider_ref = ANY($1::text[]) OR reference = ANY($2::text[])`,
    values: [by.providerRefs ?? [], by.references ?? []],
  });
  return rows;
}

/** One at a time per transfer, known or not yet: its row may not be there to lock. */
export async function holdPayIn(tx: Tx, bankRef: string): Promise<void> {
  await tx.query({ name: 'pay-in-hold', text: `SELECT pg_advisory_xact_lock(hashtext('pay-in:' || $1))`, values: [bankRef] });
}

/** The bank transfers that wallets wait for, unlocked: nobody announces one without the wallet's lock. */
export async function findAwaited(db: Queryable, walletIds: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'top-ups-awaited',
    text: `SELECT id FROM top_ups WHERE wallet_id = ANY($1::uuid[]) AND status IN ('awaiting_transfer', 'arriving')`,
    values: [walletIds],
  });
  return rows.map(({ id }) => id);
}

/** What is due to be looked at again, oldest first. */
export async function findDue(db: Queryable, now: Date, limit: number): Promise<{ kind: 'top_up' | 'payout'; id: string }[]> {
  const { rows } = await db.query<{ kind: 'top_up' | 'payout'; id: string }>({
    name: 'rails-due',
    text: `(SELECT 'top_up' AS kind, id, next_at FROM top_ups WHERE next_at <= $1 ORDER BY next_at LIMIT $2)
           UNION ALL (SELECT 'payout', id, next_at FROM payouts WHERE next_at <= $1 ORDER BY next_at LIMIT $2) ORDER BY next_at`,
    values: [now, limit],
  });
  return rows;
}

/** When the bank told us of a transfer last. What people did since, and what came back by other ways, is no news of the bank's. */
export async function newestPayIn(db: Queryable): Promise<Date | null> {
  const { rows } = await db.query<{ at: Date | null }>({
    name: 'pay-ins-newest',
    text: `SELECT max(changed_at) AS at FROM bank_pay_ins
           WHERE assigned_by IS NULL AND coalesce(why, '') NOT IN ('withdrawal_returned', 'chargeback_won')`,
    values: [],
  });
  return rows[0]?.at ?? null;
}

/** How far wallets may be driven below zero, by currency. */
export async function readDebtPolicies(db: Queryable): Promise<Map<string, bigint>> {
  const { rows } = await db.query<{ currency: string; max: bigint }>({
    name: 'wallet-debt-policies',
    text: 'SELECT currency, max_debt_minor AS max FROM wallet_debt_policies',
    values: [],
  });
  return new Map(rows.map(({ currency, max }) => [currency, max]));
}
