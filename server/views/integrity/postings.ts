import { type Invariant, orderInScope } from './invariant.ts';

/** Posted entries of orders with the kind of account on each side. */
const ENTRIES = `entries AS (
  SELECT t.order_id, t.payment_id, t.phase, t.kind, t.amount_minor AS amount, d.kind AS debit, c.kind AS credit
  FROM transfers t JOIN accounts d ON d.id = t.debit_account JOIN accounts c ON c.id = t.credit_account
  WHERE t.order_id IS NOT NULL AND t.phase IN ('single', 'post') AND ${orderInScope('t.order_id')})`;

const RECEIVABLE: Invariant = {
  id: 'money.receivable',
  group: 4,
  title: 'Each order’s receivable is what its postings say',
  sql: `
    WITH ${ENTRIES},
    sums AS (
      SELECT order_id, sum(CASE WHEN debit = 'receivable' THEN amount ELSE 0 END - CASE WHEN credit = 'receivable' THEN amount ELSE 0 END) AS amount
      FROM entries GROUP BY order_id)
    SELECT 'order ' || o.number, format('receivable %s, postings say %s', o.receivable_minor, COALESCE(s.amount, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id
    WHERE ${orderInScope('o.id')} AND o.receivable_minor <> COALESCE(s.amount, 0)`,
};

const SETTLED: Invariant = {
  id: 'money.settled',
  group: 4,
  title: 'An order that is finished, or for which nothing is under way, owes nothing and is owed nothing',
  sql: `
    SELECT 'order ' || number, format('finished with a receivable of %s', receivable_minor)
    FROM orders WHERE finished_at IS NOT NULL AND receivable_minor <> 0 AND ${orderInScope('id')}
    UNION ALL
    SELECT 'order ' || number, format('nothing is under way, and its receivable is %s', receivable_minor)
    FROM orders o
    WHERE finished_at IS NULL AND confirmed_at IS NOT NULL AND receivable_minor <> 0 AND ${orderInScope('id')}
      AND NOT 'payment' = ANY (holds)
      AND NOT EXISTS (SELECT FROM line_spans s WHERE s.order_id = o.id AND s.state IN ('open', 'backordered', 'allocated'))
      AND NOT EXISTS (SELECT FROM holds h WHERE h.order_id = o.id AND h.status = 'open')
      AND NOT EXISTS (SELECT FROM sagas g WHERE g.order_id = o.id AND g.status <> 'done')
      AND NOT EXISTS (SELECT FROM disputes d WHERE d.order_id = o.id AND d.status IN ('open', 'submitted'))`,
};

const MERCHANT_OWED: Invariant = {
  id: 'money.merchant_owed',
  group: 4,
  title: 'A finished order credits its merchant with what was kept: total − cancelled + fees − refunded, goodwill apart',
  // Money that goes back for cancelled units lowers nothing again: the cancellation did.
  sql: `
    WITH ${ENTRIES},
    given_back AS (
      SELECT g.order_id, sum(g.amount_minor) AS amount FROM refund_legs g JOIN refunds r ON r.id = g.refund_id
      WHERE g.status = 'succeeded' AND r.reason = 'cancelled' AND ${orderInScope('g.order_id')} GROUP BY g.order_id),
    sums AS (
      SELECT order_id, sum(CASE WHEN credit = 'merchant_payable' THEN amount ELSE 0 END - CASE WHEN debit = 'merchant_payable' THEN amount ELSE 0 END) AS amount
      FROM entries GROUP BY order_id)
    SELECT 'order ' || o.number, format('credits its merchant with %s, kept %s', COALESCE(s.amount, 0),
                                        o.total_minor - o.cancelled_minor + o.cancellation_fee_minor - (o.refunded_minor - o.goodwill_minor) + COALESCE(b.amount, 0))
    FROM orders o LEFT JOIN sums s ON s.order_id = o.id LEFT JOIN given_back b ON b.order_id = o.id
    WHERE o.finished_at IS NOT NULL AND ${orderInScope('o.id')}
      AND COALESCE(s.amount, 0) <> o.total_minor - o.cancelled_minor + o.cancellation_fee_minor - (o.refunded_minor - o.goodwill_minor) + COALESCE(b.amount, 0)`,
};

/** The kind of account that a payment is taken from; whatever is no tender of the house is a provider's. */
const KIND = (provider: string): string =>
  `CASE WHEN ${provider} IN ('gift_card', 'store_credit', 'wallet') THEN ${provider} ELSE 'psp_clearing' END`;

