import { z } from 'zod';
import { CANCEL_REASONS, FULFILMENT_STATUSES, ORDER_STATUSES, PAYMENT_STATUSES } from '../../kernel/vocabulary.ts';
import { findNode, findOrder } from '../../views/rest-lookups.ts';
import { listRestOrders, readNotes, readRestOrder } from '../../views/rest-orders.ts';
import { countGuess } from '../gift-card-door.ts';
import { trackingUrl } from '../tracking-links.ts';
import { procedure, router } from '../trpc.ts';
import {
  currency,
  fingerprint,
  id,
  page,
  pageOf,
  pageQuery,
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
import { createInput, PLACEMENT_EXAMPLE, placeInput } from './place-input.ts';
import { settledPlacement } from './placement-wait.ts';
import { channelNamed } from './sales-channel.ts';

const TAG = 'Orders';
const order = reference('order');

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
  as_customer: z
    .boolean()
    .optional()
    .meta({ description: 'The customer asks for it in your own shop: what the policy says to customers holds, and their fee.' }),
  waive_fee: words(500)
    .optional()
    .meta({ description: 'Why no fee is taken, where the policy asks one of the shop’s own cancels.' }),
};
const cancelPreview = z
  .object({
    fingerprint: z.string(),
    currency,
    value_minor: z.int(),
    whole: z.boolean().meta({ description: 'Whether nothing is left of the order afterwards.' }),
    released_minor: z.int().meta({ description: 'Authorized and not taken: released at the bank.' }),
    refunded_minor: z.int().meta({ description: 'Taken already for these units: goes back as a refund.' }),
    fee_minor: z.int().meta({ description: 'Kept of it by the policy.' }),
    waived_minor: z.int().meta({ description: 'Would be kept if it were not waived.' }),
    terms: z.string().meta({ description: 'Until when it can be cancelled and what that costs, as everybody is told.' }),
    units: unitRanges,
  })
  .meta({ id: 'CancelPreview' });
const note = z.object({ id, body: z.string(), actor: z.string(), at: timestamp }).meta({ id: 'Note' });

const cancelWish = (input: z.infer<z.ZodObject<typeof cancelInput>>) => ({
  reason: input.reason,
  units: selection(input.units),
  waiveFee: input.waive_fee,
  ...(input.as_customer ? { by: 'customer' as const } : {}),
});

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
        example: PLACEMENT_EXAMPLE,
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
      const pickup = input.pickup && { nodeId: await findNode(ctx.pool, ctx.scope, input.pickup.node) };
      const channel = await channelNamed(ctx, input.channel);
      const placed = await perform(
        ctx,
        ctx.app.flows.placeOrder,
        placeInput(input, { merchantId, channel, pickup }, ctx.app.settings.dataKey),
      );
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
      const preview = await ctx.app.flows.previewCancel({ orderId, ...cancelWish(input) }, ctx.ctx());
      return {
        fingerprint: preview.fingerprint,
        currency: preview.currency,
        value_minor: preview.valueMinor,
        whole: preview.whole,
        released_minor: preview.releasedMinor,
        refunded_minor: preview.refundedMinor,
        fee_minor: preview.feeMinor,
        waived_minor: preview.waivedMinor,
        terms: preview.terms,
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
        description:
          'Cancels what has not shipped. Money that was only authorized is released; money that was taken goes back. Where a partner was asked to send some of the units the answer has `awaiting_partner`: they are asked first, and what they have not sent is cancelled when they say so.',
        example: { reason: 'customer_request' },
        refuses: ['state_refuses', 'plan_changed', 'over_limit'],
      }),
    )
    .input(z.strictObject({ ...cancelInput, note: words(1000).optional(), fingerprint }))
    .output(
      z
        .object({
          id,
          number: z.string(),
          status: z.enum(ORDER_STATUSES),
          cancelled_minor: z.int(),
          fee_minor: z.int().meta({ description: 'Kept of it by the policy.' }),
          refund_id: id.nullable(),
          awaiting_partner: z.boolean(),
          approval_id: id
            .nullable()
            .meta({ description: 'Set where a second person has to agree first: nothing is cancelled before.' }),
        })
        .meta({ id: 'CancelledOrder' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.cancelOrder, {
        orderId,
        ...cancelWish(input),
        note: input.note,
        fingerprint: input.fingerprint,
      });
      return {
        id: done.id,
        number: done.number,
        status: z.enum(ORDER_STATUSES).parse(done.status),
        cancelled_minor: done.cancelledMinor,
        fee_minor: done.feeMinor,
        refund_id: done.refundId,
        awaiting_partner: done.awaitingPartner ?? false,
        approval_id: done.approvalId ?? null,
      };
    }),

  capture: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/capture',
        id: 'captureOrder',
        tag: TAG,
        summary: 'Take the money of an order before it leaves',
        description:
          'Asks the provider for all that the order still owes; the order’s events say what came of it. Where the policy says manual nothing leaves before.',
        example: {},
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ order }))
    .output(z.object({ order_id: id, number: z.string(), amount_minor: z.int(), currency }).meta({ id: 'CapturingOrder' }))
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const asked = await perform(ctx, ctx.app.flows.captureOrder, { orderId });
      return { order_id: asked.orderId, number: asked.number, amount_minor: asked.amountMinor, currency: asked.currency };
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
