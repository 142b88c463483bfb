import { type Invariant, TOUCHED_ACCOUNTS } from './invariant.ts';

/** Posted amounts are those of single and post transfers; pending and void rows only touch what is held. */
const POSTED = `t.phase IN ('single', 'post')`;

const BALANCED: Invariant = {
  id: 'ledger.balanced',
  group: 1,
  title: 'Per currency, debits equal credits, and no transfer crosses currencies',
  sql: `
    WITH ${TOUCHED_ACCOUNTS},
    recent AS (
      SELECT t.id, t.currency, a.currency AS account_currency, a.code
      FROM touched a JOIN transfers t ON t.debit_account = a.id AND t.debit_version > a.since
      UNION ALL
      SELECT t.id, t.currency, a.currency, a.code
      FROM touched a JOIN transfers t ON t.credit_account = a.id AND t.credit_version > a.since)
    SELECT currency, format('debits %s, credits %s, debits held %s, credits held %s', sum(debits_posted), sum(credits_posted),
                            sum(debits_pending), sum(credits_pending))
    FROM accounts GROUP BY currency
    HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)
    UNION ALL
    SELECT 'transfer ' || id, format('%s on the %s account %s', currency, account_currency, code)
    FROM recent WHERE currency <> account_currency`,
};

const COUNTERS: Invariant = {
  id: 'ledger.counters',
  group: 1,
  title: 'Each account’s posted counters equal its transfers',
  fullOnly: true,
  sql: `
    WITH sums AS (
      SELECT account_id, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT t.debit_account AS account_id, t.amount_minor AS debit, 0 AS credit FROM transfers t WHERE ${POSTED}
        UNION ALL
        SELECT t.credit_account, 0, t.amount_minor FROM transfers t WHERE ${POSTED}) entries
      GROUP BY account_id)
    SELECT 'account ' || a.code, format('debits %s, transfers say %s; credits %s, transfers say %s', a.debits_posted,
                                        COALESCE(s.debits, 0), a.credits_posted, COALESCE(s.credits, 0))
    FROM accounts a LEFT JOIN sums s ON s.account_id = a.id
    WHERE a.debits_posted <> COALESCE(s.debits, 0) OR a.credits_posted <> COALESCE(s.credits, 0)`,
};

const HELD_COUNTERS: Invariant = {
  id: 'ledger.held_counters',
  group: 1,
  title: 'Each account’s pending counters equal its open holds',
  sql: `
    WITH sums AS (
      SELECT account_id, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT h.debit_account AS account_id, h.remaining_minor AS debit, 0 AS credit FROM holds h WHERE h.status = 'open'
        UNION ALL
        SELECT h.credit_account, 0, h.remaining_minor FROM holds h WHERE h.status = 'open') entries
      GROUP BY account_id)
    SELECT 'account ' || a.code, format('debits held %s, holds say %s; credits held %s, holds say %s', a.debits_pending,
                                        COALESCE(s.debits, 0), a.credits_pending, COALESCE(s.credits, 0))
    FROM accounts a LEFT JOIN sums s ON s.account_id = a.id
    WHERE a.debits_pending <> COALESCE(s.debits, 0) OR a.credits_pending <> COALESCE(s.credits, 0)`,
};

