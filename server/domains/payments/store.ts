import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Operation, Payment } from './rules.ts';

const PAYMENTS: TableSpec = {
  table: 'payments',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    provider: 'text',
    method: 'text',
    token: 'text',
    currency: 'text',
    amount_minor: 'int8',
    status: 'text',
    provider_ref: 'text',
    brand: 'text',
    last4: 'text',
    fingerprint: 'text',
    authorized_minor: 'int8',
    captured_minor: 'int8',
    refunded_minor: 'int8',
    disputed_minor: 'int8',
    fee_minor: 'int8',
    hold_id: 'uuid',
    authorization_expires_at: 'timestamptz',
    next_action: 'jsonb',
    failure: 'jsonb',
    version: 'int8',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
};
const OPERATIONS: TableSpec = {
  table: 'payment_operations',
  columns: {
    id: 'uuid',
    payment_id: 'uuid',
    order_id: 'uuid',
    kind: 'text',
    amount_minor: 'int8',
    status: 'text',
    subject_id: 'uuid',
    provider_ref: 'text',
    error: 'jsonb',
    response: 'jsonb',
    calls: 'int4',
    trace_id: 'text',
    created_at: 'timestamptz',
    settled_at: 'timestamptz',
  },
};

export async function lockPayments(tx: Tx, orderIds: readonly string[]): Promise<Payment[]> {
  const { rows } = await tx.query<Payment>({
    name: 'payments-lock',
    text: `SELECT id, order_id AS "orderId", merchant_id AS "merchantId", provider, method, token, currency, amount_minor AS "amountMinor", status,
                  provider_ref AS "providerRef", brand, last4, fingerprint, authorized_minor AS "authorizedMinor", captured_minor AS "capturedMinor",
                  refunded_minor AS "refundedMinor", disputed_minor AS "disputedMinor", fee_minor AS "feeMinor", hold_id AS "holdId", authorization_expires_at AS "authorizationExpiresAt",
                  next_action AS "nextAction", failure, version, created_at AS "createdAt"
           FROM payments WHERE order_id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
    values: [orderIds],
  });
  return rows;
}

export async function readOperations(tx: Tx, orderIds: readonly string[]): Promise<Operation[]> {
  const { rows } = await tx.query<Operation>({
    name: 'payments-operations',
    text: `SELECT id, payment_id AS "paymentId", order_id AS "orderId", kind, amount_minor AS "amountMinor", status, subject_id AS "subjectId",
                  provider_ref AS "providerRef", error, response, calls, trace_id AS "traceId", created_at AS "createdAt", settled_at AS "settledAt"
           FROM payment_operations WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

export async function insertPayments(tx: Tx, payments: readonly Payment[], now: Date): Promise<void> {
  await insertRows(
    tx,
    PAYMENTS,
    payments.map((payment) => paymentColumns(payment, now)),
  );
}

export async function updatePayments(tx: Tx, payments: readonly Payment[], now: Date): Promise<void> {
  const changing = [
    'status',
    'provider_ref',
    'brand',
    'last4',
    'fingerprint',
    'authorized_minor',
    'captured_minor',
    'refunded_minor',
    'disputed_minor',
    'fee_minor',
    'hold_id',
    'authorization_expires_at',
    'next_action',
    'failure',
    'version',
    'updated_at',
  ];
  await updateRows(
    tx,
    PAYMENTS,
    ['id'],
    changing,
    payments.map((payment) => paymentColumns(payment, now)),
  );
}

function paymentColumns(p: Payment, now: Date): Record<string, unknown> {
  return {
    id: p.id,
    order_id: p.orderId,
    merchant_id: p.merchantId,
    provider: p.provider,
    method: p.method,
    token: p.token,
    currency: p.currency,
    amount_minor: p.amountMinor,
    status: p.status,
    provider_ref: p.providerRef,
    brand: p.brand,
    last4: p.last4,
    fingerprint: p.fingerprint,
    authorized_minor: p.authorizedMinor,
    captured_minor: p.capturedMinor,
    refunded_minor: p.refundedMinor,
    disputed_minor: p.disputedMinor,
    fee_minor: p.feeMinor,
    hold_id: p.holdId,
    authorization_expires_at: p.authorizationExpiresAt,
    next_action: p.nextAction,
    failure: p.failure,
    version: p.version,
    created_at: p.createdAt,
    updated_at: now,
  };
}

export async function insertOperations(tx: Tx, operations: readonly Operation[]): Promise<void> {
  await insertRows(tx, OPERATIONS, operations.map(operationColumns));
}

/** Settled operations first: a payment may have one open operation, and the index is checked row by row. */
export async function updateOperations(tx: Tx, operations: readonly Operation[]): Promise<void> {
  await updateRows(
    tx,
    OPERATIONS,
    ['id'],
    ['status', 'provider_ref', 'error', 'response', 'calls', 'settled_at'],
    operations.map(operationColumns),
  );
}

function operationColumns(o: Operation): Record<string, unknown> {
  return {
    id: o.id,
    payment_id: o.paymentId,
    order_id: o.orderId,
    kind: o.kind,
    amount_minor: o.amountMinor,
    status: o.status,
    subject_id: o.subjectId,
    provider_ref: o.providerRef,
    error: o.error,
    response: o.response,
    calls: o.calls,
    trace_id: o.traceId,
    created_at: o.createdAt,
    settled_at: o.settledAt,
  };
}

/** What a person said of money that no provider tells of. */
export interface PaymentRecord {
  readonly id: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly paymentId: string;
  readonly operationId: string;
  readonly kind: 'received' | 'paid_out';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string;
  /** A day: 2026-11-28. */
  readonly occurredOn: string;
  readonly note: string | null;
  readonly recordedBy: string;
  readonly recordedAt: Date;
}

const RECORDS: TableSpec = {
  table: 'payment_records',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    payment_id: 'uuid',
    operation_id: 'uuid',
    kind: 'text',
    amount_minor: 'int8',
    currency: 'text',
    reference: 'text',
    occurred_on: 'date',
    note: 'text',
    recorded_by: 'text',
    recorded_at: 'timestamptz',
  },
};

export async function insertRecords(tx: Tx, records: readonly PaymentRecord[]): Promise<void> {
  const rows = records.map((one) => ({
    id: one.id,
    order_id: one.orderId,
    merchant_id: one.merchantId,
    payment_id: one.paymentId,
    operation_id: one.operationId,
    kind: one.kind,
    amount_minor: one.amountMinor,
    currency: one.currency,
    reference: one.reference,
    occurred_on: one.occurredOn,
    note: one.note,
    recorded_by: one.recordedBy,
    recorded_at: one.recordedAt,
  }));
  await insertRows(tx, RECORDS, rows);
}

/** What the provider calls payments. */
export async function readProviderRefs(
  db: Queryable,
  ids: readonly string[],
): Promise<{ id: string; providerRef: string | null }[]> {
  const { rows } = await db.query<{ id: string; providerRef: string | null }>({
    name: 'payments-provider-refs',
    text: 'SELECT id, provider_ref AS "providerRef" FROM payments WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return rows;
}

/** Those of these orders of which money was taken, or is being taken. */
export async function readOrdersWithTaken(db: Queryable, orderIds: readonly string[]): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await db.query<{ id: string }>({
    name: 'payments-orders-with-taken',
    text: `SELECT DISTINCT order_id AS id FROM payment_operations
           WHERE order_id = ANY($1::uuid[]) AND kind IN ('capture', 'refund') AND status IN ('succeeded', 'in_flight', 'unknown')`,
    values: [[...new Set(orderIds)]],
  });
  return rows.map(({ id }) => id);
}

/** The orders of payments, by what the provider calls them. */
export async function readOrdersByRef(db: Queryable, refs: readonly string[]): Promise<string[]> {
  const text = 'SELECT DISTINCT order_id AS id FROM payments WHERE provider_ref = ANY($1::text[])';
  const { rows } = await db.query<{ id: string }>({ name: 'payments-orders-by-ref', text, values: [refs] });
  return rows.map(({ id }) => id);
}

/** A payment that its provider knows. */
export interface KnownPayment {
  readonly id: string;
  readonly orderId: string;
  readonly provider: string;
  readonly providerRef: string;
}

const KNOWN_BY = {
  refs: 'provider_ref = ANY($1::text[])',
  'undisputed refs': 'provider_ref = ANY($1::text[]) AND disputed_minor = 0',
  ids: 'id = ANY($1::uuid[]) AND provider_ref IS NOT NULL',
} as const;

export async function readKnown(db: Queryable, by: keyof typeof KNOWN_BY, named: readonly string[]): Promise<KnownPayment[]> {
  if (named.length === 0) return [];
  const { rows } = await db.query<KnownPayment>({
    name: `payments-known-by-${by}`,
    text: `SELECT id, order_id AS "orderId", provider, provider_ref AS "providerRef" FROM payments WHERE ${KNOWN_BY[by]}`,
    values: [named],
  });
  return rows;
}
