import { z } from 'zod';
import { REFUND_KINDS, type RefundStatus } from '../../kernel/vocabulary.ts';
import type { RefundView } from '../../views/order-money.ts';
import { currency, id, time, timeOrNull, timestamp, upper, uppers } from './fields.ts';

/** Refunds as the REST API tells them. */
const TOLD_STATUSES = [
  'awaiting_approval',
  'pending',
  'succeeded',
  'failed',
  'rejected',
] as const satisfies readonly RefundStatus[];
export const refundStatus = z.enum(uppers(TOLD_STATUSES));

/** To a client a refund that was undone is one that was rejected: a status of its own would be news to it. */
const told = (status: RefundStatus): (typeof TOLD_STATUSES)[number] => (status === 'undone' ? 'rejected' : status);

export const refundResource = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-R10007' }),
    order_id: id,
    order_number: z.string(),
    kind: z.enum(REFUND_KINDS),
    origin: z.string().meta({
      description:
        'Where it comes from: `request`, `cancellation` or `return`. More may come. That of a return has the kind `amount`.',
      example: 'request',
    }),
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
    legs: z.array(
      z.object({
        id,
        payment_id: id,
        amount_minor: z.int(),
        status: z.enum(uppers(['pending', 'succeeded', 'failed'] as const)),
        destination: z.string().nullable().meta({
          description: 'Where it goes instead of to the tender that paid: `STORE_CREDIT`, `WALLET`, `BY_HAND`. More may come.',
        }),
        failure: z
          .object({ code: z.string(), message: z.string() })
          .nullable()
          .meta({ description: 'Set while the tender does not take it and somebody has to say where it goes.' }),
        reference: z.string().nullable(),
      }),
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
    // That of a return may be for less than its units cost: to a client who knows no returns it is an amount.
    kind: view.kind === 'return' ? 'amount' : view.kind,
    origin: view.kind === 'return' ? 'return' : view.reason === 'cancelled' ? 'cancellation' : 'request',
    status: upper(told(view.status)),
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
    legs: view.legs.map((leg) => ({
      id: leg.id,
      payment_id: leg.paymentId,
      amount_minor: Number(leg.amountMinor),
      status: upper(leg.status),
      destination: leg.destination?.toUpperCase() ?? null,
      failure: leg.failure && { code: leg.failure.code ?? 'unknown', message: leg.failure.message ?? '' },
      reference: leg.reference,
    })),
    created_at: time(view.createdAt),
    settled_at: timeOrNull(view.settledAt),
  };
}
