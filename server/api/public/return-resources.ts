import { z } from 'zod';
import { ADVANCE_STATUSES } from '../../domains/returns/rules.ts';
import { RESTOCKS, RETURN_RESOLUTIONS, RETURN_VERDICTS, RETURN_WISHES } from '../../domains/returns/schema.ts';
import { RETURN_STATUSES } from '../../kernel/vocabulary.ts';
import type { ReturnRow, ReturnView } from '../../views/returns.ts';
import { currency, id, time, timeOrNull, timestamp } from './fields.ts';

/** A return as the API shows it. */
const status = z.enum(RETURN_STATUSES);
const wish = z.enum(RETURN_WISHES);

export const summary = z
  .object({
    id,
    number: z.string(),
    status,
    wants: wish,
    order_id: id,
    order_number: z.string(),
    units: z.int(),
    refund_minor: z.int(),
    currency,
    requested_at: timestamp,
  })
  .meta({ id: 'ReturnSummary' });
export const summaryOf = (row: ReturnRow): z.infer<typeof summary> => ({
  id: row.id,
  number: row.number,
  status: row.status,
  wants: row.wants,
  order_id: row.orderId,
  order_number: row.orderNumber,
  units: row.units,
  refund_minor: Number(row.refundMinor),
  currency: row.currency,
  requested_at: time(row.requestedAt),
});

export const resource = summary
  .extend({
    terms: z.string().meta({ description: 'The policy that it was asked for on, in one sentence.' }),
    note: z.string().nullable(),
    decline_reason: z.string().nullable(),
    send_by: timestamp.nullable(),
    tracking_number: z.string().nullable(),
    label_url: z.string().nullable(),
    resolution: z.enum(RETURN_RESOLUTIONS).nullable(),
    due_minor: z.int(),
    fee_minor: z.int().meta({ description: 'What the policy keeps.' }),
    label_fee_minor: z.int(),
    exchanged_minor: z.int().meta({ description: 'What was sent in exchange costs.' }),
    replacement: z
      .object({
        status: z.enum(ADVANCE_STATUSES),
        amount_minor: z.int().meta({ description: 'What it costs, and is held until the goods are back.' }),
        charged_minor: z.int().meta({ description: 'What the goods that came back did not pay for.' }),
        unsecured: z.string().nullable().meta({ description: 'Why nothing is held for it.' }),
      })
      .nullable()
      .meta({ description: 'Goods that were sent before these came back.' }),
    refund_id: id.nullable(),
    settled_at: timestamp.nullable(),
    lines: z.array(
      z.object({
        line_id: id,
        sku: z.string().nullable(),
        from_unit: z.int(),
        to_unit: z.int(),
        reason: z.string(),
        status: z.enum(['announced', 'received', 'inspected', 'missing']),
        verdict: z.enum(RETURN_VERDICTS).nullable(),
        value_percent: z.number().nullable(),
        stock: z.enum(RESTOCKS).nullable(),
      }),
    ),
  })
  .meta({ id: 'Return' });
export const resourceOf = (view: ReturnView): z.infer<typeof resource> => ({
  ...summaryOf(view),
  terms: view.terms,
  note: view.note,
  decline_reason: view.declineReason,
  send_by: timeOrNull(view.sendBy),
  tracking_number: view.trackingNumber,
  label_url: view.labelUrl,
  resolution: view.resolution,
  due_minor: Number(view.dueMinor),
  fee_minor: Number(view.feeMinor),
  label_fee_minor: Number(view.labelFeeMinor),
  exchanged_minor: Number(view.exchangedMinor),
  replacement:
    view.advanceStatus === null
      ? null
      : {
          status: view.advanceStatus,
          amount_minor: Number(view.advanceMinor),
          charged_minor: Number(view.chargeMinor),
          unsecured: view.advanceWhy,
        },
  refund_id: view.refundId,
  settled_at: timeOrNull(view.settledAt),
  lines: view.lines.map((line) => ({
    line_id: line.lineId,
    sku: line.skuCode,
    from_unit: line.from,
    to_unit: line.to,
    reason: line.reason,
    status: line.status,
    verdict: line.verdict,
    value_percent: line.valueBps === null ? null : line.valueBps / 100,
    stock: line.stock,
  })),
});
