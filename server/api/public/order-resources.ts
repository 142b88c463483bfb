import { z } from 'zod';
import { PICKUP_STATUSES } from '../../domains/pickups/rules.ts';
import type { PlacedOrder } from '../../flows/placed-order.ts';
import {
  FULFILMENT_STATUSES,
  HAND_HOLDS,
  ORDER_STATUSES,
  PAYMENT_STATES,
  PAYMENT_STATUSES,
  SPAN_STATES,
} from '../../kernel/vocabulary.ts';
import type { AddressView } from '../../views/order.ts';
import type { PlacementOutcome, RestOrder, RestOrderRow } from '../../views/rest-orders.ts';
import { currency, id, sorted, time, timeOrNull, timestamp, upper, uppers } from './fields.ts';
import { refundOf, refundResource } from './refund-resources.ts';
import { shipmentOf, shipmentResource } from './shipment-resources.ts';

/** Orders as the REST API tells them. */

const minor = z.int();
export const orderStatus = z.enum(ORDER_STATUSES);
export const paymentStatus = z.enum(PAYMENT_STATUSES);
export const fulfilmentStatus = z.enum(FULFILMENT_STATUSES);

export const nextAction = z
  .object({ type: z.literal('redirect'), url: z.string() })
  .nullable()
  .meta({ description: 'Send the customer to this address; the bank sends them back to your return_url.' });

/** What somebody who takes what there is did not get. */
const laterUnits = z
  .object({
    line_id: id,
    sku: z.string().nullable(),
    quantity: z.int(),
    kind: z.enum(uppers(['backorder', 'preorder'] as const)),
    promised_on: z.iso.date(),
    first_promised_on: z.iso.date().meta({ description: 'What was promised when the order was placed.' }),
  })
  .meta({ id: 'WaitingUnits' });

export const shortages = z
  .array(z.object({ sku: z.string(), asked: z.int(), kept: z.int() }))
  .default([])
  .meta({
    description: 'With `accept: available`: what was asked of each SKU that fell short, and the units that were kept of it.',
  });

/** What creating an order answers. With Prefer: wait it says how the placement ended. */
export const placement = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-10432' }),
    external_id: z.string().nullable(),
    status: orderStatus,
    payment_status: paymentStatus,
    currency,
    total_minor: minor,
    tax_minor: minor,
    discount_minor: minor,
    customer_id: id.nullable(),
    lines: z.array(z.object({ id, sku: z.string().nullable(), name: z.string(), quantity: z.int(), total_minor: minor })),
    next_action: nextAction,
    failure: z
      .object({ code: z.string(), message: z.string() })
      .nullable()
      .meta({ description: 'Why the payment failed, where it did.' }),
    cancel_reason: z.string().nullable(),
    shortages,
    waiting: z.array(laterUnits).meta({ description: 'Units that are not in stock yet, and the day each is promised for.' }),
  })
  .meta({ id: 'OrderPlacement' });

const summary = {
  id,
  number: z.string().meta({ example: 'EU-10432' }),
  external_id: z.string().nullable(),
  channel: z.string(),
  status: orderStatus,
  payment_status: paymentStatus,
  fulfilment_status: fulfilmentStatus,
  holds: z.array(z.enum(uppers(HAND_HOLDS))),
  awaits_payment: z.boolean().meta({
    description: 'Held, as MANUAL, until its customer pays again: the bank does not hold the money any more.',
  }),
  currency,
  total_minor: minor.meta({ description: 'As placed, tax included.' }),
  cancelled_minor: minor,
  cancellation_fee_minor: minor.meta({ description: 'Kept of what was cancelled, by the policy.' }),
  captured_minor: minor,
  refunded_minor: minor,
  customer_id: id.nullable(),
  customer_name: z.string().nullable(),
  email: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  tags: z.array(z.string()),
  placed_at: timestamp,
  version: z.int().meta({ description: 'Goes up by one with each change of the order.' }),
};

export const orderSummary = z.object({ ...summary, updated_at: timestamp }).meta({ id: 'OrderSummary' });

const addressResource = z
  .object({
    name: z.string().optional(),
    company: z.string().optional(),
    line1: z.string().optional(),
    line2: z.string().optional(),
    city: z.string().optional(),
    region: z.string().optional(),
    postal_code: z.string().optional(),
    country: z.string().optional(),
    phone: z.string().optional(),
  })
  .meta({ id: 'Address' });

