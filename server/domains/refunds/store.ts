import type { UnitRange } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Refund, RefundLeg, RefundLine } from './rules.ts';

const REFUNDS: TableSpec = {
  table: 'refunds',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    number: 'text',
    kind: 'text',
    status: 'text',
    amount_minor: 'int8',
    currency: 'text',
    reason: 'text',
    note: 'text',
    approval_id: 'uuid',
    requested_by: 'text',
    failure: 'jsonb',
    created_at: 'timestamptz',
    settled_at: 'timestamptz',
  },
};
const LINES: TableSpec = {
  table: 'refund_lines',
  columns: {
    refund_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    order_id: 'uuid',
    net_minor: 'int8',
    discount_minor: 'int8',
    tax_minor: 'int8',
  },
};
const LEGS: TableSpec = {
  table: 'refund_legs',
  columns: {
    id: 'uuid',
    refund_id: 'uuid',
    order_id: 'uuid',
    payment_id: 'uuid',
    amount_minor: 'int8',
    destination: 'text',
    status: 'text',
    settled_at: 'timestamptz',
    failure: 'jsonb',
    tries: 'int4',
    reference: 'text',
    redirected_by: 'text',
  },
};

export async function readRefunds(tx: Tx, orderIds: readonly string[]): Promise<Refund[]> {
  const { rows } = await tx.query<Refund>({
    name: 'refunds-of-orders',
    text: `SELECT id, order_id AS "orderId", merchant_id AS "merchantId", number, kind, status, amount_minor AS "amountMinor", currency, reason, note,
                  approval_id AS "approvalId", requested_by AS "requestedBy", failure, created_at AS "createdAt", settled_at AS "settledAt"
           FROM refunds WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

export async function readLegs(tx: Tx, orderIds: readonly string[]): Promise<RefundLeg[]> {
  const { rows } = await tx.query<RefundLeg>({
    name: 'refund-legs-of-orders',
    text: `SELECT id, refund_id AS "refundId", order_id AS "orderId", payment_id AS "paymentId", amount_minor AS "amountMinor", destination, status,
                  settled_at AS "settledAt", failure, tries, reference, redirected_by AS "redirectedBy"
           FROM refund_legs WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}

/** The units that refunds named, whatever became of the refunds. */
export async function readRefundedUnits(
  tx: Tx,
  orderIds: readonly string[],
): Promise<(UnitRange & { readonly refundId: string })[]> {
  const { rows } = await tx.query<UnitRange & { readonly refundId: string }>({
    name: 'refund-lines-of-orders',
    text: `SELECT refund_id AS "refundId", line_id AS "lineId", from_unit AS "from", to_unit AS "to" FROM refund_lines
           WHERE order_id = ANY($1::uuid[]) ORDER BY refund_id, line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

export async function insertRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  await insertRows(tx, REFUNDS, refunds.map(columns));
}

export async function updateRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  await updateRows(tx, REFUNDS, ['id'], ['status', 'approval_id', 'failure', 'settled_at'], refunds.map(columns));
}

function columns(r: Refund): Record<string, unknown> {
  return {
    id: r.id,
    order_id: r.orderId,
    merchant_id: r.merchantId,
    number: r.number,
    kind: r.kind,
    status: r.status,
    amount_minor: r.amountMinor,
    currency: r.currency,
    reason: r.reason,
    note: r.note,
    approval_id: r.approvalId,
    requested_by: r.requestedBy,
    failure: r.failure,
    created_at: r.createdAt,
    settled_at: r.settledAt,
  };
}

export async function insertRefundLines(tx: Tx, lines: readonly RefundLine[]): Promise<void> {
  const rows = lines.map((l) => ({
    refund_id: l.refundId,
    line_id: l.lineId,
    from_unit: l.from,
    to_unit: l.to,
    order_id: l.orderId,
    net_minor: l.value.netMinor,
    discount_minor: l.value.discountMinor,
    tax_minor: l.value.taxMinor,
  }));
  await insertRows(tx, LINES, rows);
}

export async function insertLegs(tx: Tx, legs: readonly RefundLeg[]): Promise<void> {
  await insertRows(tx, LEGS, legs.map(legColumns));
}

export async function updateLegs(tx: Tx, legs: readonly RefundLeg[]): Promise<void> {
  const changing = ['destination', 'status', 'settled_at', 'failure', 'tries', 'reference', 'redirected_by'];
  await updateRows(tx, LEGS, ['id'], changing, legs.map(legColumns));
}

function legColumns(l: RefundLeg): Record<string, unknown> {
  return {
    id: l.id,
    refund_id: l.refundId,
    order_id: l.orderId,
    payment_id: l.paymentId,
    amount_minor: l.amountMinor,
    destination: l.destination,
    status: l.status,
    settled_at: l.settledAt,
    failure: l.failure,
    tries: l.tries,
    reference: l.reference,
    redirected_by: l.redirectedBy,
  };
}
