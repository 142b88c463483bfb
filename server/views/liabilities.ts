import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** What a merchant owes by gift cards or store credit in one currency. */
export interface LiabilityRow {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly kind: LiabilityKind;
  readonly currency: string;
  /** What is owed now, and how much of it orders hold. */
  readonly outstandingMinor: bigint;
  readonly heldMinor: bigint;
  /** Since ever: what was issued, spent on orders, given back by refunds, taken back, and lapsed into breakage. */
  readonly issuedMinor: bigint;
  readonly redeemedMinor: bigint;
  readonly returnedMinor: bigint;
  readonly withdrawnMinor: bigint;
  readonly expiredMinor: bigint;
}

export type LiabilityKind = 'gift_card' | 'store_credit';

/** One month's movements of the same; months by UTC. */
export interface LiabilityMonth extends Omit<LiabilityRow, 'outstandingMinor' | 'heldMinor' | 'merchantName'> {
  /** "2026-11". */
  readonly month: string;
}

/** Cards that end in a month, and what they still hold. */
export interface EndingMonth {
  readonly merchantId: string;
  readonly currency: string;
  /** "2027-01", or null for cards that never end. */
  readonly month: string | null;
  readonly cards: number;
  readonly outstandingMinor: bigint;
}

export interface LiabilityReport {
  readonly rows: readonly LiabilityRow[];
  readonly months: readonly LiabilityMonth[];
  readonly endings: readonly EndingMonth[];
}

/** Posted transfers of the accounts, each with what it did. A post is a capture: money that left for an order. */
const MOVED = (where: string): string => `
  SELECT a.merchant_id, a.kind, a.currency, t.at,
         CASE t.kind WHEN 'gift_card_issue' THEN 'issued' WHEN 'store_credit_issue' THEN 'issued' WHEN 'gift_card_expiry' THEN 'expired'
           WHEN 'gift_card_void' THEN 'withdrawn' WHEN 'store_credit_deduction' THEN 'withdrawn'
           WHEN 'refund' THEN 'returned' WHEN 'capture' THEN 'redeemed' ELSE 'other' END AS what, t.amount_minor AS amount
  FROM accounts a JOIN transfers t ON t.debit_account = a.id AND t.phase IN ('single', 'post')
  WHERE a.kind IN ('gift_card', 'store_credit') AND ${where}
  UNION ALL
  SELECT a.merchant_id, a.kind, a.currency, t.at,
         CASE t.kind WHEN 'refund' THEN 'returned' WHEN 'gift_card_issue' THEN 'issued' WHEN 'store_credit_issue' THEN 'issued' ELSE 'other' END,
         t.amount_minor
  FROM accounts a JOIN transfers t ON t.credit_account = a.id AND t.phase IN ('single', 'post')
  WHERE a.kind IN ('gift_card', 'store_credit') AND ${where}`;

const SUMS = (['issued', 'redeemed', 'returned', 'withdrawn', 'expired'] as const)
  .map((what) => `COALESCE(sum(amount) FILTER (WHERE what = '${what}'), 0)::bigint AS "${what}Minor"`)
  .join(', ');

/** What merchants owe by gift cards and store credit, in one snapshot: now, by month, and when cards will end. */
export async function readLiabilities(db: Queryable, scope: Scope): Promise<LiabilityReport> {
  const where = new Conditions().scope(scope, 'a');
  const owed = await db.query<LiabilityRow>(
    prepared(
      'liabilities',
      `WITH moved AS (SELECT merchant_id, kind, currency, ${SUMS} FROM (${MOVED(where.where)}) x GROUP BY 1, 2, 3),
       owed AS (SELECT a.merchant_id, a.kind, a.currency, sum(a.credits_posted - a.debits_posted)::bigint AS outstanding,
                       sum(a.debits_pending)::bigint AS held
                FROM accounts a WHERE a.kind IN ('gift_card', 'store_credit') AND ${where.where} GROUP BY 1, 2, 3)
       SELECT o.merchant_id AS "merchantId", m.name AS "merchantName", o.kind, o.currency, o.outstanding AS "outstandingMinor", o.held AS "heldMinor",
              COALESCE(v."issuedMinor", 0) AS "issuedMinor", COALESCE(v."redeemedMinor", 0) AS "redeemedMinor",
              COALESCE(v."returnedMinor", 0) AS "returnedMinor", COALESCE(v."withdrawnMinor", 0) AS "withdrawnMinor",
              COALESCE(v."expiredMinor", 0) AS "expiredMinor"
       FROM owed o JOIN merchants m ON m.id = o.merchant_id
       LEFT JOIN moved v ON v.merchant_id = o.merchant_id AND v.kind = o.kind AND v.currency = o.currency
       ORDER BY m.name, o.kind, o.currency`,
      where.values,
    ),
  );
  const months = await db.query<LiabilityMonth>(
    prepared(
      'liabilities-by-month',
      `SELECT merchant_id AS "merchantId", kind, currency, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, ${SUMS}
       FROM (${MOVED(where.where)}) x GROUP BY 1, 2, 3, 4 ORDER BY 4 DESC, 2, 3, 1`,
      where.values,
    ),
  );
  return { rows: owed.rows, months: months.rows, endings: await readEndings(db, scope) };
}

async function readEndings(db: Queryable, scope: Scope): Promise<EndingMonth[]> {
  const where = new Conditions().scope(scope, 'g');
  const text = `SELECT g.merchant_id AS "merchantId", g.currency, to_char(g.expires_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
      count(*)::int AS cards, sum(a.credits_posted - a.debits_posted)::bigint AS "outstandingMinor"
    FROM gift_cards g JOIN accounts a ON a.id = g.account_id
    WHERE g.status IN ('active', 'frozen') AND a.credits_posted > a.debits_posted AND ${where.where}
    GROUP BY 1, 2, 3 ORDER BY 3 NULLS LAST, 2, 1`;
  const { rows } = await db.query<EndingMonth>(prepared('liabilities-endings', text, where.values));
  return rows;
}
