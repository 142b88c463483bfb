import type { Invariant } from './invariant.ts';

/** What each hold became: how much of it was posted, and what is left of it. */
const HELD = `held AS (
  SELECT h.id, h.status, h.amount_minor, COALESCE((SELECT sum(t.amount_minor) FROM transfers t WHERE t.hold_id = h.id AND t.phase = 'post'), 0) AS posted
  FROM holds h WHERE h.id IN (SELECT hold_id FROM top_ups WHERE hold_id IS NOT NULL UNION ALL SELECT hold_id FROM payouts))`;

const TOP_UPS: Invariant = {
  id: 'rails.top_ups',
  group: 4,
  title: 'Each top up by card is in the wallet exactly when it succeeded, and expected while it may',
  fullOnly: true,
  sql: `
    WITH ${HELD}
    SELECT 'top up ' || u.id, format('%s, credited %s; its hold is %s with %s posted', u.status, u.credited_minor, COALESCE(h.status, 'missing'), COALESCE(h.posted, 0))
    FROM top_ups u LEFT JOIN held h ON h.id = u.hold_id
    WHERE u.method = 'card' AND NOT COALESCE(CASE u.status
      WHEN 'succeeded' THEN h.status = 'posted' AND h.posted = u.credited_minor AND u.credited_minor > 0
      WHEN 'failed' THEN h.status = 'voided' AND h.posted = 0 AND u.credited_minor = 0
      ELSE h.status = 'open' AND h.posted = 0 AND h.amount_minor = u.amount_minor AND u.credited_minor = 0 END, false)`,
};

const PAYOUTS: Invariant = {
  id: 'rails.payouts',
  group: 4,
  title: 'Each payout has left the books exactly when it arrived, and is held while it may',
  fullOnly: true,
  sql: `
    WITH ${HELD},
    back AS (SELECT reference, sum(amount_minor) AS amount FROM transfers WHERE kind IN ('withdrawal_returned', 'payout_returned') GROUP BY reference)
    SELECT 'payout ' || p.id, format('%s over %s; its hold is %s with %s posted, %s came back', p.status, p.amount_minor, COALESCE(h.status, 'missing'),
                                     COALESCE(h.posted, 0), COALESCE(b.amount, 0))
    FROM payouts p LEFT JOIN held h ON h.id = p.hold_id LEFT JOIN back b ON b.reference = p.bank_ref
    WHERE NOT COALESCE(CASE
      WHEN p.status = 'settled' THEN h.status = 'posted' AND h.posted = p.amount_minor AND b.amount IS NULL
      WHEN p.status = 'returned' THEN h.status = 'posted' AND h.posted = p.amount_minor AND b.amount = p.amount_minor
      WHEN p.status IN ('rejected', 'cancelled') THEN h.status = 'voided' AND h.posted = 0 AND b.amount IS NULL
      ELSE h.status = 'open' AND h.amount_minor = p.amount_minor AND b.amount IS NULL END, false)`,
};

const PAY_INS: Invariant = {
  id: 'rails.pay_ins',
  group: 4,
  title: 'Each transfer to us is booked once, where its row says, and taken out again when the bank took it back',
  fullOnly: true,
  sql: `
    WITH booked AS (
      SELECT t.reference, COALESCE(sum(t.amount_minor) FILTER (WHERE d.kind = 'bank_clearing'), 0) AS came,
             COALESCE(sum(t.amount_minor) FILTER (WHERE c.kind = 'bank_clearing'), 0) AS went,
             COALESCE(sum(CASE WHEN c.kind = 'wallet' THEN t.amount_minor END), 0) AS to_wallet
      FROM transfers t JOIN accounts d ON d.id = t.debit_account JOIN accounts c ON c.id = t.credit_account
      WHERE t.kind IN ('top_up', 'pay_in_unknown', 'pay_in_returned', 'top_up_returned') AND t.phase = 'single' AND t.reference IS NOT NULL
      GROUP BY t.reference)
    SELECT 'transfer ' || p.bank_ref, format('%s over %s; %s came, %s to a wallet, %s went', p.booked, p.amount_minor, COALESCE(b.came, 0),
                                             COALESCE(b.to_wallet, 0), COALESCE(b.went, 0))
    FROM (SELECT *, why IN ('withdrawal_returned', 'chargeback_won') IS TRUE AS back FROM bank_pay_ins) p
    LEFT JOIN booked b ON b.reference = p.bank_ref
    WHERE NOT CASE CASE WHEN p.back THEN 'back' ELSE p.booked END
      WHEN 'nothing' THEN COALESCE(b.came, 0) = 0
      WHEN 'back' THEN COALESCE(b.came, 0) = 0 AND COALESCE(b.to_wallet, 0) = CASE p.booked WHEN 'wallet' THEN p.amount_minor ELSE 0 END
      WHEN 'wallet' THEN COALESCE(b.came, 0) = p.amount_minor AND b.to_wallet = p.amount_minor AND b.went = 0
      WHEN 'suspense' THEN COALESCE(b.came, 0) = p.amount_minor AND b.to_wallet = 0 AND b.went = 0
      ELSE COALESCE(b.came, 0) = p.amount_minor AND b.went = p.amount_minor END`,
};