const line = z
  .object({
    id,
    position: z.int(),
    kind: z.enum(['item', 'shipping', 'fee']),
    sku: z.string().nullable(),
    name: z.string(),
    quantity: z.int(),
    unit_price: z.string(),
    net_minor: minor,
    discount_minor: minor,
    tax_minor: minor,
    total_minor: minor,
    tax_rate: z.string(),
    replaces_line_id: id.nullable().meta({ description: 'The line whose units this one sends again at no charge.' }),
    units: z
      .array(
        z.object({
          from_unit: z.int(),
          to_unit: z.int(),
          state: z.enum(uppers(SPAN_STATES)),
          node: z.string().nullable(),
          shipment: z.string().nullable(),
          refund: z.string().nullable(),
          total_minor: minor,
        }),
      )
      .meta({ description: 'Where units 1 to quantity are now; together they are all of them.' }),
  })
  .meta({ id: 'OrderLine' });

const payment = z
  .object({
    id,
    method: z.string(),
    status: z.enum(PAYMENT_STATES),
    currency,
    amount_minor: minor,
    authorized_minor: minor,
    captured_minor: minor,
    refunded_minor: minor,
    provider_ref: z.string().nullable(),
    brand: z.string().nullable(),
    last4: z.string().nullable(),
    failure: z.object({ code: z.string(), message: z.string() }).nullable(),
    next_action: nextAction,
    authorization_expires_at: timestamp.nullable(),
    created_at: timestamp,
  })
  .meta({ id: 'Payment' });

export const orderResource = z
  .object({
    ...summary,
    authorized_minor: minor,
    phone: z.string().nullable(),
    ship_to: addressResource.nullable(),
    bill_to: addressResource.nullable(),
    cancel_reason: z.string().nullable(),
    quote_id: id.nullable(),
    shipping_option: z.string().nullable(),
    promised_from: z.iso.date().nullable(),
    promised_by: z.iso.date().nullable().meta({ description: 'The last day the customer was promised it for.' }),
    confirmed_at: timestamp.nullable(),
    finished_at: timestamp.nullable(),
    expires_at: timestamp.nullable().meta({ description: 'A pending order is given up then.' }),
    pickup: z
      .object({
        node: z.string(),
        status: z.enum(uppers(PICKUP_STATUSES)),
        ready_at: timestamp.nullable(),
        collect_by: timestamp.nullable(),
        collected_at: timestamp.nullable(),
      })
      .nullable()
      .meta({ description: 'Where the customer fetches it; null where it is sent.' }),
    tracking_url: z
      .url()
      .meta({ description: 'Where the customer follows the parcels, without signing in. Holding it is the permission.' }),
    ship_together: z.boolean().meta({ description: 'Nothing leaves before all of it can.' }),
    waiting: z.array(laterUnits).meta({ description: 'Units that are not in stock yet, and the day each is promised for.' }),
    lines: z.array(line),
    payments: z.array(payment),
    shipments: z.array(shipmentResource),
    refunds: z.array(refundResource),
  })
  .meta({ id: 'Order' });

type Failure = { readonly code?: string; readonly message?: string } | null;
const failureOf = (failure: Failure) => failure && { code: failure.code ?? 'unknown', message: failure.message ?? '' };
const nextActionOf = (action: { readonly url: string } | null) => action && { type: 'redirect' as const, url: action.url };

export function placementOf(
  placed: PlacedOrder,
  externalId: string | undefined,
  outcome?: PlacementOutcome,
): z.infer<typeof placement> {
  return {
    id: placed.id,
    number: placed.number,
    external_id: externalId ?? null,
    status: outcome?.status ?? orderStatus.parse(placed.status),
    payment_status: outcome?.paymentStatus ?? paymentStatus.parse(placed.paymentStatus),
    currency: placed.currency,
    total_minor: placed.totalMinor,
    tax_minor: placed.taxMinor,
    discount_minor: placed.discountMinor,
    customer_id: placed.customerId,
    lines: placed.lines.map((each) => ({
      id: each.id,
      sku: each.sku,
      name: each.name,
      quantity: each.quantity,
      total_minor: each.totalMinor,
    })),
    next_action: nextActionOf(outcome?.nextAction ?? null),
    failure: failureOf(outcome?.failure ?? null),
    cancel_reason: outcome?.reason ?? null,
    shortages: [...(placed.shortages ?? [])],
    waiting: (placed.later ?? []).map((each) => ({
      line_id: each.lineId,
      sku: each.sku,
      quantity: each.quantity,
      kind: upper(each.kind),
      promised_on: each.promisedOn,
      first_promised_on: each.promisedOn,
    })),
  };
}

