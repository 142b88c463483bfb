import { z } from 'zod';
import { CANCEL_REASONS, MAX_TENDERS, type PlaceOrderInput } from '../../domains/orders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { FULFILMENT_STATUSES, ORDER_STATUSES, PAYMENT_STATUSES } from '../../kernel/vocabulary.ts';
import { findOrder } from '../../views/rest-lookups.ts';
import { listRestOrders, readNotes, readRestOrder } from '../../views/rest-orders.ts';
import { countGuess } from '../gift-card-door.ts';
import { trackingUrl } from '../tracking-links.ts';
import { procedure, router } from '../trpc.ts';
import {
  address,
  amount,
  currency,
  decimal,
  fingerprint,
  id,
  metadata,
  page,
  pageOf,
  pageQuery,
  type RestAddress,
  ranges,
  reference,
  selection,
  sorted,
  tags,
  time,
  timestamp,
  unitRanges,
  units,
  words,
} from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';
import { orderOf, orderResource, orderSummary, orderSummaryOf, placement } from './order-resources.ts';
import { settledPlacement } from './placement-wait.ts';
import { tender, tenderOf } from './tender-input.ts';

const TAG = 'Orders';
const order = reference('order');

const createInput = z.strictObject({
  external_id: words(100).optional().meta({ description: 'Your own name for the order, unique among your orders.' }),
  currency: currency.optional().meta({ description: 'ISO 4217. Needed unless the order names a quote.' }),
  quote_id: id
    .optional()
    .meta({ description: 'Places what was quoted, at what was quoted. Send no lines, shipping or discount beside it.' }),
  shipping_option: words(100)
    .optional()
    .meta({ description: 'The code of one of the quote’s shipping options.', example: 'standard' }),
  total_minor: amount
    .optional()
    .meta({ description: 'What the customer was shown: the order is refused where it costs anything else.' }),
  customer: z
    .strictObject({
      email: z.email().max(254).optional(),
      name: words(200).optional(),
      phone: words(40).optional(),
      external_id: words(100).optional().meta({ description: 'Your own name for the customer.' }),
    })
    .optional(),
  lines: z
    .array(
      z.strictObject({
        sku: words(100),
        quantity: z.int().min(1).max(1_000_000),
        unit_price: decimal.optional().meta({ description: 'Instead of the catalog’s price.', example: '12.50' }),
        discount_minor: amount.optional(),
        name: words(300).optional(),
      }),
    )
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: 'Needed unless the order names a quote.' }),
  accept: z.enum(['all', 'available']).optional().meta({
    description:
      'Where there is not enough stock: `all` (the default) refuses the order; `available` places it with the units there are, priced for these, and says in `shortages` what was cut. A quote is for all of it: where that is not there, the answer is `quote_changed`.',
  }),
  reservation_id: id.optional().meta({
    description:
      'A reservation whose units the order takes over. What it needs beyond them is promised anew; what it does not need is given back.',
  }),
  shipping: z.strictObject({ name: words(100), price_minor: amount }).optional(),
  discount_minor: amount.optional().meta({ description: 'Off the whole order, spread over its lines.' }),
  ship_to: address.optional(),
  bill_to: address.optional(),
  payment: z
    .strictObject({
      token: words(200).meta({
        description: 'The payment provider’s token of a payment method. Never a card number.',
        example: 'pm_card_visa',
      }),
      return_url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional()
        .meta({ description: 'Where the bank sends the customer after a challenge.' }),
    })
    .optional()
    .meta({ description: 'Needed unless the order costs nothing.' }),
  tenders: z
    .array(tender)
    .max(MAX_TENDERS)
    .optional()
    .meta({ description: 'What pays before the card does; the card pays the rest. One that is refused refuses the order.' }),
  metadata: metadata.optional(),
  tags: tags.optional(),
});

const EXAMPLE = {
  external_id: 'web-10071',
  currency: 'EUR',
  customer: { email: 'ana@example.com', name: 'Ana García' },
  lines: [{ sku: 'MUG-RED', quantity: 2 }],
  shipping: { name: 'Standard', price_minor: 490 },
  ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
  payment: { token: 'pm_card_visa', return_url: 'https://shop.example/thanks' },
  metadata: { cart: '7781' },
};

function addressInput(from: RestAddress | undefined): PlaceOrderInput['shipTo'] {
  if (!from) return undefined;
  const { postal_code: postalCode, ...rest } = from;
  return { ...rest, ...(postalCode === undefined ? {} : { postalCode }) };
}

