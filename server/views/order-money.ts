import type { OperationKind, OperationStatus, PaymentState, RefundKind, RefundStatus } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { prepared } from './conditions.ts';

/** What a provider or the platform said when something failed; `message` is for a person. */
export interface Failure {
  readonly code?: string;
  readonly message?: string;
}

export interface OperationView {
  readonly id: string;
  readonly paymentId: string;
  readonly kind: OperationKind;
  readonly amountMinor: bigint;
  readonly status: OperationStatus;
  /** The shipment a capture is for, the refund a refund is for. */
  readonly subjectId: string | null;
  readonly providerRef: string | null;
  readonly error: Failure | null;
  readonly calls: number;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface PaymentView {
  readonly id: string;
  readonly provider: string;
  readonly method: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly status: PaymentState;
  readonly providerRef: string | null;
  readonly brand: string | null;
  readonly last4: string | null;
  readonly authorizedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** What banks have of it because of disputes. */
  readonly disputedMinor: bigint;
  readonly feeMinor: bigint;
  readonly authorizationExpiresAt: Date | null;
  readonly failure: Failure | null;
  readonly version: bigint;
  readonly createdAt: Date;
  /** Every attempt at the provider, oldest first. */
  readonly operations: OperationView[];
}

export interface RefundLegView {
  readonly id: string;
  readonly paymentId: string;
  readonly amountMinor: bigint;
  /** Where it goes instead of to that payment's own tender. */
  readonly destination: 'store_credit' | 'wallet' | 'by_hand' | null;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly settledAt: Date | null;
  /** Why its tender does not take it: it waits for somebody who says where it goes. */
  readonly failure: Failure | null;
  /** What money that was paid by hand is found by. */
  readonly reference: string | null;
}

export interface RefundLineView {
  readonly lineId: string;
  readonly skuCode: string | null;
  readonly name: string;
  readonly fromUnit: number;
  readonly toUnit: number;
  readonly totalMinor: bigint;
}

export interface RefundView {
  readonly id: string;
  readonly number: string;
  readonly kind: RefundKind;
  readonly status: RefundStatus;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly note: string | null;
  readonly approvalId: string | null;
  readonly requestedBy: string;
  readonly failure: Failure | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
  readonly lines: RefundLineView[];
  readonly legs: RefundLegView[];
}

export const PAYMENT_COLUMNS = `
  p.id, p.provider, p.method, p.currency, p.amount_minor AS "amountMinor", p.status, p.provider_ref AS "providerRef", p.brand, p.last4,
  p.authorized_minor AS "authorizedMinor", p.captured_minor AS "capturedMinor", p.refunded_minor AS "refundedMinor",
  p.disputed_minor AS "disputedMinor", p.fee_minor AS "feeMinor", p.authorization_expires_at AS "authorizationExpiresAt", p.failure, p.version, p.created_at AS "createdAt"`;

const OPERATIONS = `
  SELECT o.id, o.payment_id AS "paymentId", o.kind, o.amount_minor AS "amountMinor", o.status, o.subject_id AS "subjectId",
         o.provider_ref AS "providerRef", o.error, o.calls, o.trace_id AS "traceId", o.created_at AS "createdAt", o.settled_at AS "settledAt"
  FROM payment_operations o WHERE o.order_id = $1 ORDER BY o.created_at, o.id`;

/** An order's payments, oldest first, each with every attempt. */
export async function readPayments(db: Queryable, orderId: string): Promise<PaymentView[]> {
  const text = `SELECT ${PAYMENT_COLUMNS} FROM payments p WHERE p.order_id = $1 ORDER BY p.created_at, p.id`;
  const payments = await db.query<Omit<PaymentView, 'operations'>>(prepared('order-payments', text, [orderId]));
  const operations = await db.query<OperationView>(prepared('order-operations', OPERATIONS, [orderId]));
  return payments.rows.map((payment) => ({
    ...payment,
    operations: operations.rows.filter((operation) => operation.paymentId === payment.id),
  }));
}

const REFUNDS = `
  SELECT id, number, kind, status, amount_minor AS "amountMinor", currency, reason, note, approval_id AS "approvalId",
         requested_by AS "requestedBy", failure, created_at AS "createdAt", settled_at AS "settledAt"
  FROM refunds WHERE order_id = $1 ORDER BY created_at, id`;

const REFUND_LINES = `
  SELECT rl.refund_id AS "refundId", rl.line_id AS "lineId", l.sku_code AS "skuCode", l.name, rl.from_unit AS "fromUnit",
         rl.to_unit AS "toUnit", rl.net_minor - rl.discount_minor + rl.tax_minor AS "totalMinor"
  FROM refund_lines rl JOIN order_lines l ON l.id = rl.line_id
  WHERE rl.order_id = $1 ORDER BY l.position, rl.from_unit`;

const REFUND_LEGS = `
  SELECT refund_id AS "refundId", id, payment_id AS "paymentId", amount_minor AS "amountMinor", destination, status,
         settled_at AS "settledAt", failure, reference
  FROM refund_legs WHERE order_id = $1 ORDER BY id`;

type OfRefund<T> = T & { readonly refundId: string };

/** An order's refunds, oldest first, with the units they give back and the payments the money goes to. */
export async function readRefunds(db: Queryable, orderId: string): Promise<RefundView[]> {
  const refunds = await db.query<Omit<RefundView, 'lines' | 'legs'>>(prepared('order-refunds', REFUNDS, [orderId]));
  if (refunds.rows.length === 0) return [];
  const lines = await db.query<OfRefund<RefundLineView>>(prepared('order-refund-lines', REFUND_LINES, [orderId]));
  const legs = await db.query<OfRefund<RefundLegView>>(prepared('order-refund-legs', REFUND_LEGS, [orderId]));
  return refunds.rows.map((refund) => ({
    ...refund,
    lines: lines.rows.filter((row) => row.refundId === refund.id).map(({ refundId: _, ...line }) => line),
    legs: legs.rows.filter((row) => row.refundId === refund.id).map(({ refundId: _, ...leg }) => leg),
  }));
}
