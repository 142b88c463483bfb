import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec } from '../../platform/rows.ts';

/** What was kept of cancelled units, or would have been if nobody had waived it. */
export interface CancellationFee {
  readonly orderId: string;
  readonly merchantId: string;
  readonly policyVersion: number;
  readonly by: 'customer' | 'agent';
  readonly valueMinor: bigint;
  readonly amountMinor: bigint;
  readonly waivedMinor: bigint;
  readonly waiveReason: string | null;
  readonly currency: string;
}

const FEES: TableSpec = {
  table: 'cancellation_fees',
  columns: {
    id: 'uuid',
    order_id: 'uuid',
    merchant_id: 'uuid',
    policy_version: 'int4',
    by_actor: 'text',
    actor: 'text',
    value_minor: 'int8',
    amount_minor: 'int8',
    waived_minor: 'int8',
    waive_reason: 'text',
    currency: 'text',
    created_at: 'timestamptz',
  },
};

export async function insertFees(
  tx: Tx,
  fees: readonly (CancellationFee & { readonly id: string; readonly actor: string; readonly at: Date })[],
): Promise<void> {
  await insertRows(
    tx,
    FEES,
    fees.map((fee) => ({
      id: fee.id,
      order_id: fee.orderId,
      merchant_id: fee.merchantId,
      policy_version: fee.policyVersion,
      by_actor: fee.by,
      actor: fee.actor,
      value_minor: fee.valueMinor,
      amount_minor: fee.amountMinor,
      waived_minor: fee.waivedMinor,
      waive_reason: fee.waiveReason,
      currency: fee.currency,
      created_at: fee.at,
    })),
  );
}

/** What of an order's fees nobody could be made to pay, the newest first. */
export async function dropFees(tx: Tx, orderId: string, amountMinor: bigint, now: Date): Promise<void> {
  await tx.query({
    name: 'orders-drop-fees',
    text: `UPDATE cancellation_fees f SET dropped_minor = f.dropped_minor + d.part, dropped_at = $3
           FROM (SELECT id, LEAST(amount_minor - dropped_minor, GREATEST($2::bigint - COALESCE(sum(amount_minor - dropped_minor)
                          OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0))::bigint AS part
                 FROM cancellation_fees WHERE order_id = $1) d
           WHERE f.id = d.id AND d.part > 0`,
    values: [orderId, amountMinor, now],
  });
}

/** What was kept of orders whose locks the caller holds. */
export async function readFees(
  tx: Tx,
  orderIds: readonly string[],
): Promise<{ id: string; orderId: string; amountMinor: bigint; at: Date }[]> {
  const { rows } = await tx.query<{ id: string; orderId: string; amountMinor: bigint; at: Date }>({
    name: 'orders-fees',
    text: `SELECT id, order_id AS "orderId", amount_minor - dropped_minor AS "amountMinor", created_at AS at FROM cancellation_fees
           WHERE order_id = ANY($1::uuid[]) AND amount_minor > dropped_minor ORDER BY id`,
    values: [orderIds],
  });
  return rows;
}
