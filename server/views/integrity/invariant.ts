import type { Tx } from '../../platform/db.ts';
import type { Inspection } from './scope.ts';

/**
 * One thing that must always be true. `sql` selects the rows that break it as (subject text, detail text); no row means it holds.
 * The statement may use the parameters of `SCOPE_SQL`, of which null means "everything".
 *
 * Nothing here may import a domain: the oracle repeats the arithmetic in SQL, so that a mistake of the writers is not its own.
 */
export type Invariant = {
  readonly id: string;
  readonly group: 1 | 2 | 3 | 4 | 5;
  readonly title: string;
  /** True where only the whole history tells: an incremental run leaves it out. */
  readonly fullOnly?: boolean;
} & ({ readonly sql: string } | { readonly find: Find });

/** For what no single statement can tell. Selects like `sql`, in the same snapshot. */
export type Find = (tx: Tx, inspection: Inspection) => Promise<readonly Broken[]>;

export interface Broken {
  readonly subject: string;
  readonly detail: string;
}

/** What a run found out about one invariant. */
export interface Finding {
  readonly id: string;
  readonly group: 1 | 2 | 3 | 4 | 5;
  readonly title: string;
  /** not_checked is neither good nor bad: something needed for the check did not answer, and `note` says what. */
  readonly state: 'holds' | 'violated' | 'not_checked';
  readonly violations: number;
  /** "subject: what is wrong with it", at most five. */
  readonly samples: readonly string[];
  readonly note?: string;
}

/** Every parameter of every invariant, named once so that PostgreSQL knows their types even where one is not used. */
export const SCOPE_SQL = `scope AS (SELECT $1::uuid[] AS orders, $2::uuid[] AS skus, $3::uuid[] AS accounts,
  $4::bigint[] AS account_versions, $5::timestamptz AS now, $6::timestamptz AS since)`;

export const NOW = '$5::timestamptz';

/** Restricts a column to the orders under inspection. */
export const orderInScope = (column: string): string => `($1::uuid[] IS NULL OR ${column} = ANY($1::uuid[]))`;
/** Restricts a column to the SKUs under inspection. */
export const skuInScope = (column: string): string => `($2::uuid[] IS NULL OR ${column} = ANY($2::uuid[]))`;
/** Restricts a column to the accounts under inspection. */
export const accountInScope = (column: string): string => `($3::uuid[] IS NULL OR ${column} = ANY($3::uuid[]))`;
/** Restricts a column of time to what happened since the last verified run. */
export const timeInScope = (column: string): string => `($6::timestamptz IS NULL OR ${column} >= $6::timestamptz)`;

/**
 * Accounts under inspection, each with `since`: the version up to which its history was verified before (0 = never), and its
 * posted balance on the normal side.
 */
export const TOUCHED_ACCOUNTS = `touched AS (
  SELECT a.id, a.code, a.currency, a.normal_side, a.version, COALESCE(s.since, 0) AS since,
         CASE a.normal_side WHEN 'credit' THEN a.credits_posted - a.debits_posted ELSE a.debits_posted - a.credits_posted END AS balance
  FROM accounts a LEFT JOIN unnest($3::uuid[], $4::bigint[]) AS s (id, since) ON s.id = a.id
  WHERE ${accountInScope('a.id')})`;

/**
 * The share of units from…to in a stored total T of line `l` with n units: what is up to `to`, less what is up to `from − 1`. Up to the last
 * unit it is T, up to another one u it is u·T/n in whole steps (kernel/money.ts). T is never negative.
 */
export const shareSql = (l: string, total: string, from: string, to: string): string => {
  const step = `${l}.money_step`;
  return `(CASE WHEN ${to} = ${l}.quantity THEN ${l}.${total} ELSE ${to}::bigint * ${l}.${total} / (${l}.quantity * ${step}) * ${step} END
    - (${from} - 1)::bigint * ${l}.${total} / (${l}.quantity * ${step}) * ${step})`;
};

/** What units from…to of line `line` are worth: net − discount + tax, each share on its own. */
export const unitsValueSql = (line: string, from: string, to: string): string =>
  `(${shareSql(line, 'net_minor', from, to)} - ${shareSql(line, 'discount_minor', from, to)} + ${shareSql(line, 'tax_minor', from, to)})`;