/** Incrementally by induction: the last verified row anchors the chain, the newest row meets the account's counters. */
const CHAIN: Invariant = {
  id: 'ledger.chain',
  group: 1,
  title: 'Each account’s versions have no gap and its running balances add up',
  sql: `
    WITH ${TOUCHED_ACCOUNTS},
    entries AS (
      SELECT a.id AS account_id, t.debit_version AS version, t.debit_balance_minor AS balance,
             CASE WHEN ${POSTED} THEN CASE a.normal_side WHEN 'debit' THEN t.amount_minor ELSE -t.amount_minor END ELSE 0 END AS delta
      FROM touched a JOIN transfers t ON t.debit_account = a.id AND t.debit_version >= a.since
      UNION ALL
      SELECT a.id, t.credit_version, t.credit_balance_minor,
             CASE WHEN ${POSTED} THEN CASE a.normal_side WHEN 'credit' THEN t.amount_minor ELSE -t.amount_minor END ELSE 0 END
      FROM touched a JOIN transfers t ON t.credit_account = a.id AND t.credit_version >= a.since),
    chain AS (
      SELECT account_id, version, balance, delta, lag(version) OVER w AS previous_version, lag(balance) OVER w AS previous_balance,
             lead(version) OVER w IS NULL AS newest
      FROM entries WINDOW w AS (PARTITION BY account_id ORDER BY version)),
    broken AS (
      SELECT a.code, c.version, CASE
        WHEN c.previous_version IS NULL AND a.since = 0 AND c.version <> 1 THEN 'the history does not start at version 1'
        WHEN c.previous_version IS NULL AND a.since > 0 AND c.version <> a.since THEN 'the last verified transfer is gone'
        WHEN c.previous_version IS NULL AND a.since = 0 AND c.balance <> c.delta THEN 'the first balance is not its amount'
        WHEN c.version <> c.previous_version + 1 THEN format('follows version %s', c.previous_version)
        WHEN c.balance <> c.previous_balance + c.delta
          THEN format('balance %s is not %s + %s', c.balance, c.previous_balance, c.delta)
        WHEN c.newest AND c.version <> a.version THEN format('is the newest, the account says version %s', a.version)
        WHEN c.newest AND c.balance <> a.balance THEN format('balance %s, the account says %s', c.balance, a.balance)
        END AS detail
      FROM chain c JOIN touched a ON a.id = c.account_id
      UNION ALL
      SELECT a.code, a.version, 'has no transfers'
      FROM touched a WHERE a.version > 0 AND NOT EXISTS (SELECT FROM entries e WHERE e.account_id = a.id))
    SELECT 'account ' || code || ' version ' || version, detail FROM broken WHERE detail IS NOT NULL`,
};

const LIMITS: Invariant = {
  id: 'ledger.limits',
  group: 1,
  title: 'No limited account is below its limit, holds included',
  sql: `
    SELECT 'account ' || code, format('available %s, limit %s', available, -(credit_limit_minor + overdraft_minor))
    FROM (SELECT *, CASE normal_side WHEN 'credit' THEN credits_posted - debits_posted - debits_pending
                                     ELSE debits_posted - credits_posted - credits_pending END AS available
          FROM accounts WHERE limited) a
    WHERE available < -(credit_limit_minor + overdraft_minor)`,
};

/** A hold is the projection of its pending transfer and of the posts and voids that name it. */
const HOLDS: Invariant = {
  id: 'ledger.holds',
  group: 1,
  title: 'Each hold equals its pending transfer less what was posted and voided',
  sql: `
    WITH looked AS (
      SELECT h.* FROM holds h WHERE $1::uuid[] IS NULL OR h.order_id = ANY($1::uuid[]) OR h.order_id IS NULL),
    used AS (
      SELECT t.hold_id, sum(t.amount_minor) AS amount, count(*) FILTER (WHERE t.phase = 'void') AS voids,
             bool_or(t.debit_account <> h.debit_account OR t.credit_account <> h.credit_account) AS elsewhere
      FROM transfers t JOIN looked h ON h.id = t.hold_id
      WHERE t.phase IN ('post', 'void') AND ($1::uuid[] IS NULL OR t.order_id IS NULL OR t.order_id = ANY($1::uuid[]))
      GROUP BY t.hold_id),
    broken AS (
      SELECT h.id, CASE
        WHEN p.id IS NULL OR p.phase <> 'pending' THEN 'has no pending transfer'
        WHEN p.amount_minor <> h.amount_minor THEN format('is over %s, its pending transfer over %s', h.amount_minor, p.amount_minor)
        WHEN p.debit_account <> h.debit_account OR p.credit_account <> h.credit_account THEN 'names other accounts than its pending transfer'
        WHEN u.elsewhere THEN 'was posted or voided on other accounts'
        WHEN h.amount_minor - COALESCE(u.amount, 0) <> h.remaining_minor
          THEN format('%s of %s used, yet %s remain', COALESCE(u.amount, 0), h.amount_minor, h.remaining_minor)
        WHEN h.status = 'open' AND h.remaining_minor = 0 THEN 'is open with nothing left'
        WHEN h.status <> 'open' AND h.remaining_minor > 0 THEN format('is %s with %s left', h.status, h.remaining_minor)
        WHEN h.status = 'voided' AND COALESCE(u.voids, 0) = 0 THEN 'is voided without a void'
        END AS detail
      FROM looked h LEFT JOIN transfers p ON p.id = h.id LEFT JOIN used u ON u.hold_id = h.id
      UNION ALL
      SELECT t.id, 'is pending without a hold'
      FROM transfers t
      WHERE t.phase = 'pending' AND ($1::uuid[] IS NULL OR t.order_id = ANY($1::uuid[]))
        AND NOT EXISTS (SELECT FROM holds h WHERE h.id = t.id))
    SELECT 'hold ' || id, detail FROM broken WHERE detail IS NOT NULL`,
};

