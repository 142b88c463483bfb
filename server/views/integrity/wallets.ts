import { type Invariant, TOUCHED_ACCOUNTS, timeInScope } from './invariant.ts';

/** The platform owes a customer what stands on the wallet's account, and on no other. */
const ACCOUNTS: Invariant = {
  id: 'wallets.accounts',
  group: 1,
  title:
    'Each wallet has its customer’s account in its currency, and a closed one holds nothing; it may owe what was charged back',
  sql: `
    SELECT 'wallet ' || w.id, CASE
      WHEN a.id IS NULL THEN 'has no account'
      WHEN c.id IS NULL THEN 'has no customer'
      WHEN a.kind <> 'wallet' OR a.normal_side <> 'credit' OR NOT a.limited THEN format('is kept on the account %s', a.code)
      WHEN a.customer_id IS DISTINCT FROM w.customer_id THEN 'is kept on another customer’s account'
      WHEN a.currency <> w.currency THEN format('is in %s, its account in %s', w.currency, a.currency)
      ELSE format('is closed with %s on it', a.credits_posted - a.debits_posted) END
    FROM wallets w LEFT JOIN accounts a ON a.id = w.account_id LEFT JOIN customers c ON c.id = w.customer_id
    WHERE a.id IS NULL OR c.id IS NULL OR a.kind <> 'wallet' OR a.normal_side <> 'credit' OR NOT a.limited
      OR a.customer_id IS DISTINCT FROM w.customer_id OR a.currency <> w.currency
      OR (w.status = 'closed' AND (a.credits_posted > a.debits_posted OR a.debits_pending <> 0 OR a.credits_pending <> 0)
          AND NOT EXISTS (SELECT FROM wallets o WHERE o.account_id = w.account_id AND o.status <> 'closed'))`,
};

const TRANSFERS: Invariant = {
  id: 'wallets.transfers',
  group: 1,
  title: 'What customers sent each other is what the ledger moved between their wallets',
  sql: `
    WITH ${TOUCHED_ACCOUNTS}
    SELECT 'transfer ' || w.id, CASE
      WHEN t.id IS NULL THEN 'is not in the ledger'
      WHEN t.amount_minor <> w.amount_minor OR t.currency <> w.currency
        THEN format('%s %s, the ledger moved %s %s', w.currency, w.amount_minor, t.currency, t.amount_minor)
      ELSE 'is between other accounts in the ledger' END
    FROM wallet_transfers w LEFT JOIN transfers t ON t.id = w.id
    LEFT JOIN wallets f ON f.id = w.from_wallet LEFT JOIN wallets o ON o.id = w.to_wallet
    WHERE ${timeInScope('w.at')} AND (t.id IS NULL OR t.amount_minor <> w.amount_minor OR t.currency <> w.currency
      OR t.debit_account IS DISTINCT FROM f.account_id OR t.credit_account IS DISTINCT FROM o.account_id
      OR f.customer_id IS DISTINCT FROM w.from_customer OR o.customer_id IS DISTINCT FROM w.to_customer)
    UNION ALL
    SELECT 'transfer ' || t.id, 'between two wallets, and nobody sent it'
    FROM touched a JOIN transfers t ON t.debit_account = a.id AND t.debit_version > a.since
    WHERE t.kind = 'p2p' AND NOT EXISTS (SELECT FROM wallet_transfers w WHERE w.id = t.id)`,
};

/**
 * What counts against a limit is at least what was sent in the period, and at most everything that left the account since a day before it
 * began: a clock may have been behind.
 */
const USAGE: Invariant = {
  id: 'wallets.usage',
  group: 1,
  title: 'What counts against a wallet’s limits is what left it',
  sql: `
    WITH looked AS (SELECT * FROM wallets w WHERE ($3::uuid[] IS NULL OR w.account_id = ANY($3::uuid[]))),
    counted AS (
      SELECT w.id, w.day_out_minor, w.month_out_minor,
        (SELECT coalesce(sum(t.amount_minor), 0) FROM wallet_transfers t WHERE t.from_wallet = w.id AND t.counted_on = w.day) AS day_sent,
        (SELECT coalesce(sum(t.amount_minor), 0) FROM wallet_transfers t WHERE t.from_wallet = w.id AND t.counted_on BETWEEN w.month AND w.day)
          AS month_sent,
        (SELECT coalesce(sum(t.amount_minor), 0) FROM transfers t WHERE t.debit_account = w.account_id AND t.phase IN ('single', 'pending')
           AND t.at >= (w.month - 1)::timestamp AT TIME ZONE 'UTC') AS left_it
      FROM looked w)
    SELECT 'wallet ' || id, CASE
      WHEN day_out_minor < day_sent THEN format('counts %s today, %s were sent', day_out_minor, day_sent)
      WHEN month_out_minor < month_sent THEN format('counts %s this month, %s were sent', month_out_minor, month_sent)
      ELSE format('counts %s this month, %s left its account', month_out_minor, left_it) END
    FROM counted WHERE day_out_minor < day_sent OR month_out_minor < month_sent OR month_out_minor > left_it`,
};

const REQUESTS: Invariant = {
  id: 'wallets.requests',
  group: 1,
  title: 'A request for money is paid by one transfer, of its amount, from who was asked to who asked',
  sql: `
    SELECT 'request ' || r.id, CASE WHEN t.id IS NULL THEN 'is paid without a transfer' ELSE 'was paid by a transfer of another request' END
    FROM money_requests r LEFT JOIN wallet_transfers t ON t.id = r.transfer_id
    WHERE r.status = 'paid' AND ${timeInScope('r.decided_at')}
      AND (t.id IS NULL OR t.request_id IS DISTINCT FROM r.id OR t.amount_minor <> r.amount_minor OR t.currency <> r.currency
        OR t.from_customer <> r.payer_id OR t.to_customer <> r.requester_id)
    UNION ALL
    SELECT 'transfer ' || t.id, 'pays a request that does not name it'
    FROM wallet_transfers t LEFT JOIN money_requests r ON r.id = t.request_id
    WHERE t.request_id IS NOT NULL AND ${timeInScope('t.at')} AND r.transfer_id IS DISTINCT FROM t.id`,
};

/** Group 1: customers' wallets agree with the ledger. */
export const WALLET_INVARIANTS: readonly Invariant[] = [ACCOUNTS, TRANSFERS, USAGE, REQUESTS];
