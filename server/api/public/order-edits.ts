import { z } from 'zod';
import { EDIT_STATUSES, SETTLEMENTS } from '../../domains/edits/rules.ts';
import { type EditLinesInput, editLinesInput } from '../../domains/orders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { findOrder } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { address, amount, currency, decimal, fingerprint, id, reference, upper, uppers, words } from './fields.ts';
import { operation, perform } from './operation.ts';
import { addressInput } from './place-input.ts';

const TAG = 'Orders';
const order = reference('order');
const quantity = z.int().min(1).max(1_000_000);

const change = z
  .discriminatedUnion('change', [
    z.strictObject({
      change: z.literal('add'),
      sku: words(100),
      quantity,
      unit_price: decimal.optional().meta({ description: 'Instead of the catalogue’s price of now.' }),
      discount_minor: amount.min(0).optional(),
    }),
    z.strictObject({ change: z.literal('remove'), line_id: id, quantity: quantity.optional() }),
    z.strictObject({ change: z.literal('quantity'), line_id: id, quantity: z.int().min(0).max(1_000_000) }),
    z.strictObject({
      change: z.literal('shipping'),
      method: words(100).optional(),
      name: words(100).optional(),
      price_minor: amount.min(0).optional(),
    }),
    z.strictObject({ change: z.literal('address'), address }),
  ])
  .meta({ id: 'OrderChange' });

const wanted = { order, changes: z.array(change).min(1).max(100) };
const previewInput = z.strictObject(wanted);
const createInput = z.strictObject({ ...wanted, reason: words(500).optional(), fingerprint });

const sums = {
  currency,
  before_minor: z.int().meta({ description: 'What the order is worth, its cancelled units apart.' }),
  after_minor: z.int(),
  net_minor: z.int().meta({ description: 'After less before: settles as one amount.' }),
  due_minor: z.int().meta({ description: 'To be held beyond what the order’s tenders hold, before anything changes.' }),
};

const preview = z
  .object({
    fingerprint: z.string(),
    ...sums,
    removed: z.array(z.object({ line_id: id, name: z.string(), quantity: z.int(), value_minor: z.int() })),
    added: z.array(
      z.object({
        kind: z.enum(['item', 'shipping']),
        sku: z.string().nullable(),
        name: z.string(),
        quantity: z.int(),
        unit_price: z.string(),
        discount_minor: z.int(),
        tax_minor: z.int(),
        total_minor: z.int(),
        restored: z.boolean().meta({ description: 'It comes back on the terms on which it was taken away.' }),
      }),
    ),
    later: z.array(z.object({ sku: z.string(), units: z.int() })).meta({ description: 'Units that are not in stock yet.' }),
    settles: z.enum(uppers(SETTLEMENTS)),
    refund_minor: z.int(),
    awaits_partner: z.boolean(),
  })
  .meta({ id: 'OrderEditPreview' });

const edited = z
  .object({
    id,
    order_id: id,
    order_number: z.string(),
    status: z.enum(uppers(EDIT_STATUSES)).meta({
      description: 'WAITING until what it costs more is held; then APPLIED, or LAPSED where nobody paid in time.',
    }),
    ...sums,
  })
  .meta({ id: 'OrderEdit' });

function editInput(orderId: string, input: z.infer<typeof createInput>): EditLinesInput {
  const { reason, fingerprint: seen } = input;
  const parsed = editLinesInput.safeParse({ orderId, changes: input.changes.map(asChange), reason, fingerprint: seen });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError('invalid_request', issue?.message ?? 'The changes are not valid.', { field: 'changes' });
}

function asChange(one: z.infer<typeof change>): unknown {
  switch (one.change) {
    case 'add':
      return { ...one, unitPrice: one.unit_price, discountMinor: one.discount_minor };
    case 'shipping':
      return { ...one, priceMinor: one.price_minor };
    case 'address':
      return { change: one.change, address: addressInput(one.address) };
    default:
      return { ...one, lineId: one.line_id };
  }
}

/** Changing orders before their goods leave. */
export const orderEditsRouter = router({
  preview: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/edits/preview',
        id: 'previewOrderEdit',
        tag: TAG,
        summary: 'Show what an edit would do',
        description: 'Changes nothing.',
        example: { changes: [{ change: 'add', sku: 'MUG-RED', quantity: 1 }] },
        refuses: ['state_refuses', 'over_limit', 'out_of_stock', 'unknown_sku', 'currency_mismatch'],
      }),
    )
    .input(previewInput)
    .output(preview)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const plan = await ctx.app.flows.edits.preview(editInput(orderId, input), ctx.ctx());
      return {
        fingerprint: plan.fingerprint,
        currency: plan.currency,
        before_minor: plan.beforeMinor,
        after_minor: plan.afterMinor,
        net_minor: plan.netMinor,
        due_minor: plan.dueMinor,
        removed: plan.removed.map((one) => ({
          line_id: one.lineId,
          name: one.name,
          quantity: one.quantity,
          value_minor: one.valueMinor,
        })),
        added: plan.added.map((one) => ({
          kind: one.kind,
          sku: one.sku,
          name: one.name,
          quantity: one.quantity,
          unit_price: one.unitPrice,
          discount_minor: one.discountMinor,
          tax_minor: one.taxMinor,
          total_minor: one.totalMinor,
          restored: one.restored,
        })),
        later: [...plan.later],
        settles: upper(plan.settles),
        refund_minor: plan.refundMinor,
        awaits_partner: plan.awaitsPartner,
      };
    }),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/edits',
        id: 'createOrderEdit',
        tag: TAG,
        summary: 'Change an order before its goods leave',
        description:
          'Adds lines, takes units away, changes quantities, the delivery or the address: all of it, or nothing. What stays keeps its price. Where it costs more the order stays as it is until that is held; order.edited says when it was applied.',
        status: 201,
        example: {
          changes: [
            { change: 'add', sku: 'MUG-RED', quantity: 1 },
            { change: 'remove', line_id: '0198a1b2-0000-7000-8000-000000000001', quantity: 1 },
          ],
        },
        refuses: ['state_refuses', 'over_limit', 'out_of_stock', 'unknown_sku', 'currency_mismatch', 'plan_changed'],
      }),
    )
    .input(createInput)
    .output(edited)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.edits.edit, editInput(orderId, input));
      return {
        id: done.editId,
        order_id: done.orderId,
        order_number: done.number,
        status: upper(done.editStatus),
        currency: done.currency,
        before_minor: done.beforeMinor,
        after_minor: done.afterMinor,
        net_minor: done.netMinor,
        due_minor: done.dueMinor,
      };
    }),

  withdraw: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/edits/{edit}/withdraw',
        id: 'withdrawOrderEdit',
        tag: TAG,
        summary: 'Take back an edit that waits to be paid',
        description: 'The order stays as it is.',
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ order, edit: id }))
    .output(z.object({ id, order_id: id, order_number: z.string() }).meta({ id: 'WithdrawnOrderEdit' }))
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.edits.withdraw, { orderId, editId: input.edit });
      return { id: done.editId, order_id: done.orderId, order_number: done.number };
    }),
});
