import type { Queryable } from '../platform/db.ts';
import { readAccount } from './accounts.ts';
import { balanceOf, sumsOf } from './balances.ts';
import { prepared } from './conditions.ts';
import { readToday } from './sales.ts';
import type { Scope } from './scope.ts';

/** An account at the end of a calendar day. */
export interface AccountDay {
  /** "2026-11-01". */
  readonly day: string;
  readonly balanceMinor: bigint;
  /** What came in and went out on that day, posted. */
  readonly inMinor: bigint;
  readonly outMinor: bigint;
}

export const DAYS_MAX = 400;

/**
 * Posted amounts of an account by calendar day of a zone: a stretch whose entries all lie on one day is taken from its mark; the others,
 * and what no mark covers yet, entry by entry.
 */
const TEXT = `
  WITH bounds AS (SELECT ($2::date)::timestamp AT TIME ZONE $3 AS "from"),
  marks AS (
    SELECT m.*, (m.first_at AT TIME ZONE $3)::date AS day, (m.first_at AT TIME ZONE $3)::date = (m.last_at AT TIME ZONE $3)::date AS whole
    FROM account_marks m, bounds b WHERE m.account_id = $1 AND m.version <= $4 AND m.last_at >= b."from"),
  parts AS (
    SELECT since_version, version FROM marks WHERE NOT whole
    UNION ALL SELECT coalesce(max(version), 0), $4::bigint FROM account_marks WHERE account_id = $1 AND version <= $4)
  SELECT day::text AS day, sum(debit)::bigint AS "debitsPosted", sum(credit)::bigint AS "creditsPosted" FROM (
    SELECT day, debits_posted AS debit, credits_posted AS credit FROM marks WHERE whole
    UNION ALL
    SELECT (e.at AT TIME ZONE $3)::date, e.debit, e.credit
    FROM bounds b, parts p CROSS JOIN LATERAL (
      SELECT at, amount_minor AS debit, 0 AS credit FROM transfers
      WHERE debit_account = $1 AND debit_version > p.since_version AND debit_version <= p.version AND phase IN ('single', 'post')
      UNION ALL
      SELECT at, 0, amount_minor FROM transfers
      WHERE credit_account = $1 AND credit_version > p.since_version AND credit_version <= p.version AND phase IN ('single', 'post')) e
    WHERE e.at >= b."from") moved
  GROUP BY day ORDER BY day`;

/** The last `days` calendar days of `timeZone` (IANA), today included, oldest first. Throws `not_found`. */
export async function accountDays(
  db: Queryable,
  scope: Scope,
  id: string,
  period: { readonly days: number; readonly timeZone: string; readonly now: Date },
): Promise<AccountDay[]> {
  const account = await readAccount(db, scope, id);
  const today = Date.parse(await readToday(db, period.now, period.timeZone));
  const dayOf = (ago: number) => new Date(today - ago * 86_400_000).toISOString().slice(0, 10);
  const first = dayOf(period.days - 1);
  const values = [id, first, period.timeZone, account.version];
  const { rows } = await db.query<{ day: string; debitsPosted: bigint; creditsPosted: bigint }>(
    prepared('account-days', TEXT, values),
  );
  const start = `SELECT ($1::date)::timestamp AT TIME ZONE $2 AS at`;
  const { rows: starts } = await db.query<{ at: Date }>(prepared('account-days-start', start, [first, period.timeZone]));
  let balanceMinor = balanceOf(account.normalSide, await sumsOf(db, id, account.version, (starts[0] as { at: Date }).at, '<'));
  const moved = new Map(rows.map((row) => [row.day, row]));
  return Array.from({ length: period.days }, (_, index) => {
    const day = dayOf(period.days - 1 - index);
    const { debitsPosted = 0n, creditsPosted = 0n } = moved.get(day) ?? {};
    const [inMinor, outMinor] = account.normalSide === 'credit' ? [creditsPosted, debitsPosted] : [debitsPosted, creditsPosted];
    balanceMinor += inMinor - outMinor;
    return { day, balanceMinor, inMinor, outMinor };
  });
}