/** Marks only save reading: each follows the one before it and says of its stretch what the transfers say. */
const MARKS: Invariant = {
  id: 'ledger.marks',
  group: 1,
  title: 'Each account’s marks follow one another and equal the transfers they cover',
  fullOnly: true,
  sql: `
    WITH marks AS (
      SELECT m.*, lag(m.version, 1, 0::bigint) OVER (PARTITION BY m.account_id ORDER BY m.version) AS before FROM account_marks m),
    sums AS (
      SELECT m.account_id, m.version, count(e.at) AS entries, min(e.at) AS first_at, max(e.at) AS last_at,
             sum(e.posted) FILTER (WHERE e.side = 'debit') AS debits, sum(e.posted) FILTER (WHERE e.side = 'credit') AS credits,
             sum(e.pending) FILTER (WHERE e.side = 'debit') AS debits_held, sum(e.pending) FILTER (WHERE e.side = 'credit') AS credits_held
      FROM marks m LEFT JOIN LATERAL (
        SELECT t.at, s.side, CASE WHEN ${POSTED} THEN t.amount_minor ELSE 0 END AS posted,
               t.amount_minor * CASE t.phase WHEN 'pending' THEN 1 WHEN 'single' THEN 0 ELSE -1 END AS pending
        FROM transfers t, (VALUES ('debit'), ('credit')) s (side)
        WHERE (s.side = 'debit' AND t.debit_account = m.account_id AND t.debit_version > m.since_version AND t.debit_version <= m.version)
           OR (s.side = 'credit' AND t.credit_account = m.account_id AND t.credit_version > m.since_version AND t.credit_version <= m.version)
      ) e ON true
      GROUP BY m.account_id, m.version)
    SELECT 'account ' || COALESCE(a.code, m.account_id::text) || ' mark ' || m.version, CASE
      WHEN m.since_version <> m.before THEN format('begins after version %s, the one before it ends at %s', m.since_version, m.before)
      WHEN s.entries <> m.version - m.since_version THEN format('covers %s entries, not %s', s.entries, m.version - m.since_version)
      WHEN s.first_at <> m.first_at OR s.last_at <> m.last_at THEN 'its entries are of another time'
      ELSE format('debits %s, transfers say %s; credits %s, transfers say %s; or what is held', m.debits_posted, s.debits, m.credits_posted, s.credits)
      END
    FROM marks m JOIN sums s USING (account_id, version) LEFT JOIN accounts a ON a.id = m.account_id
    WHERE m.since_version <> m.before OR s.entries <> m.version - m.since_version OR s.first_at <> m.first_at OR s.last_at <> m.last_at
       OR m.debits_posted <> COALESCE(s.debits, 0) OR m.credits_posted <> COALESCE(s.credits, 0)
       OR m.debits_pending <> COALESCE(s.debits_held, 0) OR m.credits_pending <> COALESCE(s.credits_held, 0)`,
};

/** Group 1: the ledger agrees with itself. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [BALANCED, COUNTERS, HELD_COUNTERS, CHAIN, LIMITS, HOLDS, MARKS];