const DISPUTES: Invariant = {
  id: 'rails.disputes',
  group: 4,
  title: 'What cardholders’ banks took back is debited once, and given back exactly when it was won',
  fullOnly: true,
  sql: `
    WITH said AS (
      SELECT u.provider_ref AS reference, sum(d.amount_minor) AS taken, COALESCE(sum(d.amount_minor) FILTER (WHERE d.status = 'won'), 0) AS won
      FROM top_up_disputes d JOIN top_ups u ON u.id = d.top_up_id GROUP BY u.provider_ref),
    booked AS (
      SELECT reference, COALESCE(sum(amount_minor) FILTER (WHERE kind = 'chargeback'), 0) AS taken,
             COALESCE(sum(amount_minor) FILTER (WHERE kind = 'chargeback_won'), 0) AS won
      FROM transfers WHERE kind IN ('chargeback', 'chargeback_won') AND order_id IS NULL GROUP BY reference)
    SELECT 'payment ' || COALESCE(s.reference, b.reference), format('taken back %s, booked %s; won %s, booked %s', COALESCE(s.taken, 0),
                                                                    COALESCE(b.taken, 0), COALESCE(s.won, 0), COALESCE(b.won, 0))
    FROM said s FULL JOIN booked b ON b.reference = s.reference
    WHERE COALESCE(s.taken, 0) <> COALESCE(b.taken, 0) OR COALESCE(s.won, 0) <> COALESCE(b.won, 0)`,
};

const CAME_BACK: Invariant = {
  id: 'rails.came_back',
  group: 4,
  title: 'What came back for a closed wallet waits in suspense under a row of the work list',
  fullOnly: true,
  sql: `
    WITH kept AS (
      SELECT COALESCE(u.provider_ref, p.bank_ref) AS reference, sum(p.amount_minor) AS amount
      FROM bank_pay_ins p LEFT JOIN top_up_disputes d ON p.why = 'chargeback_won' AND d.provider_ref = p.bank_ref
      LEFT JOIN top_ups u ON u.id = d.top_up_id
      WHERE p.why IN ('withdrawal_returned', 'chargeback_won') GROUP BY 1),
    booked AS (
      SELECT t.reference, sum(t.amount_minor) AS amount FROM transfers t JOIN accounts c ON c.id = t.credit_account AND c.kind = 'suspense'
      WHERE t.kind IN ('withdrawal_returned', 'chargeback_won') GROUP BY t.reference)
    SELECT 'payment ' || COALESCE(k.reference, b.reference), format('%s on the work list, %s in suspense', COALESCE(k.amount, 0), COALESCE(b.amount, 0))
    FROM kept k FULL JOIN booked b ON b.reference = k.reference WHERE COALESCE(k.amount, 0) <> COALESCE(b.amount, 0)`,
};

/** Group 4, at the edge of the house: money on its way into and out of wallets, and out to merchants. */
export const RAIL_INVARIANTS: readonly Invariant[] = [TOP_UPS, PAYOUTS, PAY_INS, DISPUTES, CAME_BACK];
