import { EDGES } from './corruptions-edges-fixture.ts';
import { STOCK } from './corruptions-stock-fixture.ts';
import { WALLET_CORRUPTIONS } from './wallets-fixture.ts';

/**
 * For every invariant of the oracle a mistake that it alone must notice, or with the named others. Each starts from the world of consistent-world-fixture.ts and is planted by the owner without triggers.
 */
export interface Corruption {
  readonly invariant: string;
  readonly what: string;
  readonly plant: string;
  readonly also?: readonly string[];
}

const order = (status: string) => `(SELECT id FROM orders WHERE status = '${status}')`;

/** A posting that both accounts follow faithfully. */
function posting(debit: string, credit: string, amount: number, orderId: string): string {
  const balance = (a: string, side: string) =>
    `(CASE ${a}.normal_side WHEN 'debit' THEN 1 ELSE -1 END) * (${a}.debits_posted - ${a}.credits_posted ${side} ${amount})`;
  return `
    INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, order_id, debit_version, credit_version,
                           debit_balance_minor, credit_balance_minor, actor, trace_id, at)
    SELECT gen_random_uuid(), gen_random_uuid(), 'x', 'single', d.id, c.id, ${amount}, 'EUR', ${orderId}, d.version + 1, c.version + 1,
           ${balance('d', '+')}, ${balance('c', '-')}, 'system:test', 't', now()
    FROM accounts d, accounts c WHERE d.code = '${debit}' AND c.code = '${credit}';
    UPDATE accounts SET debits_posted = debits_posted + ${amount}, version = version + 1 WHERE code = '${debit}';
    UPDATE accounts SET credits_posted = credits_posted + ${amount}, version = version + 1 WHERE code = '${credit}';`;
}

/** A mark over the first entries of an account, `off` by so many minor units. */
function mark(off: string, then = ''): string {
  return `
    INSERT INTO account_marks (account_id, version, since_version, first_at, last_at, debits_posted, credits_posted, debits_pending, credits_pending)
    SELECT a.id, a.version, 0, min(t.at), max(t.at), a.debits_posted + ${off}, a.credits_posted, a.debits_pending, a.credits_pending
    FROM accounts a JOIN transfers t ON a.id IN (t.debit_account, t.credit_account) WHERE a.code = 'receivable:EUR' GROUP BY a.id;
    ${then}`;
}