function summaryOf(row: Omit<RestOrderRow, 'updatedAt'>) {
  return {
    id: row.id,
    number: row.number,
    external_id: row.externalId,
    channel: row.channel,
    status: row.status,
    payment_status: row.paymentStatus,
    fulfilment_status: row.fulfilmentStatus,
    // A client that was written before there was this hold knows it as one by hand.
    holds: [...new Set(row.holds.map((hold) => upper(hold === 'payment' || hold === 'dispute' ? 'manual' : hold)))],
    awaits_payment: row.holds.includes('payment'),
    currency: row.currency,
    total_minor: Number(row.totalMinor),
    cancelled_minor: Number(row.cancelledMinor),
    cancellation_fee_minor: Number(row.cancellationFeeMinor),
    captured_minor: Number(row.capturedMinor),
    refunded_minor: Number(row.refundedMinor),
    customer_id: row.customerId,
    customer_name: row.customerName,
    email: row.email,
    metadata: sorted(row.metadata),
    tags: row.tags,
    placed_at: time(row.placedAt),
    version: Number(row.version),
  };
}

export const orderSummaryOf = (row: RestOrderRow): z.infer<typeof orderSummary> => ({
  ...summaryOf(row),
  updated_at: time(row.updatedAt),
});

function addressOf(view: AddressView | null): z.infer<typeof addressResource> | null {
  if (!view) return null;
  const { postalCode, ...rest } = view;
  return { ...rest, ...(postalCode === undefined ? {} : { postal_code: postalCode }) };
}

function lineOf(view: RestOrder['lines'][number]): z.infer<typeof line> {
  return {
    id: view.id,
    position: view.position,
    kind: view.kind,
    sku: view.skuCode,
    name: view.name,
    quantity: view.quantity,
    unit_price: view.unitPrice,
    net_minor: Number(view.netMinor),
    discount_minor: Number(view.discountMinor),
    tax_minor: Number(view.taxMinor),
    total_minor: Number(view.totalMinor),
    tax_rate: view.taxRate,
    replaces_line_id: view.replacesLineId,
    units: view.spans.map((span) => ({
      from_unit: span.fromUnit,
      to_unit: span.toUnit,
      state: upper(span.state),
      node: span.nodeCode,
      shipment: span.shipmentNumber,
      refund: span.refundNumber,
      total_minor: Number(span.totalMinor),
    })),
  };
}

function paymentOf(view: RestOrder['payments'][number]): z.infer<typeof payment> {
  return {
    id: view.id,
    method: view.method,
    status: view.status,
    currency: view.currency,
    amount_minor: Number(view.amountMinor),
    authorized_minor: Number(view.authorizedMinor),
    captured_minor: Number(view.capturedMinor),
    refunded_minor: Number(view.refundedMinor),
    provider_ref: view.providerRef,
    brand: view.brand,
    last4: view.last4,
    failure: failureOf(view.failure),
    next_action: nextActionOf(view.nextAction),
    authorization_expires_at: timeOrNull(view.authorizationExpiresAt),
    created_at: time(view.createdAt),
  };
}

export function orderOf(
  { order, lines, payments, shipments, refunds, pickup, waiting }: RestOrder,
  trackingUrl: string,
): z.infer<typeof orderResource> {
  return {
    ...summaryOf(order),
    authorized_minor: Number(order.authorizedMinor),
    phone: order.phone,
    ship_to: addressOf(order.shipTo),
    bill_to: addressOf(order.billTo),
    cancel_reason: order.cancellation?.reason ?? null,
    quote_id: order.quoteId,
    shipping_option: order.shippingMethod,
    promised_from: order.promisedFrom,
    promised_by: order.promisedBy,
    confirmed_at: timeOrNull(order.confirmedAt),
    finished_at: timeOrNull(order.finishedAt),
    expires_at: timeOrNull(order.expiresAt),
    pickup: pickup && {
      node: pickup.nodeCode,
      status: upper(pickup.status),
      ready_at: timeOrNull(pickup.readyAt),
      collect_by: timeOrNull(pickup.collectBy),
      collected_at: timeOrNull(pickup.collectedAt),
    },
    tracking_url: trackingUrl,
    ship_together: order.shipTogether,
    waiting: waiting.map((each) => ({
      line_id: each.lineId,
      sku: each.sku,
      quantity: each.units,
      kind: upper(each.kind),
      promised_on: each.promisedOn,
      first_promised_on: each.firstPromisedOn,
    })),
    lines: lines.map(lineOf),
    payments: payments.map(paymentOf),
    shipments: shipments.map((shipment) => shipmentOf(shipment, order)),
    refunds: refunds.map((refund) => refundOf(refund, order)),
  };
}
