import { z } from 'zod';
import { DISPUTE_STATUSES } from '../../kernel/vocabulary.ts';
import { type DisputeRow, type DisputeView, listDisputes, readDispute } from '../../views/disputes.ts';
import { findDispute, findOrder } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, reference, time, timeOrNull, timestamp, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Disputes';
const one = words(60).meta({ description: 'The id or the number of a dispute.', example: 'EU-D10001' });
const status = z.enum(DISPUTE_STATUSES);

const summary = z
  .object({
    id,
    number: z.string(),
    status,
    reason: z.string().meta({ description: 'The provider’s word for it.' }),
    order_id: id,
    order_number: z.string(),
    amount_minor: z.int(),
    taken_minor: z.int().meta({ description: 'Of the amount, what the provider has taken and not given back.' }),
    fee_minor: z.int().meta({ description: 'What the provider keeps beside it.' }),
    currency,
    evidence_due_at: timestamp.nullable(),
    opened_at: timestamp,
  })
  .meta({ id: 'DisputeSummary' });
const summaryOf = (row: DisputeRow): z.infer<typeof summary> => ({
  id: row.id,
  number: row.number,
  status: row.status,
  reason: row.reason,
  order_id: row.orderId,
  order_number: row.orderNumber,
  amount_minor: Number(row.amountMinor),
  taken_minor: Number(row.takenMinor),
  fee_minor: Number(row.feeMinor),
  currency: row.currency,
  evidence_due_at: timeOrNull(row.evidenceDueAt),
  opened_at: time(row.openedAt),
});

const text = (max: number) => z.string().trim().max(max);
const evidence = z
  .strictObject({
    statement: text(10_000).optional().meta({ description: 'What happened, in your words.' }),
    product: text(5_000).optional().meta({ description: 'What was bought: the receipt in words.' }),
    customer_name: text(200).optional(),
    customer_email: text(320).optional(),
    shipping_address: text(1_000).optional(),
    carrier: text(100).optional(),
    tracking_number: text(200).optional(),
    shipped_on: text(40).optional(),
    delivered_on: text(200).optional().meta({ description: 'When, and who took it.' }),
    messages: text(10_000).optional(),
  })
  .meta({ id: 'DisputeEvidence' });
type RestEvidence = z.infer<typeof evidence>;
const said = (given: DisputeView['evidence']): RestEvidence => ({
  statement: given.statement,
  product: given.product,
  customer_name: given.customerName,
  customer_email: given.customerEmail,
  shipping_address: given.shippingAddress,
  carrier: given.carrier,
  tracking_number: given.trackingNumber,
  shipped_on: given.shippedOn,
  delivered_on: given.deliveredOn,
  messages: given.messages,
});
const heard = (given: RestEvidence) => ({
  statement: given.statement,
  product: given.product,
  customerName: given.customer_name,
  customerEmail: given.customer_email,
  shippingAddress: given.shipping_address,
  carrier: given.carrier,
  trackingNumber: given.tracking_number,
  shippedOn: given.shipped_on,
  deliveredOn: given.delivered_on,
  messages: given.messages,
});

const resource = summary
  .extend({
    provider: z.string(),
    provider_ref: z.string(),
    answers: z
      .enum(['api', 'dashboard'])
      .meta({ description: '`dashboard`: the provider takes answers on its own pages only, and this API refuses them.' }),
    answer: z.enum(['evidence', 'accept']).nullable(),
    answered_at: timestamp.nullable(),
    answer_error: z.string().nullable().meta({ description: 'Why the provider did not take the last answer.' }),
    closed_at: timestamp.nullable(),
    evidence,
    suggested_evidence: evidence.meta({ description: 'What the order, its parcels and its mails say.' }),
  })
  .meta({ id: 'Dispute' });
const resourceOf = (view: DisputeView): z.infer<typeof resource> => ({
  ...summaryOf(view),
  provider: view.provider,
  provider_ref: view.providerRef,
  answers: view.answers,
  answer: view.answer,
  answered_at: timeOrNull(view.answeredAt),
  answer_error: view.answerError?.message ?? null,
  closed_at: timeOrNull(view.closedAt),
  evidence: said(view.evidence),
  suggested_evidence: said(view.suggested),
});

const changed = z.object({ id, number: z.string(), order_id: id, status, answer: z.enum(['evidence', 'accept']).nullable() });
type Changed = z.infer<typeof changed>;
const changedOf = (done: Omit<Changed, 'order_id'> & { readonly orderId: string }): Changed => ({
  id: done.id,
  number: done.number,
  order_id: done.orderId,
  status: done.status,
  answer: done.answer,
});

/** What cardholders' banks ask about, and take back. */
export const disputesRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/disputes',
        id: 'listDisputes',
        tag: TAG,
        summary: 'List disputes, newest first',
        // An order that is named and not there.
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ ...pageQuery, status: status.optional(), order: reference('order').optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const orderId = input.order === undefined ? undefined : (await findOrder(ctx.pool, ctx.scope, input.order)).id;
      const wanted = { status: input.status, orderId };
      return page(await listDisputes(ctx.pool, ctx.scope, wanted, { after: input.cursor, limit: input.limit }), summaryOf);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/disputes/{dispute}', id: 'getDispute', tag: TAG, summary: 'Get a dispute' }))
    .input(z.strictObject({ dispute: one }))
    .output(resource)
    .query(async ({ ctx, input }) => resourceOf(await readDispute(ctx.pool, ctx.scope, input.dispute))),

  evidence: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/disputes/{dispute}/evidence',
        id: 'saveDisputeEvidence',
        tag: TAG,
        summary: 'Write what goes into the answer to a dispute',
        description: 'Nothing is sent yet. What is left out stays as it is; an empty text takes it away.',
        example: { statement: 'The parcel was delivered and signed for.' },
        refuses: ['state_refuses'],
      }),
    )
    .input(evidence.extend({ dispute: one }))
    .output(changed.meta({ id: 'SavedDisputeEvidence' }))
    .mutation(async ({ ctx, input }) => {
      const { dispute, ...given } = input;
      const disputeId = await findDispute(ctx.pool, ctx.scope, dispute);
      return changedOf(await perform(ctx, ctx.app.flows.disputes.save, { disputeId, evidence: heard(given) }));
    }),

  submit: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/disputes/{dispute}/submit',
        id: 'submitDispute',
        tag: TAG,
        summary: 'Send the evidence to the cardholder’s bank',
        description:
          'Once, and before the deadline. It is on its way when this answers; `answered_at` says when the provider had it.',
        example: {},
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ dispute: one, evidence: evidence.optional() }))
    .output(changed.meta({ id: 'SubmittedDispute' }))
    .mutation(async ({ ctx, input }) => {
      const disputeId = await findDispute(ctx.pool, ctx.scope, input.dispute);
      const more = input.evidence ? { evidence: heard(input.evidence) } : {};
      return changedOf(await perform(ctx, ctx.app.flows.disputes.submit, { disputeId, ...more }));
    }),

  accept: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/disputes/{dispute}/accept',
        id: 'acceptDispute',
        tag: TAG,
        summary: 'Let the money go',
        description: 'The dispute is lost; nothing takes this back.',
        example: { reason: 'The parcel was lost.' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ dispute: one, reason: z.string().trim().min(3).max(500) }))
    .output(changed.meta({ id: 'AcceptedDispute' }))
    .mutation(async ({ ctx, input }) => {
      const disputeId = await findDispute(ctx.pool, ctx.scope, input.dispute);
      return changedOf(await perform(ctx, ctx.app.flows.disputes.accept, { disputeId, reason: input.reason }));
    }),
});