const LEDGER: readonly Corruption[] = [
  {
    invariant: 'ledger.balanced',
    what: 'a transfer from euros to dollars',
    plant: `INSERT INTO accounts (id, code, kind, home, currency, normal_side, created_at)
              VALUES (gen_random_uuid(), 'x:USD', 'x', 'EU', 'USD', 'credit', now());
            ${posting('goodwill:EUR', 'x:USD', 100, 'NULL')}`,
  },
  {
    invariant: 'ledger.counters',
    what: 'both counters of an account five cents too high',
    plant: `UPDATE accounts SET debits_posted = debits_posted + 5, credits_posted = credits_posted + 5 WHERE code = 'goodwill:EUR'`,
  },
  {
    invariant: 'ledger.held_counters',
    what: 'pending counters without a hold',
    plant: `UPDATE accounts SET debits_pending = debits_pending + 5, credits_pending = credits_pending + 5 WHERE code = 'goodwill:EUR'`,
  },
  {
    invariant: 'ledger.chain',
    what: 'a running balance one cent off',
    plant: `UPDATE transfers SET debit_balance_minor = debit_balance_minor + 1 WHERE phase = 'single' AND kind = 'sale' AND debit_version < 5`,
  },
  {
    invariant: 'ledger.chain',
    what: 'a version that was jumped over',
    plant: `UPDATE transfers SET credit_version = credit_version + 1, credit_balance_minor = credit_balance_minor
            WHERE credit_account = (SELECT id FROM accounts WHERE code = 'merchant_payable:EUR')
              AND credit_version = (SELECT version FROM accounts WHERE code = 'merchant_payable:EUR');
            UPDATE accounts SET version = version + 1 WHERE code = 'merchant_payable:EUR'`,
  },
  {
    invariant: 'ledger.chain',
    what: 'an account that claims one version more than it has transfers',
    plant: `UPDATE accounts SET version = version + 1 WHERE code = 'goodwill:EUR'`,
  },
  {
    invariant: 'ledger.limits',
    what: 'an account below its limit',
    plant: `ALTER TABLE accounts DROP CONSTRAINT available_is_within_the_limit, DROP CONSTRAINT counters_are_not_negative;
            UPDATE accounts SET limited = true, credit_limit_minor = -251 WHERE code = 'goodwill:EUR'`,
  },
  {
    invariant: 'ledger.holds',
    what: 'a hold over more than its pending transfer',
    plant: `UPDATE holds SET amount_minor = amount_minor + 5 WHERE status = 'open'`,
  },
  {
    invariant: 'ledger.holds',
    what: 'a pending transfer whose hold is gone',
    plant: `DELETE FROM holds WHERE status = 'voided'; UPDATE transfers SET phase = 'pending', hold_id = NULL WHERE phase = 'void';
            UPDATE payments SET hold_id = NULL WHERE status = 'VOIDED'`,
  },
  {
    invariant: 'ledger.marks',
    what: 'a mark one cent off',
    plant: mark('1'),
  },
  {
    invariant: 'ledger.marks',
    what: 'a mark that begins where none ended',
    plant: mark('0', 'UPDATE account_marks SET since_version = 1'),
  },
  {
    invariant: 'ledger.seals',
    what: 'a seal of a row that is not there, whose hash is none',
    plant: `INSERT INTO seals (home, number, row_count, previous_hash, hash, sealed_at, through_xid)
              VALUES ('EU', 1, 1, sha256(''), sha256(''), now(), '1');
            INSERT INTO seal_contents (home, number, source, columns, row_count, digest, leaves)
              VALUES ('EU', 1, 'transfers', '{id}', 1, sha256(''), uuid_send(gen_random_uuid()) || '\\x0000000000000000'::bytea)`,
  },
  {
    invariant: 'ledger.references',
    what: 'an account of a customer who does not exist',
    plant: `UPDATE accounts SET customer_id = gen_random_uuid() WHERE code = 'goodwill:EUR'`,
  },
];

