import { z } from 'zod';
import { RESTOCKS, RETURN_REASONS, RETURN_RESOLUTIONS, RETURN_VERDICTS, RETURN_WISHES } from '../../domains/returns/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { RETURN_STATUSES } from '../../kernel/vocabulary.ts';
import { findNode, findOrder, findReturn } from '../../views/rest-lookups.ts';
import { listReturns, readReturn } from '../../views/returns.ts';
import { procedure, router } from '../trpc.ts';
import { currency, fingerprint, id, page, pageOf, pageQuery, reference, selection, timestamp, units, words } from './fields.ts';
import { operation, perform } from './operation.ts';
import { returnActs } from './return-acts.ts';
import { changed, changedOf, exchange, one, TAG } from './return-fields.ts';
import { resource, resourceOf, summary, summaryOf } from './return-resources.ts';

const order = reference('order');
const status = z.enum(RETURN_STATUSES);
const wish = z.enum(RETURN_WISHES);

/** What customers send back after a delivery. */
export const returnsRouter = router({
  ...returnActs,

  list: procedure
    .meta(operation({ method: 'GET', path: '/returns', id: 'listReturns', tag: TAG, summary: 'List returns, newest first' }))
    .input(z.strictObject({ ...pageQuery, status: status.optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) =>
      page(
        await listReturns(ctx.pool, ctx.scope, { status: input.status }, { after: input.cursor, limit: input.limit }),
        summaryOf,
      ),
    ),

  get: procedure
    .meta(operation({ method: 'GET', path: '/returns/{return}', id: 'getReturn', tag: TAG, summary: 'Get a return' }))
    .input(z.strictObject({ return: one }))
    .output(resource)
    .query(async ({ ctx, input }) => resourceOf(await readReturn(ctx.pool, ctx.scope, input.return))),

  offer: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/orders/{order}/returnable',
        id: 'getReturnable',
        tag: TAG,
        summary: 'What of an order may be sent back now',
        description: 'For each line until when, or why not: the same sentences that the customer is told.',
      }),
    )
    .input(z.strictObject({ order }))
    .output(
      z
        .object({
          terms: z.string(),
          wishes: z.array(wish),
          currency,
          lines: z.array(
            z.object({
              line_id: id,
              name: z.string(),
              quantity: z.int(),
              until: timestamp.nullable(),
              why_not: z.string().nullable(),
            }),
          ),
        })
        .meta({ id: 'Returnable' }),
    )
    .query(async ({ ctx, input }) => {
      const found = await findOrder(ctx.pool, ctx.scope, input.order);
      const offer = await ctx.app.flows.returns.offer(found.id, ctx.ctx());
      const lines = offer.lines.map(({ lineId, name, quantity, until, why }) => ({
        line_id: lineId,
        name,
        quantity,
        until,
        why_not: why,
      }));
      return { terms: offer.terms, wishes: [...offer.wishes], currency: offer.currency, lines };
    }),

  request: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/returns',
        id: 'requestReturn',
        tag: TAG,
        summary: 'Ask to send units back',
        description: 'The return policy answers. `despite` takes back what it would not, and says why.',
        status: 201,
        example: { lines: [{ line_id: '00000000-0000-7000-8000-000000000000', quantity: 1, reason: 'does_not_fit' }] },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        order,
        lines: z
          .array(
            z.strictObject({
              line_id: id,
              quantity: z.int().min(1).max(1_000_000),
              reason: z.enum(RETURN_REASONS),
              note: words(500).optional(),
            }),
          )
          .min(1)
          .max(200),
        wants: wish.optional(),
        note: words(1000).optional(),
        approve: z.boolean().optional().meta({ description: 'Approves it in one go.' }),
        despite: words(500).optional(),
        label: z.boolean().optional().meta({ description: 'Whether a label is bought; it is, unless said.' }),
      }),
    )
    .output(changed.meta({ id: 'RequestedReturn' }))
    .mutation(async ({ ctx, input }) => {
      const found = await findOrder(ctx.pool, ctx.scope, input.order);
      const lines = input.lines.map(({ line_id: lineId, ...line }) => ({ lineId, ...line }));
      const { wants = 'refund', note, approve, despite, label = true } = input;
      const wanted = { orderId: found.id, lines, wants, note, approve, despite, label };
      return changedOf(await perform(ctx, ctx.app.flows.returns.request, wanted));
    }),

  approve: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/approve',
        id: 'approveReturn',
        tag: TAG,
        summary: 'Approve a return',
        example: { label: true },
        refuses: ['state_refuses'],
      }),
    )
    .input(
      z.strictObject({
        return: one,
        node: words(100).optional(),
        label: z.boolean().optional(),
        advance: exchange.min(1).optional().meta({
          description: 'What is sent before the goods come back. The card that paid holds what it costs until they do.',
        }),
        unsecured: words(500).optional().meta({ description: 'Why it goes without; asks for a key that may refund.' }),
      }),
    )
    .output(changed.meta({ id: 'ApprovedReturn' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const nodeId = input.node === undefined ? undefined : await findNode(ctx.pool, ctx.scope, input.node);
      const { unsecured, label = true } = input;
      if (unsecured !== undefined && !ctx.principal.scopes.includes('refunds:write'))
        throw new DomainError('forbidden', 'This needs a key that may refund: nothing would be held for the replacement.');
      const advance = input.advance?.map(({ line_id: lineId, ...line }) => ({ lineId, ...line }));
      return changedOf(await perform(ctx, ctx.app.flows.returns.approve, { returnId, nodeId, label, advance, unsecured }));
    }),

  decline: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/decline',
        id: 'declineReturn',
        tag: TAG,
        summary: 'Decline a return',
        example: { reason: 'It was worn' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ return: one, reason: words(500) }))
    .output(changed.meta({ id: 'DeclinedReturn' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      return changedOf(await perform(ctx, ctx.app.flows.returns.decline, { returnId, reason: input.reason }));
    }),

  receive: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/receive',
        id: 'receiveReturn',
        tag: TAG,
        summary: 'Receive goods that came back',
        description: 'Short of what was announced, or more. All that was announced where no units are named.',
        example: { node: 'MAIN' },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(z.strictObject({ return: one, node: words(100), units: units.optional(), note: words(500).optional() }))
    .output(changed.extend({ received: z.int(), missing: z.int(), extra: z.int() }).meta({ id: 'ReceivedReturn' }))
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const counted = selection(input.units);
      const lines = counted === undefined ? undefined : [...counted];
      const done = await perform(ctx, ctx.app.flows.returns.receive, { returnId, nodeId, lines, note: input.note });
      return { ...changedOf(done), received: done.received, missing: done.missing, extra: done.extra };
    }),

  inspect: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/inspect',
        id: 'inspectReturn',
        tag: TAG,
        summary: 'Say what received units are worth, and where they go',
        description: 'Sellable units are on the shelf at once. No money moves before the return is settled.',
        example: {
          lines: [{ line_id: '00000000-0000-7000-8000-000000000000', quantity: 1, verdict: 'accept', stock: 'sellable' }],
        },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        return: one,
        lines: z
          .array(
            z
              .strictObject({
                line_id: id,
                quantity: z.int().min(1).max(1_000_000),
                verdict: z.enum(RETURN_VERDICTS),
                value_percent: z.int().min(1).max(99).optional(),
                stock: z.enum(RESTOCKS).optional(),
                remark: words(500).optional(),
              })
              .refine((line) => (line.verdict === 'part') === (line.value_percent !== undefined), {
                message: 'value_percent is said exactly of what is accepted in part',
                path: ['value_percent'],
              })
              .refine((line) => line.verdict !== 'reject' || line.stock === undefined, {
                message: 'what is rejected goes back to the customer',
                path: ['stock'],
              }),
          )
          .min(1)
          .max(500),
      }),
    )
    .output(
      changed.extend({ sellable: z.int(), lost: z.int(), rejected: z.int(), left: z.int() }).meta({ id: 'InspectedReturn' }),
    )
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const lines = input.lines.map(({ line_id: lineId, value_percent: valuePercent, ...line }) => ({
        lineId,
        valuePercent,
        ...line,
      }));
      const done = await perform(ctx, ctx.app.flows.returns.inspect, { returnId, lines });
      const { sellable, lost, rejected, left } = done;
      return { ...changedOf(done), sellable, lost, rejected, left };
    }),

  settle: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/returns/{return}/settle',
        id: 'settleReturn',
        tag: TAG,
        summary: 'Give back what an inspected return is worth',
        description: 'By the refund that it starts, as store credit, or with other goods and the difference.',
        example: { resolution: 'store_credit' },
        refuses: ['state_refuses', 'plan_changed', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        return: one,
        resolution: wish.optional(),
        exchange: exchange.optional(),
        note: words(1000).optional(),
        fingerprint,
      }),
    )
    .output(
      changed
        .extend({ resolution: z.enum(RETURN_RESOLUTIONS), refund_id: id.nullable(), refund_minor: z.int(), currency })
        .meta({ id: 'SettledReturn' }),
    )
    .mutation(async ({ ctx, input }) => {
      const returnId = await findReturn(ctx.pool, ctx.scope, input.return);
      const { resolution, note, fingerprint: shown } = input;
      const exchange = input.exchange?.map(({ line_id: lineId, ...line }) => ({ lineId, ...line }));
      const done = await perform(ctx, ctx.app.flows.returns.settle, {
        ...{ returnId, resolution, note, exchange, fingerprint: shown },
      });
      return {
        ...changedOf(done),
        ...{ resolution: done.resolution, refund_id: done.refundId, refund_minor: done.refundMinor, currency: done.currency },
      };
    }),
});
