import type { Queryable } from '../platform/db.ts';
import { type AccountRow, readAccount } from './accounts.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { encodeCursor, isInteger, limitOf, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

export const TRANSFER_PHASES = ['single', 'pending', 'post', 'void'] as const;
export type TransferPhase = (typeof TRANSFER_PHASES)[number];

/** One transfer as an account sees it: signed towards the account's normal side. */
export interface EntryRow {
  readonly id: string;
  readonly version: bigint;
  readonly kind: string;
  readonly phase: TransferPhase;
  /** Positive raises the account's balance. Pending and void entries move no posted money. */
  readonly amountMinor: bigint;
  readonly balanceMinor: bigint;
  readonly currency: string;
  readonly otherAccount: string;
  readonly otherCode: string;
  /** The customer whose account that is; null where it is nobody's. */
  readonly otherName: string | null;
  readonly orderNumber: string | null;
  readonly paymentId: string | null;
  readonly reference: string | null;
  readonly at: Date;
}

/** From one instant on, until before another. */
export interface Period {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface EntryFilter extends Period {
  readonly accountId: string;
  readonly kind?: string | undefined;
  readonly phase?: TransferPhase | undefined;
}

/** A stretch of an account's versions: after `since`, up to `version`. */
export interface Stretch {
  readonly since: bigint;
  readonly version: bigint;
}

const EVERYTHING: Stretch = { since: 0n, version: 2n ** 62n };

/**
 * The stretches of versions in which entries dated within a period may lie, oldest first, by the account's marks; what no mark covers
 * yet always may. Neighbours are joined.
 */
export async function stretchesOf(db: Queryable, accountId: string, { from, to }: Period): Promise<Stretch[]> {
  if (!from && !to) return [EVERYTHING];
  const text = `
    SELECT since_version AS since, version FROM account_marks
    WHERE account_id = $1 AND last_at >= coalesce($2, '-infinity'::timestamptz) AND first_at < coalesce($3, 'infinity'::timestamptz)
    UNION ALL SELECT coalesce(max(version), 0), $4::bigint FROM account_marks WHERE account_id = $1
    ORDER BY since`;
  const values = [accountId, from ?? null, to ?? null, EVERYTHING.version];
  const { rows } = await db.query<Stretch>(prepared('account-stretches', text, values));
  const joined: Stretch[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (last && last.version === row.since) joined[joined.length - 1] = { since: last.since, version: row.version };
    else joined.push(row);
  }
  return joined;
}

/** Both sides of an account's transfers as its entries, for a FROM. `id` is a placeholder; the planner merges two index scans. */
export function entriesSql(account: Pick<AccountRow, 'normalSide'>, id: string): string {
  const sign = (side: 'debit' | 'credit') => (side === account.normalSide ? '' : '-');
  const side = (own: 'debit' | 'credit', other: 'debit' | 'credit') => `
    SELECT id, ${own}_version AS version, kind, phase, ${sign(own)}amount_minor AS amount, ${own}_balance_minor AS balance, currency,
           ${other}_account AS other, order_id, payment_id, reference, at
    FROM transfers WHERE ${own}_account = ${id}`;
  return `(${side('debit', 'credit')} UNION ALL ${side('credit', 'debit')}) t`;
}

/** An account's entries, newest first by its own versions. Throws `not_found` for an account that is not the reader's. */
export async function listEntries(db: Queryable, scope: Scope, request: EntryFilter & PageRequest): Promise<Page<EntryRow>> {
  const account = await readAccount(db, scope, request.accountId);
  const stretches = await stretchesOf(db, account.id, request);
  const limit = limitOf(request.limit);
  const items: EntryRow[] = [];
  for (const stretch of stretches.reverse()) {
    const page = await pageOfStretch(db, account, stretch, { ...request, limit: limit - items.length });
    items.push(...page.items);
    if (page.next !== null) return { items, next: page.next };
    const last = items.at(-1);
    // A full page may be the last one; the next one then says so by being empty.
    if (last && items.length === limit && stretch.since > 0n)
      return { items, next: encodeCursor({ value: String(last.version), id: last.id }) };
  }
  return { items, next: null };
}

function pageOfStretch(
  db: Queryable,
  account: AccountRow,
  stretch: Stretch,
  request: EntryFilter & PageRequest,
): Promise<Page<EntryRow>> {
  const where = new Conditions();
  const id = where.value(account.id);
  if (stretch !== EVERYTHING) {
    where.add((p) => `t.version > ${p}`, stretch.since).add((p) => `t.version <= ${p}`, stretch.version);
  }
  if (request.from) where.add((p) => `t.at >= ${p}`, request.from);
  if (request.to) where.add((p) => `t.at < ${p}`, request.to);
  if (request.kind) where.add((p) => `t.kind = ${p}`, request.kind);
  if (request.phase) where.add((p) => `t.phase = ${p}`, request.phase);
  return keysetPage(
    db,
    {
      label: 'account-entries',
      columns: `t.id, t.version, t.kind, t.phase, t.amount AS "amountMinor", t.balance AS "balanceMinor", t.currency, t.other AS "otherAccount",
        c.code AS "otherCode", p.name AS "otherName", o.number AS "orderNumber", t.payment_id AS "paymentId", t.reference, t.at`,
      from: `${entriesSql(account, id)} JOIN accounts c ON c.id = t.other LEFT JOIN orders o ON o.id = t.order_id
        LEFT JOIN customers p ON p.id = c.customer_id`,
      where,
      by: 't.version',
      id: 't.id',
      cast: 'bigint',
      check: isInteger,
    },
    request,
  );
}

/** The kinds of an account's newest entries, for its filter. */
export async function entryKinds(db: Queryable, scope: Scope, id: string): Promise<string[]> {
  const account = await readAccount(db, scope, id);
  const text = `SELECT DISTINCT kind FROM (SELECT t.kind FROM ${entriesSql(account, '$1')} ORDER BY t.version DESC LIMIT 1000) newest ORDER BY kind`;
  const { rows } = await db.query<{ kind: string }>(prepared('account-entry-kinds', text, [id]));
  return rows.map((row) => row.kind);
}
