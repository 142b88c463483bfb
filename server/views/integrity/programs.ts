import { type Invariant, TOUCHED_ACCOUNTS } from './invariant.ts';

const PROGRAM = `kind IN ('program', 'program_funding')`;

/** Nothing comes into a merchant's programs, or leaves them, but by what they are funded from. */
const AMONG_THEMSELVES: Invariant = {
  id: 'ledger.programs',
  group: 1,
  title: 'A merchant’s programs trade among themselves, and together come to zero',
  sql: `
    WITH ${TOUCHED_ACCOUNTS},
    recent AS (
      SELECT t.id, t.debit_account, t.credit_account FROM touched a JOIN accounts p ON p.id = a.id AND p.${PROGRAM}
      JOIN transfers t ON t.debit_account = a.id AND t.debit_version > a.since
      UNION
      SELECT t.id, t.debit_account, t.credit_account FROM touched a JOIN accounts p ON p.id = a.id AND p.${PROGRAM}
      JOIN transfers t ON t.credit_account = a.id AND t.credit_version > a.since)
    SELECT 'transfer ' || r.id, format('leads from %s to %s', d.code, c.code)
    FROM recent r JOIN accounts d ON d.id = r.debit_account JOIN accounts c ON c.id = r.credit_account
    WHERE NOT d.${PROGRAM} OR NOT c.${PROGRAM} OR d.merchant_id IS DISTINCT FROM c.merchant_id
    UNION ALL
    SELECT 'account ' || code, format('belongs to merchant %s', merchant_id)
    FROM accounts WHERE ${PROGRAM} AND code NOT LIKE kind || ':' || COALESCE(merchant_id::text, '') || ':%'
    UNION ALL
    SELECT format('programs of %s in %s', merchant_id, currency),
           format('debits %s, credits %s, debits held %s, credits held %s', sum(debits_posted), sum(credits_posted), sum(debits_pending),
                  sum(credits_pending))
    FROM accounts WHERE ${PROGRAM} GROUP BY merchant_id, currency
    HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)`,
};

/** Group 1: what merchants post themselves stays theirs. */
export const PROGRAM_INVARIANTS: readonly Invariant[] = [AMONG_THEMSELVES];
