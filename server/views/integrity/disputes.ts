import { type Invariant, orderInScope } from './invariant.ts';

/** What is booked of a dispute under its number: the loss and the fee, net. What was set off left the loss again, for the customer's account. */
const BOOKED: Invariant = {
  id: 'disputes.booked',
  group: 4,
  title: 'Each dispute is booked as it stands: nothing of one that was won, all of one that was lost, and its fee',
  sql: `
    WITH entries AS (
      SELECT t.order_id, t.reference, t.kind, d.kind AS debit, c.kind AS credit, t.amount_minor AS amount
      FROM transfers t JOIN accounts d ON d.id = t.debit_account JOIN accounts c ON c.id = t.credit_account
      WHERE t.order_id IS NOT NULL AND t.kind IN ('chargeback', 'chargeback_won', 'chargeback_fee', 'dispute_set_off') AND ${orderInScope('t.order_id')}),
    sums AS (
      SELECT order_id, reference,
             sum(CASE WHEN kind = 'dispute_set_off' THEN 0 WHEN debit = 'chargebacks' THEN amount WHEN credit = 'chargebacks' THEN -amount ELSE 0 END) AS taken,
             sum(CASE WHEN debit = 'dispute_fees' THEN amount WHEN credit = 'dispute_fees' THEN -amount ELSE 0 END) AS fee,
             sum(CASE WHEN kind <> 'dispute_set_off' THEN 0 WHEN credit = 'chargebacks' THEN amount ELSE -amount END) AS set_off
      FROM entries GROUP BY 1, 2),
    stands AS (
      SELECT *, CASE WHEN status IN ('lost', 'accepted') THEN amount_minor WHEN status IN ('open', 'submitted') THEN taken_minor ELSE 0 END AS due
      FROM disputes WHERE ${orderInScope('order_id')})
    SELECT 'dispute ' || COALESCE(d.number, s.reference),
           format('%s: %s are due of it, %s are booked; a fee of %s, booked %s; set off %s, booked %s', COALESCE(d.status, 'unknown'), COALESCE(d.due, 0),
                  COALESCE(s.taken, 0), COALESCE(d.fee_minor - d.fee_back_minor, 0), COALESCE(s.fee, 0), COALESCE(d.set_off_minor, 0), COALESCE(s.set_off, 0))
    FROM stands d FULL JOIN sums s ON s.reference = d.number
    WHERE COALESCE(d.due, 0) <> COALESCE(s.taken, 0) OR COALESCE(d.taken_minor, 0) <> COALESCE(s.taken, 0)
       OR COALESCE(d.fee_minor - d.fee_back_minor, 0) <> COALESCE(s.fee, 0) OR COALESCE(d.set_off_minor, 0) <> COALESCE(s.set_off, 0)`,
};

/** What of a payment is not there to be refunded. */
const PAYMENTS: Invariant = {
  id: 'disputes.payments',
  group: 4,
  title: 'What is disputed of each payment is what its disputes took',
  sql: `
    WITH taken AS (
      SELECT payment_id, sum(taken_minor) AS amount FROM disputes WHERE ${orderInScope('order_id')} GROUP BY 1)
    SELECT 'payment ' || p.id, format('disputed %s, its disputes took %s', p.disputed_minor, COALESCE(t.amount, 0))
    FROM payments p LEFT JOIN taken t ON t.payment_id = p.id
    WHERE ${orderInScope('p.order_id')} AND (p.disputed_minor <> 0 OR t.payment_id IS NOT NULL) AND p.disputed_minor <> COALESCE(t.amount, 0)`,
};

/** Nothing more leaves for somebody who takes the money back. */
const HOLDS: Invariant = {
  id: 'disputes.holds',
  group: 3,
  title: 'What waits of an order with a dispute is held, and nothing is held for one that is over',
  sql: `
    WITH stopping AS (
      SELECT DISTINCT order_id FROM disputes WHERE status IN ('open', 'submitted', 'lost', 'accepted') AND ${orderInScope('order_id')})
    SELECT 'order ' || o.number, CASE WHEN s.order_id IS NULL THEN 'is held for a dispute that it has not' ELSE 'has a dispute and units that wait, and is not held' END
    FROM orders o LEFT JOIN stopping s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND (s.order_id IS NOT NULL OR 'dispute' = ANY (o.holds))
      AND ((s.order_id IS NULL) OR (NOT 'dispute' = ANY (o.holds)
           AND EXISTS (SELECT FROM line_spans p WHERE p.order_id = o.id AND p.state IN ('open', 'backordered', 'allocated'))))`,
};

export const DISPUTE_INVARIANTS: readonly Invariant[] = [BOOKED, PAYMENTS, HOLDS];