function placeInput(input: z.infer<typeof createInput>, merchantId: string, dataKey: string): PlaceOrderInput {
  const { customer, shipping, payment } = input;
  if (input.shipping_option !== undefined && input.quote_id === undefined)
    throw new DomainError(
      'invalid_request',
      'A shipping_option is one of a quote’s: send its quote_id too, or shipping instead.',
    );
  return {
    merchantId,
    channel: 'api',
    externalId: input.external_id,
    currency: input.currency,
    quote: input.quote_id === undefined ? undefined : { id: input.quote_id, option: input.shipping_option },
    totalMinor: input.total_minor === undefined ? undefined : BigInt(input.total_minor),
    customer: { email: customer?.email, name: customer?.name, phone: customer?.phone, externalId: customer?.external_id },
    lines: (input.lines ?? []).map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      unitPrice: line.unit_price,
      discountMinor: line.discount_minor === undefined ? undefined : BigInt(line.discount_minor),
      name: line.name,
    })),
    accept: input.accept,
    reservationId: input.reservation_id,
    shipping: shipping && { name: shipping.name, priceMinor: BigInt(shipping.price_minor) },
    discountMinor: input.discount_minor === undefined ? undefined : BigInt(input.discount_minor),
    shipTo: addressInput(input.ship_to),
    billTo: addressInput(input.bill_to),
    tenders: input.tenders?.map((each) => tenderOf(each, dataKey)),
    payment: payment && { provider: 'card', token: payment.token, returnUrl: payment.return_url },
    metadata: input.metadata ?? {},
    tags: input.tags ?? [],
  };
}

const listInput = z.strictObject({
  ...pageQuery,
  status: z.array(z.enum(ORDER_STATUSES)).optional(),
  payment_status: z.array(z.enum(PAYMENT_STATUSES)).optional(),
  fulfilment_status: z.array(z.enum(FULFILMENT_STATUSES)).optional(),
  external_id: words(100).optional(),
  email: z.string().min(3).max(254).optional(),
  customer_id: id.optional(),
  tag: words(40).optional(),
  placed_after: timestamp.optional().meta({ description: 'At or after this time (RFC 3339).' }),
  placed_before: timestamp.optional().meta({ description: 'Before this time (RFC 3339).' }),
});

const cancelInput = {
  order,
  reason: z.enum(CANCEL_REASONS),
  units: units.optional(),
};
const cancelPreview = z
  .object({
    fingerprint: z.string(),
    currency,
    value_minor: z.int(),
    whole: z.boolean().meta({ description: 'Whether nothing is left of the order afterwards.' }),
    released_minor: z.int().meta({ description: 'Authorized and not taken: released at the bank.' }),
    refunded_minor: z.int().meta({ description: 'Taken already for these units: goes back as a refund.' }),
    units: unitRanges,
  })
  .meta({ id: 'CancelPreview' });
const note = z.object({ id, body: z.string(), actor: z.string(), at: timestamp }).meta({ id: 'Note' });

