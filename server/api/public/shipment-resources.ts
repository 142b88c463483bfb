import { z } from 'zod';
import { SHIPMENT_STATUSES } from '../../kernel/vocabulary.ts';
import type { ShipmentView } from '../../views/order-shipments.ts';
import { currency, id, time, timeOrNull, timestamp } from './fields.ts';

/** Shipments as the REST API tells them. */
export const shipmentStatus = z.enum(SHIPMENT_STATUSES);

export const shipmentResource = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-S10021' }),
    order_id: id,
    order_number: z.string(),
    status: shipmentStatus,
    node: z.string().nullable().meta({ description: 'The code of the node it leaves from; null for services.' }),
    carrier: z.string().nullable(),
    service: z.string().nullable(),
    tracking_number: z.string().nullable(),
    value_minor: z.int(),
    currency,
    lines: z.array(z.object({ line_id: id, sku: z.string().nullable(), name: z.string(), from_unit: z.int(), to_unit: z.int() })),
    updates: z.array(
      z.object({ status: z.string(), detail: z.string().nullable(), occurred_at: timestamp, received_at: timestamp }),
    ),
    created_at: timestamp,
    shipped_at: timestamp.nullable(),
    delivered_at: timestamp.nullable(),
    version: z.int(),
  })
  .meta({ id: 'Shipment' });

export function shipmentOf(
  view: ShipmentView,
  order: { readonly id: string; readonly number: string },
): z.infer<typeof shipmentResource> {
  return {
    id: view.id,
    number: view.number,
    order_id: order.id,
    order_number: order.number,
    status: view.status,
    node: view.nodeCode,
    carrier: view.carrier,
    service: view.service,
    tracking_number: view.trackingNumber,
    value_minor: Number(view.valueMinor),
    currency: view.currency,
    lines: view.lines.map((each) => ({
      line_id: each.lineId,
      sku: each.skuCode,
      name: each.name,
      from_unit: each.fromUnit,
      to_unit: each.toUnit,
    })),
    updates: view.updates.map((update) => ({
      status: update.status,
      detail: update.detail,
      occurred_at: time(update.occurredAt),
      received_at: time(update.receivedAt),
    })),
    created_at: time(view.createdAt),
    shipped_at: timeOrNull(view.shippedAt),
    delivered_at: timeOrNull(view.deliveredAt),
    version: Number(view.version),
  };
}
