import { z } from 'zod';
import { REFUND_KINDS, REFUND_STATUSES } from '../../kernel/vocabulary.ts';
import type { RefundView } from '../../views/order-money.ts';
import { currency, id, time, timeOrNull, timestamp, upper, uppers } from './fields.ts';

/** Refunds as the REST API tells them. */
export const refundStatus = z.enum(uppers(REFUND_STATUSES));

export const refundResource = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-R10007' }),
    order_id: id,
    order_number: z.string(),
    kind: z.enum(REFUND_KINDS),
    status: refundStatus,
    amount_minor: z.int(),
    currency,
    reason: z.string(),
    note: z.string().nullable(),
    approval_id: id.nullable().meta({ description: 'Set where a second person has to agree first.' }),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    units: z.array(
      z.object({ line_id: id, sku: z.string().nullable(), from_unit: z.int(), to_unit: z.int(), total_minor: z.int() }),
    ),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'Refund' });

export function refundOf(
  view: RefundView,
  order: { readonly id: string; readonly number: string },
): z.infer<typeof refundResource> {
  return {
    id: view.id,
    number: view.number,
    order_id: order.id,
    order_number: order.number,
    kind: view.kind,
    status: upper(view.status),
    amount_minor: Number(view.amountMinor),
    currency: view.currency,
    reason: view.reason,
    note: view.note,
    approval_id: view.approvalId,
    failure: view.failure && { code: view.failure.code ?? 'unknown', message: view.failure.message ?? '' },
    units: view.lines.map((unit) => ({
      line_id: unit.lineId,
      sku: unit.skuCode,
      from_unit: unit.fromUnit,
      to_unit: unit.toUnit,
      total_minor: Number(unit.totalMinor),
    })),
    created_at: time(view.createdAt),
    settled_at: timeOrNull(view.settledAt),
  };
}