/** Placing orders, looking at them, changing what is written on them, cancelling. */
export const ordersRouter = router({
  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders',
        id: 'createOrder',
        tag: TAG,
        summary: 'Place an order',
        description:
          'Prices the lines (or takes what a quote says), promises their stock and starts the payment. The answer is an order in PENDING; with `Prefer: wait=N` it comes when the order is confirmed or cancelled, or when the customer must go to `next_action.url` first, after N seconds at the latest.',
        status: 201,
        waits: true,
        example: EXAMPLE,
        refuses: [
          'not_found',
          'unknown_sku',
          'out_of_stock',
          'state_refuses',
          'currency_mismatch',
          'tender_refused',
          'insufficient_funds',
          'over_limit',
          'account_frozen',
          'account_closed',
          'amount_out_of_range',
          'duplicate_external_id',
          'quote_expired',
          'quote_changed',
          'option_not_offered',
          'total_mismatch',
        ],
      }),
    )
    .input(createInput)
    .output(placement)
    .mutation(async ({ ctx, input }) => {
      const merchantId = ctx.scope.merchantId ?? '';
      if (input.tenders?.some((each) => each.type === 'gift_card')) countGuess(ctx, merchantId);
      const placed = await perform(ctx, ctx.app.flows.placeOrder, placeInput(input, merchantId, ctx.app.settings.dataKey));
      exchangeOf(ctx).location = `/api/v1/orders/${placed.id}`;
      return settledPlacement(ctx, placed, input.external_id);
    }),

  list: procedure
    .meta(operation({ method: 'GET', path: '/orders', id: 'listOrders', tag: TAG, summary: 'List orders, newest first' }))
    .input(listInput)
    .output(pageOf(orderSummary))
    .query(async ({ ctx, input }) => {
      const found = await listRestOrders(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        status: input.status,
        paymentStatus: input.payment_status,
        fulfilmentStatus: input.fulfilment_status,
        externalId: input.external_id,
        email: input.email,
        customerId: input.customer_id,
        tag: input.tag,
        placedAfter: input.placed_after === undefined ? undefined : new Date(input.placed_after),
        placedBefore: input.placed_before === undefined ? undefined : new Date(input.placed_before),
      });
      return page(found, orderSummaryOf);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/orders/{order}', id: 'getOrder', tag: TAG, summary: 'Get an order' }))
    .input(z.strictObject({ order }))
    .output(orderResource)
    .query(async ({ ctx, input }) => {
      const found = await readRestOrder(ctx.pool, ctx.scope, input.order);
      return orderOf(found, trackingUrl(ctx.app.settings, found.order.id));
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/orders/{order}',
        id: 'updateOrder',
        tag: TAG,
        summary: 'Change an order’s metadata and tags',
        description: 'Metadata is merged (RFC 7396: null removes an entry); tags are replaced as a whole.',
        example: { metadata: { picked_by: 'Lena', old_note: null }, tags: ['gift'] },
        refuses: ['over_limit'],
      }),
    )
    .input(
      z.strictObject({
        order,
        metadata: z.record(z.string().min(1).max(40), z.string().max(500).nullable()).optional(),
        tags: tags.optional(),
      }),
    )
    .output(
      z
        .object({ id, number: z.string(), metadata: z.record(z.string(), z.string()), tags: z.array(z.string()) })
        .meta({ id: 'OrderLabels' }),
    )
    .mutation(async ({ ctx, input }) => {
      const found = await findOrder(ctx.pool, ctx.scope, input.order);
      const change = { orderId: found.id, metadata: input.metadata, tags: input.tags };
      const edited = await perform(ctx, ctx.app.flows.editOrder, change);
      return { id: edited.id, number: edited.number, metadata: sorted(edited.metadata), tags: [...edited.tags] };
    }),

  previewCancel: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/cancel/preview',
        id: 'previewCancel',
        tag: TAG,
        summary: 'Show what cancelling would do',
        description: 'Changes nothing.',
        example: { reason: 'customer_request' },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(z.strictObject(cancelInput))
    .output(cancelPreview)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const preview = await ctx.app.flows.previewCancel(
        { orderId, reason: input.reason, units: selection(input.units) },
        ctx.ctx(),
      );
      return {
        fingerprint: preview.fingerprint,
        currency: preview.currency,
        value_minor: preview.valueMinor,
        whole: preview.whole,
        released_minor: preview.releasedMinor,
        refunded_minor: preview.refundedMinor,
        units: ranges(preview.units),
      };
    }),

  cancel: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/cancel',
        id: 'cancelOrder',
        tag: TAG,
        summary: 'Cancel an order, or units of it',
        description: 'Cancels what has not shipped. Money that was only authorized is released; money that was taken goes back.',
        example: { reason: 'customer_request' },
        refuses: ['state_refuses', 'plan_changed', 'over_limit'],
      }),
    )
    .input(z.strictObject({ ...cancelInput, note: words(1000).optional(), fingerprint }))
    .output(
      z
        .object({ id, number: z.string(), status: z.enum(ORDER_STATUSES), cancelled_minor: z.int(), refund_id: id.nullable() })
        .meta({ id: 'CancelledOrder' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.cancelOrder, {
        orderId,
        reason: input.reason,
        units: selection(input.units),
        note: input.note,
        fingerprint: input.fingerprint,
      });
      return {
        id: done.id,
        number: done.number,
        status: z.enum(ORDER_STATUSES).parse(done.status),
        cancelled_minor: done.cancelledMinor,
        refund_id: done.refundId,
      };
    }),

  addNote: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/notes',
        id: 'addOrderNote',
        tag: TAG,
        summary: 'Write a note on an order',
        status: 201,
        example: { body: 'Leave it with the neighbour.' },
      }),
    )
    .input(z.strictObject({ order, body: words(4000) }))
    .output(z.object({ id, order_id: id, body: z.string() }).meta({ id: 'AddedNote' }))
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const noted = await perform(ctx, ctx.app.flows.noteOrder, { orderId, body: input.body });
      return { id: noted.noteId, order_id: orderId, body: input.body };
    }),

  notes: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/orders/{order}/notes',
        id: 'listOrderNotes',
        tag: TAG,
        summary: 'List an order’s notes',
      }),
    )
    .input(z.strictObject({ order }))
    .output(pageOf(note))
    .query(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const items = await readNotes(ctx.pool, orderId);
      return page({ items, next: null }, (each) => ({ id: each.id, body: each.body, actor: each.actor, at: time(each.at) }));
    }),
});
