import type { Queryable, Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { Policy, Return, ReturnLine } from './rules.ts';
import type { PhotoType, ReturnTerms } from './schema.ts';

const RETURNS: TableSpec = {
  table: 'returns',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    order_id: 'uuid',
    customer_id: 'uuid',
    status: 'text',
    wants: 'text',
    policy_version: 'int4',
    terms: 'jsonb',
    despite: 'text',
    note: 'text',
    requested_by: 'text',
    requested_at: 'timestamptz',
    decided_by: 'text',
    decided_at: 'timestamptz',
    decline_reason: 'text',
    ended_reason: 'text',
    send_by: 'timestamptz',
    node_id: 'uuid',
    carrier: 'text',
    carrier_ref: 'text',
    tracking_number: 'text',
    label_url: 'text',
    label_error: 'text',
    labelled_at: 'timestamptz',
    sent_at: 'timestamptz',
    arrived_at: 'timestamptz',
    received_at: 'timestamptz',
    inspected_at: 'timestamptz',
    resolution: 'text',
    currency: 'text',
    due_minor: 'int8',
    fee_minor: 'int8',
    label_fee_minor: 'int8',
    exchanged_minor: 'int8',
    refund_minor: 'int8',
    refund_id: 'uuid',
    settled_by: 'text',
    settled_at: 'timestamptz',
    closed_at: 'timestamptz',
    advance_status: 'text',
    advance_minor: 'int8',
    advance_why: 'text',
    security_id: 'uuid',
    charge_minor: 'int8',
    version: 'int8',
    trace_id: 'text',
  },
};
/** What never changes of a return. */
const FIXED = new Set([
  'id',
  'number',
  'home',
  'merchant_id',
  'order_id',
  'customer_id',
  'wants',
  'policy_version',
  'terms',
  'despite',
  'note',
  'requested_by',
  'requested_at',
  'currency',
  'trace_id',
]);
const LINES: TableSpec = {
  table: 'return_lines',
  columns: {
    return_id: 'uuid',
    line_id: 'uuid',
    from_unit: 'int4',
    to_unit: 'int4',
    order_id: 'uuid',
    reason: 'text',
    note: 'text',
    status: 'text',
    node_id: 'uuid',
    verdict: 'text',
    value_bps: 'int4',
    stock: 'text',
    remark: 'text',
  },
};
const POLICIES: TableSpec = {
  table: 'return_policies',
  columns: {
    id: 'uuid',
    merchant_id: 'uuid',
    version: 'int4',
    effective_from: 'timestamptz',
    window_days: 'int4',
    send_within_days: 'int4',
    restocking_bps: 'int4',
    label_payer: 'text',
    label_fee_minor: 'int8',
    currency: 'text',
    destination: 'text',
    exchanges: 'bool',
    auto_approve: 'bool',
    final_sale: 'text[]',
    created_by: 'text',
    created_at: 'timestamptz',
  },
};

/** The terms as they are kept with a return: JSON knows no bigint. */
interface StoredTerms extends Omit<ReturnTerms, 'labelFeeMinor'> {
  readonly labelFeeMinor: number;
}
const asTerms = (stored: StoredTerms): ReturnTerms => ({ ...stored, labelFeeMinor: BigInt(stored.labelFeeMinor) });

/** Returns are children of their orders: read, and changed, under the orders' locks. */
export async function readReturns(tx: Tx, orderIds: readonly string[]): Promise<Return[]> {
  const { rows } = await tx.query<Omit<Return, 'terms'> & { terms: StoredTerms }>({
    name: 'returns-of-orders',
    text: `SELECT id, number, merchant_id AS "merchantId", order_id AS "orderId", customer_id AS "customerId", status, wants, policy_version AS "policyVersion",
                  terms, despite, note, requested_by AS "requestedBy", requested_at AS "requestedAt", decided_by AS "decidedBy", decided_at AS "decidedAt",
                  decline_reason AS "declineReason", ended_reason AS "endedReason", send_by AS "sendBy", node_id AS "nodeId", carrier,
                  carrier_ref AS "carrierRef", tracking_number AS "trackingNumber", label_url AS "labelUrl", label_error AS "labelError",
                  labelled_at AS "labelledAt", sent_at AS "sentAt", arrived_at AS "arrivedAt", received_at AS "receivedAt",
                  inspected_at AS "inspectedAt", resolution, currency, due_minor AS "dueMinor", fee_minor AS "feeMinor",
                  label_fee_minor AS "labelFeeMinor", exchanged_minor AS "exchangedMinor", refund_minor AS "refundMinor", refund_id AS "refundId",
                  settled_by AS "settledBy", settled_at AS "settledAt", closed_at AS "closedAt",
                  advance_status AS "advanceStatus", advance_minor AS "advanceMinor", advance_why AS "advanceWhy", security_id AS "securityId",
                  charge_minor AS "chargeMinor", version, trace_id AS "traceId"
           FROM returns WHERE order_id = ANY($1::uuid[]) ORDER BY id`,
    values: [orderIds],
  });
  return rows.map((row) => ({ ...row, terms: asTerms(row.terms) }));
}

