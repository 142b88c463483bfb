import type { Invariant } from './invariant.ts';

/** Gift cards and store credit: a row says what an account is, and the account what it is worth. */
const ACCOUNTS: Invariant = {
  id: 'tenders.accounts',
  group: 1,
  title: 'Each gift card and store credit has its merchant’s account in its currency, and none of these accounts is nobody’s',
  sql: `
    SELECT 'gift card ' || g.id, CASE WHEN a.id IS NULL THEN 'has no account' ELSE format('is kept on the account %s', a.code) END
    FROM gift_cards g LEFT JOIN accounts a ON a.id = g.account_id
    WHERE a.id IS NULL OR a.kind <> 'gift_card' OR a.merchant_id IS DISTINCT FROM g.merchant_id OR a.currency <> g.currency OR NOT a.limited
    UNION ALL
    SELECT 'store credit ' || s.id, CASE WHEN a.id IS NULL THEN 'has no account' ELSE format('is kept on the account %s', a.code) END
    FROM store_credits s LEFT JOIN accounts a ON a.id = s.id
    WHERE a.id IS NULL OR a.kind <> 'store_credit' OR a.merchant_id IS DISTINCT FROM s.merchant_id OR a.currency <> s.currency
      OR a.customer_id IS DISTINCT FROM s.customer_id OR NOT a.limited
    UNION ALL
    SELECT 'account ' || a.code, 'moved money and is nobody’s'
    FROM accounts a WHERE a.version > 0
      AND (a.kind = 'gift_card' AND NOT EXISTS (SELECT FROM gift_cards g WHERE g.account_id = a.id)
        OR a.kind = 'store_credit' AND NOT EXISTS (SELECT FROM store_credits s WHERE s.id = a.id))`,
};

const ISSUED: Invariant = {
  id: 'tenders.issued',
  group: 1,
  title: 'Each gift card was issued once, for its amount, and one that waits for a second person never',
  fullOnly: true,
  sql: `
    WITH issued AS (
      SELECT g.id, g.status, g.initial_minor, COALESCE(sum(t.amount_minor), 0) AS amount
      FROM gift_cards g LEFT JOIN transfers t ON t.credit_account = g.account_id AND t.kind = 'gift_card_issue' AND t.phase = 'single'
      GROUP BY g.id, g.status, g.initial_minor)
    SELECT 'gift card ' || id, format('is %s over %s, %s were put on it', status, initial_minor, amount)
    FROM issued WHERE CASE status WHEN 'awaiting_approval' THEN amount <> 0 WHEN 'void' THEN amount NOT IN (0, initial_minor)
      ELSE amount <> initial_minor END`,
};

const ENDED: Invariant = {
  id: 'tenders.ended',
  group: 1,
  title: 'A gift card that is over has nothing on it but what orders hold',
  sql: `
    SELECT 'gift card ' || g.id, format('is %s with %s on it, %s of them held', g.status, a.credits_posted - a.debits_posted, a.debits_pending)
    FROM gift_cards g JOIN accounts a ON a.id = g.account_id
    WHERE g.status IN ('void', 'expired', 'awaiting_approval') AND a.credits_posted - a.debits_posted <> a.debits_pending`,
};

export const TENDER_INVARIANTS: readonly Invariant[] = [ACCOUNTS, ISSUED, ENDED];
