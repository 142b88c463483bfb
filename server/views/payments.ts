import type pg from 'pg';
import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';
import type { PaymentState } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { Conditions, prepared } from './conditions.ts';
import { keysetPage, type PageRequest } from './keyset.ts';
import { type OperationView, PAYMENT_COLUMNS, type PaymentView } from './order-money.ts';
import { COUNT_CAP, type Page } from './pages.ts';
import type { Scope } from './scope.ts';

export interface PaymentRow extends Omit<PaymentView, 'operations'> {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantName: string;
}

export interface PaymentFilter {
  readonly status?: readonly PaymentState[] | undefined;
}

const ROW_COLUMNS = `${PAYMENT_COLUMNS}, p.order_id AS "orderId", o.number AS "orderNumber", m.name AS "merchantName"`;
const ROW_FROM = 'payments p JOIN orders o ON o.id = p.order_id JOIN merchants m ON m.id = p.merchant_id';

function conditions(scope: Scope, filter: PaymentFilter): Conditions {
  const where = new Conditions().scope(scope, 'p', 'o.customer_id');
  if (filter.status?.length) where.add((p) => `p.status = ANY(${p})`, filter.status);
  // What `payments_by_status` holds, for a planner that does not know the value yet.
  if (filter.status?.length && !filter.status.includes('CAPTURED')) where.plain("p.status <> 'CAPTURED'");
  return where;
}

/** Payments, newest first. */
export async function listPayments(db: Queryable, scope: Scope, request: PaymentFilter & PageRequest): Promise<Page<PaymentRow>> {
  const where = conditions(scope, request);
  return keysetPage(
    db,
    { label: 'payments-list', columns: ROW_COLUMNS, from: ROW_FROM, where, by: 'p.created_at', id: 'p.id' },
    request,
  );
}

export interface InDoubtRow extends PaymentRow {
  /** The attempt whose outcome nobody knows yet; null once the provider has answered and the row is about to leave. */
  readonly operationId: string | null;
  readonly operationKind: OperationView['kind'] | null;
  readonly operationAmountMinor: bigint | null;
  readonly operationCalls: number | null;
  readonly operationSince: Date | null;
}

/** Payments whose last attempt got no answer, oldest first: each is asked about again until the provider says what happened. */
export async function listInDoubt(db: Queryable, scope: Scope, request: PageRequest): Promise<Page<InDoubtRow>> {
  const where = new Conditions().plain("p.status = 'IN_DOUBT'").scope(scope, 'p', 'o.customer_id');
  const columns = `${ROW_COLUMNS}, u.id AS "operationId", u.kind AS "operationKind", u.amount_minor AS "operationAmountMinor",
    u.calls AS "operationCalls", u.created_at AS "operationSince"`;
  const from = `${ROW_FROM} LEFT JOIN payment_operations u ON u.payment_id = p.id AND u.status IN ('in_flight', 'requires_action', 'unknown')`;
  return keysetPage(
    db,
    { label: 'payments-in-doubt', columns, from, where, by: 'p.created_at', id: 'p.id', descending: false },
    request,
  );
}

/** How many payments are in doubt, to `COUNT_CAP`. */
export async function countInDoubt(db: Queryable, scope: Scope): Promise<number> {
  const where = new Conditions().plain("p.status = 'IN_DOUBT'").scope(scope, 'p', 'o.customer_id');
  const text = `SELECT count(*)::int AS n FROM (SELECT 1 FROM payments p JOIN orders o ON o.id = p.order_id WHERE ${where.where} LIMIT ${COUNT_CAP}) c`;
  const { rows } = await db.query<{ n: number }>(prepared('payments-in-doubt-count', text, where.values));
  return rows[0]?.n ?? 0;
}

export interface PaymentTransfer {
  readonly id: string;
  readonly kind: string;
  readonly phase: 'single' | 'pending' | 'post' | 'void';
  readonly debitAccount: string;
  readonly debitCode: string;
  readonly creditAccount: string;
  readonly creditCode: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly at: Date;
}

export interface PaymentPage {
  readonly payment: PaymentRow;
  readonly operations: OperationView[];
  /** What it moved in the ledger, oldest first. */
  readonly transfers: PaymentTransfer[];
}

const OPERATIONS = `
  SELECT id, payment_id AS "paymentId", kind, amount_minor AS "amountMinor", status, subject_id AS "subjectId", provider_ref AS "providerRef",
         error, calls, trace_id AS "traceId", created_at AS "createdAt", settled_at AS "settledAt"
  FROM payment_operations WHERE order_id = $1 AND payment_id = $2 ORDER BY created_at, id`;

// By the order, which is indexed; a payment's transfers are some of its order's.
const TRANSFERS = `
  SELECT t.id, t.kind, t.phase, t.debit_account AS "debitAccount", d.code AS "debitCode", t.credit_account AS "creditAccount",
         c.code AS "creditCode", t.amount_minor AS "amountMinor", t.currency, t.at
  FROM transfers t JOIN accounts d ON d.id = t.debit_account JOIN accounts c ON c.id = t.credit_account
  WHERE t.order_id = $1 AND t.payment_id = $2 ORDER BY t.id`;

/** One payment with every attempt and what it posted. Throws `not_found`. */
export async function readPayment(pool: pg.Pool, scope: Scope, id: string): Promise<PaymentPage> {
  if (!isId(id)) throw new DomainError('not_found');
  return readSnapshot(pool, async (tx) => {
    const where = new Conditions().add((p) => `p.id = ${p}`, id).scope(scope, 'p', 'o.customer_id');
    const text = `SELECT ${ROW_COLUMNS} FROM ${ROW_FROM} WHERE ${where.where}`;
    const found = await tx.query<PaymentRow>(prepared('payment', text, where.values));
    const [payment] = found.rows;
    if (payment === undefined) throw new DomainError('not_found', 'There is no such payment.');
    const operations = await tx.query<OperationView>(prepared('payment-operations', OPERATIONS, [payment.orderId, id]));
    const transfers = await tx.query<PaymentTransfer>(prepared('payment-transfers', TRANSFERS, [payment.orderId, id]));
    return { payment, operations: operations.rows, transfers: transfers.rows };
  });
}
