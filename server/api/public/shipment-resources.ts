import { z } from 'zod';
import { CLAIM_KINDS, CLAIM_STATUSES, type ShipmentStatus } from '../../kernel/vocabulary.ts';
import type { ShipmentView } from '../../views/order-shipments.ts';
import { currency, id, time, timeOrNull, timestamp } from './fields.ts';

/** Shipments as the REST API tells them. */
const STATUSES = ['PENDING', 'LABELLED', 'SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'CANCELLED'] as const;
const FATES = ['LOST', 'DAMAGED', 'RETURNING', 'RETURNED'] as const;
export const shipmentStatus = z.enum(STATUSES);
/** What became of a parcel whose status is EXCEPTION: clients that were written before there were fates go on as they are. */
export const shipmentFate = z.enum(FATES).nullable().meta({ description: 'What an EXCEPTION is, where it is known.' });

export function statusOf(status: ShipmentStatus): {
  readonly status: (typeof STATUSES)[number];
  readonly fate: (typeof FATES)[number] | null;
} {
  const fate = FATES.find((known) => known === status);
  return fate ? { status: 'EXCEPTION', fate } : { status: shipmentStatus.parse(status), fate: null };
}

/** The statuses that a filter means. */
export const statusesOf = (wanted: readonly (typeof STATUSES)[number][] | undefined): readonly ShipmentStatus[] | undefined =>
  wanted?.flatMap((status): readonly ShipmentStatus[] => (status === 'EXCEPTION' ? [status, ...FATES] : [status]));

export const shipmentResource = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-S10021' }),
    order_id: id,
    order_number: z.string(),
    status: shipmentStatus,
    fate: shipmentFate,
    node: z.string().nullable().meta({ description: 'The code of the node it leaves from; null for services.' }),
    carrier: z.string().nullable(),
    service: z.string().nullable(),
    tracking_number: z.string().nullable(),
    value_minor: z.int(),
    currency,
    lines: z.array(z.object({ line_id: id, sku: z.string().nullable(), name: z.string(), from_unit: z.int(), to_unit: z.int() })),
    boxes: z
      .array(
        z.object({
          number: z.int(),
          status: shipmentStatus,
          fate: shipmentFate,
          tracking_number: z.string().nullable(),
          weight_grams: z.int().nullable(),
          manifest: z.string().nullable(),
          lines: z.array(z.object({ line_id: id, from_unit: z.int(), to_unit: z.int() })),
        }),
      )
      .meta({ description: 'Empty where the shipment is one parcel itself.' }),
    manifest: z.string().nullable(),
    claims: z.array(
      z.object({
        id,
        number: z.string(),
        kind: z.enum(CLAIM_KINDS),
        status: z.enum(CLAIM_STATUSES),
        amount_minor: z.int(),
        paid_minor: z.int(),
        currency,
      }),
    ),
    updates: z.array(
      z.object({
        box: z.int().nullable(),
        proof: z
          .object({
            name: z.string().optional(),
            place: z.string().optional(),
            signature: z.string().optional(),
            picture: z.string().optional(),
          })
          .nullable(),
        status: z.string(),
        detail: z.string().nullable(),
        occurred_at: timestamp,
        received_at: timestamp,
      }),
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
    ...statusOf(view.status),
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
    boxes: view.boxes.map((box) => ({
      number: box.number,
      ...statusOf(box.status),
      tracking_number: box.trackingNumber,
      weight_grams: box.weightGrams,
      manifest: box.manifestNumber,
      lines: box.lines.map((each) => ({ line_id: each.lineId, from_unit: each.fromUnit, to_unit: each.toUnit })),
    })),
    manifest: view.manifestNumber,
    claims: view.claims.map((claim) => ({
      id: claim.id,
      number: claim.number,
      kind: claim.kind,
      status: claim.status,
      amount_minor: Number(claim.amountMinor),
      paid_minor: Number(claim.paidMinor),
      currency: claim.currency,
    })),
    updates: view.updates.map((update) => ({
      box: view.boxes.find((box) => box.id === update.boxId)?.number ?? null,
      proof: update.proof,
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