const ORDERS: readonly Corruption[] = [
  {
    invariant: 'orders.spans',
    what: 'a unit in no span',
    plant: `UPDATE line_spans SET to_unit = 1 WHERE line_id = (SELECT id FROM order_lines WHERE sku_code = 'S')`,
  },
  {
    invariant: 'orders.spans',
    what: 'a unit in two spans',
    plant: `INSERT INTO line_spans (line_id, from_unit, to_unit, order_id, state)
            SELECT line_id, 2, 2, order_id, state FROM line_spans WHERE line_id = (SELECT id FROM order_lines WHERE sku_code = 'S')`,
  },
  {
    invariant: 'orders.totals',
    what: 'an order one cent dearer than its lines',
    plant: `UPDATE orders SET total_minor = total_minor + 1 WHERE status = 'PENDING'`,
  },
  {
    invariant: 'orders.cancelled_value',
    what: 'a cancelled cent without a cancelled unit',
    plant: `UPDATE orders SET cancelled_minor = 1 WHERE status = 'PENDING'`,
  },
  {
    invariant: 'orders.cancellation_fees',
    what: 'a fee that no order keeps',
    plant: `INSERT INTO cancellation_fees (id, order_id, merchant_id, policy_version, by_actor, actor, value_minor, amount_minor, currency, created_at)
            SELECT gen_random_uuid(), id, merchant_id, 1, 'customer', 'user:somebody', 100, 10, currency, placed_at FROM orders
            WHERE status = 'CONFIRMED' LIMIT 1`,
  },
  {
    invariant: 'orders.status',
    what: 'an order that calls itself fulfilled',
    plant: `UPDATE orders SET status = 'FULFILLED' WHERE status = 'CONFIRMED'`,
  },
  {
    invariant: 'orders.status',
    what: 'a refunded order that calls itself fulfilled',
    plant: `UPDATE orders SET status = 'FULFILLED' WHERE status = 'REFUNDED'`,
  },
  {
    invariant: 'orders.status',
    what: 'a partly shipped order that calls itself confirmed',
    plant: `UPDATE orders SET status = 'CONFIRMED' WHERE status = 'PARTIALLY_FULFILLED'`,
  },
  {
    invariant: 'orders.payment_status',
    what: 'an authorized order that calls itself unpaid',
    plant: `UPDATE orders SET payment_status = 'UNPAID' WHERE status = 'CONFIRMED'`,
  },
  {
    invariant: 'orders.shipped_units',
    what: 'shipped units in a shipment that has not left',
    plant: `UPDATE shipments SET status = 'PENDING' WHERE status = 'IN_TRANSIT'`,
  },
  {
    invariant: 'orders.shipped_units',
    what: 'a unit in a shipment that does not list it',
    plant: `DELETE FROM shipment_lines WHERE shipment_id = (SELECT id FROM shipments WHERE status = 'LABELLED');
            UPDATE shipments SET value_minor = 0 WHERE status = 'LABELLED'`,
  },
  {
    invariant: 'orders.shipment_value',
    what: 'a shipment worth one cent more than its units',
    plant: `UPDATE shipments SET value_minor = value_minor + 1`,
  },
  {
    invariant: 'orders.replacements',
    what: 'a replacement of a line that was not in the shipment',
    plant: `UPDATE order_lines SET replaces_line_id = id WHERE replaces_line_id IS NOT NULL`,
  },
  { invariant: 'orders.currency', what: 'a shipment in dollars', plant: `UPDATE shipments SET currency = 'USD'` },
  {
    invariant: 'orders.references',
    what: 'an order of a merchant who does not exist',
    plant: `UPDATE orders SET merchant_id = gen_random_uuid() WHERE status = 'PENDING'`,
  },
  {
    invariant: 'orders.checkouts',
    what: 'a checkout that was paid for twice',
    plant: `UPDATE checkouts SET order_ids = (SELECT array_agg(id::text) FROM (SELECT id FROM orders WHERE confirmed_at IS NOT NULL LIMIT 2) o)`,
  },
  {
    invariant: 'orders.families',
    what: 'a refund leg of another order',
    plant: `UPDATE refund_legs SET order_id = ${order('PENDING')}
            WHERE refund_id = (SELECT id FROM refunds WHERE kind = 'units' ORDER BY id LIMIT 1)`,
  },
];