const PROVIDER_POSTINGS: Invariant = {
  id: 'money.provider_postings',
  group: 4,
  title: 'Every capture, refund and fee of an order is posted to the account of the tender it is of',
  // What was taken by one tender and given back as store credit is posted there.
  sql: `
    WITH ${ENTRIES},
    posted AS (
      SELECT order_id, debit AS kind, amount AS captured, 0 AS refunded, 0 AS fees FROM entries
      WHERE phase = 'post' AND debit IN ('psp_clearing', 'gift_card', 'store_credit', 'wallet')
      UNION ALL
      SELECT order_id, credit, CASE kind WHEN 'capture_reversed' THEN -amount ELSE 0 END, CASE kind WHEN 'capture_reversed' THEN 0 ELSE amount END, 0
      FROM entries WHERE debit = 'receivable' AND credit IN ('psp_clearing', 'gift_card', 'store_credit', 'wallet')
      UNION ALL
      SELECT order_id, debit, 0, -amount, 0 FROM entries WHERE kind = 'refund_reversed'
      UNION ALL
      SELECT order_id, credit, 0, 0, amount FROM entries WHERE debit = 'psp_fees' AND credit = 'psp_clearing'),
    credited AS (
      SELECT order_id, payment_id, sum(amount_minor) AS amount FROM refund_legs
      WHERE status = 'succeeded' AND destination IS NOT NULL AND ${orderInScope('order_id')} GROUP BY 1, 2),
    elsewhere AS (
      SELECT order_id, destination, sum(amount_minor) AS amount FROM refund_legs
      WHERE status = 'succeeded' AND destination IN ('store_credit', 'wallet') AND ${orderInScope('order_id')} GROUP BY 1, 2),
    paid AS (
      SELECT p.order_id, ${KIND('p.provider')} AS kind, p.captured_minor AS captured, p.refunded_minor - COALESCE(c.amount, 0) AS refunded,
             p.fee_minor AS fees
      FROM payments p LEFT JOIN credited c ON c.payment_id = p.id WHERE ${orderInScope('p.order_id')}
      UNION ALL
      SELECT order_id, destination, 0, amount, 0 FROM elsewhere),
    said AS (SELECT order_id, kind, sum(captured) AS captured, sum(refunded) AS refunded, sum(fees) AS fees FROM paid GROUP BY 1, 2),
    sums AS (SELECT order_id, kind, sum(captured) AS captured, sum(refunded) AS refunded, sum(fees) AS fees FROM posted GROUP BY 1, 2)
    SELECT 'order ' || COALESCE(s.order_id, p.order_id), format('%s: captured %s, posted %s; refunded %s, posted %s; fees %s, posted %s',
      COALESCE(s.kind, p.kind), COALESCE(p.captured, 0), COALESCE(s.captured, 0), COALESCE(p.refunded, 0), COALESCE(s.refunded, 0),
      COALESCE(p.fees, 0), COALESCE(s.fees, 0))
    FROM sums s FULL JOIN said p ON p.order_id = s.order_id AND p.kind = s.kind
    WHERE COALESCE(p.captured, 0) <> COALESCE(s.captured, 0) OR COALESCE(p.refunded, 0) <> COALESCE(s.refunded, 0)
       OR COALESCE(p.fees, 0) <> COALESCE(s.fees, 0)`,
};

const AUTHORIZATIONS: Invariant = {
  id: 'money.authorizations',
  group: 4,
  title: 'An authorized payment is held in the ledger, a voided or failed one is not',
  sql: `
    WITH broken AS (
      SELECT p.id, CASE
        WHEN p.status = 'AUTHORIZED' AND (h.id IS NULL OR h.status <> 'open') THEN 'is authorized without an open hold'
        WHEN p.status = 'AUTHORIZED' AND h.remaining_minor <> p.authorized_minor - p.captured_minor
          THEN format('has %s left to capture, its hold %s', p.authorized_minor - p.captured_minor, h.remaining_minor)
        WHEN p.status IN ('VOIDED', 'FAILED') AND h.status = 'open' THEN format('is %s and still holds %s', p.status, h.remaining_minor)
        END AS detail
      FROM payments p LEFT JOIN holds h ON h.id = p.hold_id WHERE ${orderInScope('p.order_id')})
    SELECT 'payment ' || id, detail FROM broken WHERE detail IS NOT NULL`,
};

/** Group 4, against the ledger: what orders and payments say was posted. */
export const POSTING_INVARIANTS: readonly Invariant[] = [RECEIVABLE, SETTLED, MERCHANT_OWED, PROVIDER_POSTINGS, AUTHORIZATIONS];
