import { z } from 'zod';
import { REDIRECTS, REFUND_REASONS, type RefundOrderInput, redirectLegInput } from '../../domains/refunds/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { REFUND_KINDS } from '../../kernel/vocabulary.ts';
import { findOrder } from '../../views/rest-lookups.ts';
import { readRestOrder } from '../../views/rest-orders.ts';
import { procedure, router } from '../trpc.ts';
import {
  amount,
  currency,
  fingerprint,
  id,
  page,
  pageOf,
  ranges,
  reference,
  selection,
  unitRanges,
  units,
  upper,
  uppers,
  words,
} from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';
import { refundOf, refundResource, refundStatus } from './refund-resources.ts';

const TAG = 'Refunds';
const order = reference('order');

const wanted = {
  order,
  kind: z
    .enum(REFUND_KINDS)
    .meta({ description: 'units at what they cost; an amount; or goodwill, which leaves the order’s worth alone.' }),
  units: units.optional(),
  amount_minor: amount.min(1).optional().meta({ description: 'For the kinds amount and goodwill.' }),
  reason: z.enum(REFUND_REASONS),
  to: z.enum(['ORIGINAL', 'STORE_CREDIT']).optional().meta({
    description:
      'To the tenders that paid, the card first; or to the customer’s store credit. As the merchant’s refund policy says where absent.',
  }),
};
const previewInput = z.strictObject(wanted);
const createInput = z.strictObject({ ...wanted, note: words(1000).optional(), fingerprint });

const preview = z
  .object({
    fingerprint: z.string(),
    kind: z.enum(REFUND_KINDS),
    currency,
    amount_minor: z.int(),
    net_minor: z.int(),
    discount_minor: z.int(),
    tax_minor: z.int(),
    units: unitRanges,
    left_minor: z.int().meta({ description: 'What could still be refunded afterwards.' }),
    needs_approval: z.boolean(),
  })
  .meta({ id: 'RefundPreview' });

const requested = z
  .object({
    id,
    number: z.string(),
    order_id: id,
    status: refundStatus,
    amount_minor: z.int(),
    currency,
    approval_id: id.nullable(),
  })
  .meta({ id: 'RequestedRefund' });

function refundInput(orderId: string, input: z.infer<typeof createInput>): RefundOrderInput {
  const { kind, reason, note } = input;
  const to: 'store_credit' | undefined = input.to === 'STORE_CREDIT' ? 'store_credit' : undefined;
  const rest = { orderId, reason, note, fingerprint: input.fingerprint, ...(to ? { to } : {}) };
  if (kind === 'units') {
    if (input.amount_minor !== undefined)
      throw new DomainError('invalid_request', 'Units are refunded at what they cost: leave amount_minor out.', {
        field: 'amount_minor',
      });
    return { kind, ...rest, units: selection(input.units) };
  }
  if (input.units) throw new DomainError('invalid_request', `A refund of kind ${kind} names no units.`, { field: 'units' });
  if (input.amount_minor === undefined)
    throw new DomainError('invalid_request', `A refund of kind ${kind} needs amount_minor.`, { field: 'amount_minor' });
  return { kind, ...rest, amountMinor: BigInt(input.amount_minor) };
}

/** Giving money back. */
export const refundsRouter = router({
  preview: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/refunds/preview',
        id: 'previewRefund',
        tag: TAG,
        summary: 'Show what a refund would do',
        description: 'Changes nothing.',
        example: { kind: 'amount', amount_minor: 500, reason: 'late' },
        refuses: ['state_refuses', 'over_limit', 'amount_out_of_range'],
      }),
    )
    .input(previewInput)
    .output(preview)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const plan = await ctx.app.flows.previewRefund(refundInput(orderId, input), ctx.ctx());
      return {
        fingerprint: plan.fingerprint,
        kind: plan.kind,
        currency: plan.currency,
        amount_minor: plan.amountMinor,
        net_minor: plan.netMinor,
        discount_minor: plan.discountMinor,
        tax_minor: plan.taxMinor,
        units: ranges(plan.units),
        left_minor: plan.leftMinor,
        needs_approval: plan.needsApproval,
      };
    }),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/refunds',
        id: 'createRefund',
        tag: TAG,
        summary: 'Refund units or an amount',
        description: 'The money is on its way back when the refund is SUCCEEDED. A large refund waits for a second person first.',
        status: 201,
        example: { kind: 'units', reason: 'damaged' },
        refuses: ['state_refuses', 'over_limit', 'plan_changed', 'amount_out_of_range'],
      }),
    )
    .input(createInput)
    .output(requested)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const refund = await perform(ctx, ctx.app.flows.refundOrder, refundInput(orderId, input));
      exchangeOf(ctx).location = `/api/v1/orders/${orderId}/refunds/${refund.id}`;
      return {
        id: refund.id,
        number: refund.number,
        order_id: refund.orderId,
        status: refundStatus.parse(upper(refund.status)),
        amount_minor: refund.amountMinor,
        currency: refund.currency,
        approval_id: refund.approvalId,
      };
    }),

  redirect: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/refunds/{refund}/legs/{leg}/redirect',
        id: 'redirectRefundLeg',
        tag: TAG,
        summary: 'Say where a part of a refund goes that its tender does not take',
        description:
          'A card that has expired, an account that is closed: `ORIGINAL` tries there once more, `NOBODY` gives the refund up. That it was paid by hand is said by somebody else than who asked for the refund, with a reference.',
        example: { to: 'STORE_CREDIT' },
        refuses: ['state_refuses', 'own_request'],
      }),
    )
    .input(
      z.strictObject({
        order,
        refund: id,
        leg: id,
        to: z.enum(uppers(REDIRECTS)),
        reference: z.string().trim().min(3).max(100).optional().meta({ description: 'Exactly of what was paid by hand.' }),
      }),
    )
    .output(
      z.object({ refund_id: id, leg_id: id, order_id: id, to: z.enum(uppers(REDIRECTS)) }).meta({ id: 'RedirectedRefundLeg' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const wish = { orderId, refundId: input.refund, legId: input.leg, to: input.to.toLowerCase(), reference: input.reference };
      const parsed = redirectLegInput.safeParse(wish);
      if (!parsed.success)
        throw new DomainError('invalid_request', parsed.error.issues[0]?.message ?? '', { field: 'reference' });
      const done = await perform(ctx, ctx.app.flows.redirectRefund, parsed.data);
      return { refund_id: done.refundId, leg_id: done.legId, order_id: done.orderId, to: upper(done.to) };
    }),

  ofOrder: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/orders/{order}/refunds',
        id: 'listOrderRefunds',
        tag: TAG,
        summary: 'List an order’s refunds',
      }),
    )
    .input(z.strictObject({ order }))
    .output(pageOf(refundResource))
    .query(async ({ ctx, input }) => {
      const found = await readRestOrder(ctx.pool, ctx.scope, input.order);
      return page({ items: found.refunds, next: null }, (refund) => refundOf(refund, found.order));
    }),

  get: procedure
    .meta(
      operation({ method: 'GET', path: '/orders/{order}/refunds/{refund}', id: 'getRefund', tag: TAG, summary: 'Get a refund' }),
    )
    .input(z.strictObject({ order, refund: reference('refund') }))
    .output(refundResource)
    .query(async ({ ctx, input }) => {
      const found = await readRestOrder(ctx.pool, ctx.scope, input.order);
      const refund = found.refunds.find((each) => each.id === input.refund || each.number === input.refund.toUpperCase());
      if (!refund) throw new DomainError('not_found', `The order ${found.order.number} has no refund ${input.refund}.`);
      return refundOf(refund, found.order);
    }),
});