const MONEY: readonly Corruption[] = [
  {
    invariant: 'money.within',
    what: 'a payment captured beyond its authorization',
    plant: `ALTER TABLE payments DROP CONSTRAINT captured_is_within_authorized; UPDATE payments SET authorized_minor = 1 WHERE status = 'REFUNDED'`,
  },
  {
    invariant: 'money.within',
    what: 'an order captured beyond its total',
    plant: `ALTER TABLE orders DROP CONSTRAINT captured_is_within_the_total; UPDATE orders SET total_minor = 1 WHERE status = 'REFUNDED'`,
    also: ['orders.totals', 'money.merchant_owed'],
  },
  {
    invariant: 'money.order_sums',
    what: 'an order captured by more than its payments',
    plant: `UPDATE orders SET captured_minor = captured_minor + 1 WHERE status = 'PARTIALLY_FULFILLED'`,
  },
  {
    invariant: 'money.operations',
    what: 'a capture operation of another amount',
    plant: `UPDATE payment_operations SET amount_minor = amount_minor + 1 WHERE kind = 'capture'`,
  },
  {
    invariant: 'money.operations',
    what: 'a refund operation that failed',
    plant: `UPDATE payment_operations SET status = 'failed' WHERE kind = 'refund'`,
  },
  {
    invariant: 'money.refunded',
    what: 'goodwill that was an ordinary refund',
    plant: `UPDATE refunds SET kind = 'amount' WHERE kind = 'goodwill'`,
  },
  {
    invariant: 'money.refund_legs',
    what: 'a leg too many',
    plant: `INSERT INTO refund_legs (id, refund_id, order_id, payment_id, amount_minor, status)
            SELECT gen_random_uuid(), refund_id, order_id, payment_id, 1, 'pending' FROM refund_legs LIMIT 1`,
  },
  {
    invariant: 'money.refund_lines',
    what: 'a refunded unit with a cent moved from tax to net',
    plant: `UPDATE refund_lines SET net_minor = net_minor + 1, tax_minor = tax_minor - 1`,
  },
  {
    invariant: 'money.refund_lines',
    what: 'a refund of units over more than its lines',
    plant: `UPDATE refunds SET amount_minor = amount_minor + 1 WHERE kind = 'units'`,
    also: ['money.refund_legs'],
  },
  {
    invariant: 'money.refunded_units',
    what: 'a refunded unit without its mark',
    plant: `UPDATE line_spans SET refund_id = NULL`,
  },
  {
    invariant: 'money.refunded_units',
    what: 'a unit marked with a refund that does not list it',
    plant: `UPDATE line_spans SET refund_id = (SELECT id FROM refunds r WHERE r.order_id = line_spans.order_id AND r.kind = 'units')
            WHERE order_id = ${order('FULFILLED')}`,
  },
  {
    invariant: 'money.receivable',
    what: 'a receivable one cent off',
    plant: `UPDATE orders SET receivable_minor = receivable_minor + 1 WHERE status = 'CONFIRMED'`,
  },
  {
    invariant: 'money.settled',
    what: 'an unpaid order that is finished',
    plant: `UPDATE orders SET finished_at = now() WHERE status = 'CONFIRMED'`,
  },
  {
    invariant: 'money.settled',
    what: 'an order that left unpaid, and that nobody works on',
    plant: `UPDATE orders SET finished_at = NULL, receivable_minor = 5 WHERE id = ${order('REFUNDED')}`,
    also: ['money.receivable'],
  },
  {
    invariant: 'money.merchant_owed',
    what: 'a merchant who was debited for nothing',
    plant: posting('merchant_payable:EUR', 'goodwill:EUR', 5, order('FULFILLED')),
  },
  {
    invariant: 'money.provider_postings',
    what: 'a fee that no payment had',
    plant: posting('psp_fees:EUR', 'psp_clearing:EUR', 5, order('FULFILLED')),
  },
  {
    invariant: 'money.authorizations',
    what: 'an authorization larger than its hold',
    plant: `UPDATE payments SET authorized_minor = authorized_minor + 5 WHERE status = 'AUTHORIZED'`,
  },
];

const LIVENESS: readonly Corruption[] = [
  {
    invariant: 'sagas.deadlines',
    what: 'a saga two minutes past its deadline',
    plant: `UPDATE sagas SET deadline = '2026-11-22T11:58:00Z' WHERE status = 'waiting'`,
  },
  {
    invariant: 'sagas.awake',
    what: 'a saga that should have woken six minutes ago',
    plant: `UPDATE sagas SET wake_at = '2026-11-22T11:54:00Z' WHERE status = 'waiting'`,
  },
  {
    invariant: 'sagas.pending_orders',
    what: 'a pending order whose saga is done',
    plant: `UPDATE sagas SET status = 'done', outcome = 'completed' WHERE status = 'waiting'`,
  },
  { invariant: 'requests.answers', what: 'a claimed key without an answer', plant: 'UPDATE idempotency_keys SET outcome = NULL' },
  {
    invariant: 'versions.orders',
    what: 'a change that no event tells',
    plant: `DELETE FROM events WHERE type = 'order.confirmed'`,
  },
  {
    invariant: 'versions.orders',
    what: 'an order that moved on silently',
    plant: `UPDATE orders SET version = version + 1 WHERE status = 'PENDING'`,
  },
  {
    invariant: 'approvals.second_person',
    what: 'an approval of one’s own request',
    plant: 'ALTER TABLE approvals DROP CONSTRAINT requester_is_not_approver; UPDATE approvals SET decided_by = requested_by',
  },
];

export const CORRUPTIONS: readonly Corruption[] = [
  ...EDGES,
  ...LEDGER,
  ...WALLET_CORRUPTIONS,
  ...STOCK,
  ...ORDERS,
  ...MONEY,
  ...LIVENESS,
];
