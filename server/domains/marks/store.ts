import type { Tx } from '../../platform/db.ts';

/**
 * Adds up to `limit` marks that are due, each over the next `every` entries of an account. An account's version and the transfers up to
 * it are committed together, and no transfer changes after that, so what is added up here stays true. Returns how many were added.
 */
export async function insertDueMarks(tx: Tx, every: number, limit: number): Promise<number> {
  const { rowCount } = await tx.query({
    name: 'marks-insert-due',
    text: `
      WITH due AS (
        SELECT a.id, upto - $1::bigint AS since, upto
        FROM accounts a
        CROSS JOIN LATERAL (SELECT coalesce(max(m.version), 0) AS version FROM account_marks m WHERE m.account_id = a.id) marked
        CROSS JOIN LATERAL generate_series(marked.version + $1::bigint, a.version, $1::bigint) upto
        WHERE a.version >= $1::bigint
        LIMIT $2)
      INSERT INTO account_marks (account_id, version, since_version, first_at, last_at, debits_posted, credits_posted, debits_pending, credits_pending)
      SELECT d.id, d.upto, d.since, min(e.at), max(e.at), sum(e.debit), sum(e.credit), sum(e.debit_held), sum(e.credit_held)
      FROM due d CROSS JOIN LATERAL (
        SELECT at, CASE WHEN phase IN ('single', 'post') THEN amount_minor ELSE 0 END AS debit, 0 AS credit,
               CASE phase WHEN 'single' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END AS debit_held, 0 AS credit_held
        FROM transfers WHERE debit_account = d.id AND debit_version > d.since AND debit_version <= d.upto
        UNION ALL
        SELECT at, 0, CASE WHEN phase IN ('single', 'post') THEN amount_minor ELSE 0 END,
               0, CASE phase WHEN 'single' THEN 0 WHEN 'pending' THEN amount_minor ELSE -amount_minor END
        FROM transfers WHERE credit_account = d.id AND credit_version > d.since AND credit_version <= d.upto) e
      GROUP BY d.id, d.upto, d.since
      ON CONFLICT DO NOTHING`,
    values: [every, limit],
  });
  return rowCount ?? 0;
}
