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

/** Of orders whose fees nobody could be made to pay. */
export async function dropFees(tx: Tx, orderIds: readonly string[], now: Date): Promise<void> {
  if (orderIds.length === 0) return;
  await tx.query({
    name: 'orders-drop-fees',
    text: 'UPDATE cancellation_fees SET dropped_at = $2 WHERE order_id = ANY($1::uuid[]) AND amount_minor > 0 AND dropped_at IS NULL',
    values: [orderIds, now],
  });
}
