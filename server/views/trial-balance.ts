import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

export interface TrialRow {
  readonly currency: string;
  readonly kind: string;
  readonly accounts: number;
  readonly debitsMinor: bigint;
  readonly creditsMinor: bigint;
  readonly pendingDebitsMinor: bigint;
  readonly pendingCreditsMinor: bigint;
}

/** What was dated after $1, by account: the way back from today's counters. */
const LATER = `
  later AS (
    SELECT id, sum(debit) AS debit, sum(credit) AS credit, sum(debit_held) AS debit_held, sum(credit_held) AS credit_held FROM (
      SELECT side.id, CASE WHEN side.debit THEN moved ELSE 0 END AS debit, CASE WHEN side.debit THEN 0 ELSE moved END AS credit,
             CASE WHEN side.debit THEN held ELSE 0 END AS debit_held, CASE WHEN side.debit THEN 0 ELSE held END AS credit_held
      FROM (SELECT debit_account, credit_account, CASE WHEN phase IN ('single', 'post') THEN amount_minor ELSE 0 END AS moved,
                   CASE phase WHEN 'single' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END AS held
            FROM transfers WHERE at > $1) t
      CROSS JOIN LATERAL (VALUES (t.debit_account, true), (t.credit_account, false)) AS side (id, debit)) entries
    GROUP BY id)`;

/**
 * The trial balance, now or at an instant: per currency and kind of account what was debited and credited until then. Over the whole
 * ledger both columns add up to the same at every instant, because both sides of a transfer have one date (`balances.ts`); a merchant's
 * part of it need not, because the other side of a transfer may be the platform's. The past is read backwards from today's counters, so
 * it costs what happened since.
 */
export async function trialBalance(db: Queryable, scope: Scope, at: Date | null = null): Promise<TrialRow[]> {
  const where = new Conditions();
  if (at) where.value(at);
  where.scope(scope, 'a');
  const less = (column: string, later: string) => `sum(a.${column}${at ? ` - coalesce(l.${later}, 0)` : ''})::bigint`;
  const text = `${at ? `WITH ${LATER}` : ''}
    SELECT a.currency, a.kind, count(*)::int AS accounts, ${less('debits_posted', 'debit')} AS "debitsMinor",
      ${less('credits_posted', 'credit')} AS "creditsMinor", ${less('debits_pending', 'debit_held')} AS "pendingDebitsMinor",
      ${less('credits_pending', 'credit_held')} AS "pendingCreditsMinor"
    FROM accounts a ${at ? 'LEFT JOIN later l ON l.id = a.id' : ''} WHERE ${where.where} GROUP BY a.currency, a.kind ORDER BY a.currency, a.kind`;
  const { rows } = await db.query<TrialRow>(prepared('trial-balance', text, where.values));
  return rows;
}