export async function readReturnLines(tx: Tx, orderIds: readonly string[]): Promise<(ReturnLine & { returnId: string })[]> {
  const { rows } = await tx.query<ReturnLine & { returnId: string }>({
    name: 'return-lines-of-orders',
    text: `SELECT return_id AS "returnId", line_id AS "lineId", from_unit AS "from", to_unit AS "to", reason, note, status, node_id AS "nodeId", verdict,
                  value_bps AS "valueBps", stock, remark
           FROM return_lines WHERE order_id = ANY($1::uuid[]) ORDER BY return_id, line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

/** The orders of returns, unlocked: what to lock before they are read. */
export async function findReturns(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, Pick<Return, 'id' | 'orderId' | 'merchantId'>>> {
  const { rows } = await db.query<Pick<Return, 'id' | 'orderId' | 'merchantId'>>({
    name: 'returns-find',
    text: 'SELECT id, order_id AS "orderId", merchant_id AS "merchantId" FROM returns WHERE id = ANY($1::uuid[])',
    values: [ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** Approved returns that were never sent, and settled ones that are looked at no more: found unlocked, decided under the lock. */
export async function findOverdue(
  db: Queryable,
  now: Date,
  settledBefore: Date,
  limit: number,
): Promise<{ readonly id: string; readonly due: 'expire' | 'close' }[]> {
  const { rows } = await db.query<{ id: string; due: 'expire' | 'close' }>({
    name: 'returns-overdue',
    text: `(SELECT id, 'expire' AS due FROM returns WHERE status IN ('approved', 'labelled') AND send_by < $1 ORDER BY send_by LIMIT $3)
           UNION ALL (SELECT id, 'close' FROM returns WHERE status = 'settled' AND settled_at < $2 ORDER BY settled_at LIMIT $3)`,
    values: [now, settledBefore, limit],
  });
  return rows;
}

export async function insertReturns(tx: Tx, returns: readonly Return[], home: string): Promise<void> {
  await insertRows(
    tx,
    RETURNS,
    returns.map((one) => ({ ...columns(one), home })),
  );
}

export async function updateReturns(tx: Tx, returns: readonly Return[]): Promise<void> {
  const changing = Object.keys(RETURNS.columns).filter((column) => !FIXED.has(column));
  await updateRows(tx, RETURNS, ['id'], changing, returns.map(columns));
}

/** A return's rows are cut anew as its units part ways: those of one return are replaced together. */
export async function replaceReturnLines(
  tx: Tx,
  returns: readonly Pick<Return, 'id' | 'orderId'>[],
  lines: ReadonlyMap<string, readonly ReturnLine[]>,
): Promise<void> {
  if (returns.length === 0) return;
  await tx.query({
    name: 'return-lines-delete',
    text: 'DELETE FROM return_lines WHERE return_id = ANY($1::uuid[])',
    values: [returns.map((one) => one.id)],
  });
  const rows = returns.flatMap(({ id, orderId }) =>
    (lines.get(id) ?? []).map((line) => ({
      return_id: id,
      line_id: line.lineId,
      from_unit: line.from,
      to_unit: line.to,
      order_id: orderId,
      reason: line.reason,
      note: line.note,
      status: line.status,
      node_id: line.nodeId,
      verdict: line.verdict,
      value_bps: line.valueBps,
      stock: line.stock,
      remark: line.remark,
    })),
  );
  await insertRows(tx, LINES, rows);
}

function columns(r: Return): Record<string, unknown> {
  return {
    id: r.id,
    number: r.number,
    merchant_id: r.merchantId,
    order_id: r.orderId,
    customer_id: r.customerId,
    status: r.status,
    wants: r.wants,
    policy_version: r.policyVersion,
    terms: { ...r.terms, labelFeeMinor: Number(r.terms.labelFeeMinor) },
    despite: r.despite,
    note: r.note,
    requested_by: r.requestedBy,
    requested_at: r.requestedAt,
    decided_by: r.decidedBy,
    decided_at: r.decidedAt,
    decline_reason: r.declineReason,
    ended_reason: r.endedReason,
    send_by: r.sendBy,
    node_id: r.nodeId,
    carrier: r.carrier,
    carrier_ref: r.carrierRef,
    tracking_number: r.trackingNumber,
    label_url: r.labelUrl,
    label_error: r.labelError,
    labelled_at: r.labelledAt,
    sent_at: r.sentAt,
    arrived_at: r.arrivedAt,
    received_at: r.receivedAt,
    inspected_at: r.inspectedAt,
    resolution: r.resolution,
    currency: r.currency,
    due_minor: r.dueMinor,
    fee_minor: r.feeMinor,
    label_fee_minor: r.labelFeeMinor,
    exchanged_minor: r.exchangedMinor,
    refund_minor: r.refundMinor,
    refund_id: r.refundId,
    settled_by: r.settledBy,
    settled_at: r.settledAt,
    closed_at: r.closedAt,
    advance_status: r.advanceStatus,
    advance_minor: r.advanceMinor,
    advance_why: r.advanceWhy,
    security_id: r.securityId,
    charge_minor: r.chargeMinor,
    version: r.version,
    trace_id: r.traceId,
  };
}

/** The policy that counts at a moment, by merchant: configuration, read without a lock. */
export async function readPolicies(db: Queryable, merchantIds: readonly string[], at: Date): Promise<Map<string, Policy>> {
  const { rows } = await db.query<StoredTerms & { merchantId: string; version: number; currency: string; labelFee: bigint }>({
    name: 'return-policies-at',
    text: `SELECT DISTINCT ON (merchant_id) merchant_id AS "merchantId", version, currency, window_days AS "windowDays",
                  send_within_days AS "sendWithinDays", restocking_bps AS "restockingBps", label_payer AS "labelPayer",
                  label_fee_minor AS "labelFee", destination, exchanges, auto_approve AS "autoApprove", final_sale AS "finalSale"
           FROM return_policies WHERE merchant_id = ANY($1::uuid[]) AND effective_from <= $2
           ORDER BY merchant_id, effective_from DESC, version DESC`,
    values: [merchantIds, at],
  });
  return new Map(
    rows.map(({ merchantId, version, currency, labelFee, ...terms }) => [
      merchantId,
      { version, currency, terms: { ...terms, labelFeeMinor: labelFee } },
    ]),
  );
}

/** The merchants under their locks, and the last version of each. */
export async function lockPolicies(
  tx: Tx,
  merchantIds: readonly string[],
): Promise<Map<string, { readonly currency: string; readonly version: number }>> {
  await tx.query({
    name: 'return-policies-lock',
    text: 'SELECT id FROM merchants WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE',
    values: [merchantIds],
  });
  const { rows } = await tx.query<{ id: string; currency: string; version: number }>({
    name: 'return-policies-last',
    text: `SELECT m.id, m.currency, COALESCE((SELECT max(p.version) FROM return_policies p WHERE p.merchant_id = m.id), 0)::int AS version
           FROM merchants m WHERE m.id = ANY($1::uuid[])`,
    values: [merchantIds],
  });
  return new Map(rows.map(({ id, currency, version }) => [id, { currency, version }]));
}

export interface NewPolicy {
  readonly id: string;
  readonly merchantId: string;
  readonly version: number;
  readonly effectiveFrom: Date;
  readonly currency: string;
  readonly terms: ReturnTerms;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export async function insertPolicies(tx: Tx, policies: readonly NewPolicy[]): Promise<void> {
  await insertRows(
    tx,
    POLICIES,
    policies.map(({ terms, ...p }) => ({
      id: p.id,
      merchant_id: p.merchantId,
      version: p.version,
      effective_from: p.effectiveFrom,
      window_days: terms.windowDays,
      send_within_days: terms.sendWithinDays,
      restocking_bps: terms.restockingBps,
      label_payer: terms.labelPayer,
      label_fee_minor: terms.labelFeeMinor,
      currency: p.currency,
      destination: terms.destination,
      exchanges: terms.exchanges,
      auto_approve: terms.autoApprove,
      final_sale: terms.finalSale,
      created_by: p.createdBy,
      created_at: p.createdAt,
    })),
  );
}

export interface NewPhoto {
  readonly id: string;
  readonly returnId: string;
  readonly orderId: string;
  readonly contentType: PhotoType;
  readonly bytes: Buffer;
  readonly addedBy: string;
  readonly addedAt: Date;
}

/** How many photos returns have: counted under their orders' locks. */
export async function countPhotos(tx: Tx, orderIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ id: string; photos: number }>({
    name: 'return-photos-count',
    text: 'SELECT return_id AS id, count(*)::int AS photos FROM return_photos WHERE order_id = ANY($1::uuid[]) GROUP BY return_id',
    values: [orderIds],
  });
  return new Map(rows.map((row) => [row.id, row.photos]));
}

/** One statement for each: they are half a megabyte, and rarely two at once. */
export async function insertPhotos(tx: Tx, photos: readonly NewPhoto[]): Promise<void> {
  for (const photo of photos)
    await tx.query({
      name: 'return-photos-insert',
      text: `INSERT INTO return_photos (id, return_id, order_id, content_type, bytes, added_by, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      values: [photo.id, photo.returnId, photo.orderId, photo.contentType, photo.bytes, photo.addedBy, photo.addedAt],
    });
}
