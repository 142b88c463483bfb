import { shipOrderInput } from '../domains/fulfilment/schema.ts';
import {
  type CancelOrderInput,
  cancelOrderInput,
  holdInput,
  noteInput,
  readdressOrderInput,
  reshipOrderInput,
  tagInput,
} from '../domains/orders/schema.ts';
import { redirectLegInput, refundOrderInput } from '../domains/refunds/schema.ts';
import type { CancelWish } from '../flows/cancel-order.ts';
import { captureOrderInput } from '../flows/capture-order.ts';
import { undoCancelInput, undoRefundInput } from '../flows/undo.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Hold } from '../kernel/vocabulary.ts';
import type { ApiContext } from './context.ts';
import { keyed, namingWho, own, submit } from './mutations.ts';
import { HOLD_POWERS } from './permissions.ts';
import { procedure } from './trpc.ts';

/**
 * What people do with an order. Previews are mutations on purpose: they take the order's lock for a moment and their input, a list of
 * units, may be longer than an address can be. They write nothing.
 */
export const orderVerbs = {
  previewCancel: procedure.input(cancelOrderInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.previewCancel(asCaller(ctx, input), ctx.ctx());
  }),

  cancel: procedure.input(keyed(cancelOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    if (ctx.principal.role === 'customer' && input.fingerprint === undefined)
      throw new DomainError('invalid_request', 'Look at what cancelling does first, and send its fingerprint.');
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.cancelOrder(asCaller(ctx, wanted), who, key));
  }),

  capture: procedure.input(keyed(captureOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.captureOrder);
  }),

  previewRefund: procedure.input(refundOrderInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.previewRefund(input, ctx.ctx());
  }),

  refund: procedure.input(keyed(refundOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.refundOrder);
  }),

  undoCancel: procedure.input(keyed(undoCancelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.undoCancel);
  }),

  undoRefund: procedure.input(keyed(undoRefundInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.undoRefund);
  }),

  redirectRefund: procedure.input(keyed(redirectLegInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.redirectRefund);
  }),

  readdress: procedure.input(keyed(readdressOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    if (input.releaseHold) assertPower(ctx, 'release', 'address');
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.readdressOrder));
  }),

  previewReship: procedure.input(reshipOrderInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.previewReship(input, ctx.ctx());
  }),

  reship: procedure.input(keyed(reshipOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.reshipOrder);
  }),

  previewShip: procedure.input(shipOrderInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.previewShip(input, ctx.ctx());
  }),

  ship: procedure.input(keyed(shipOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.shipOrder);
  }),

  note: procedure.input(keyed(noteInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.noteOrder);
  }),

  tag: procedure.input(keyed(tagInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.tagOrder);
  }),

  hold: procedure.input(keyed(holdInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    assertPower(ctx, 'hold', input.hold);
    return submit(ctx, input, ctx.app.flows.holdOrder);
  }),

  release: procedure.input(keyed(holdInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    assertPower(ctx, 'release', input.hold);
    return submit(ctx, input, ctx.app.flows.releaseOrder);
  }),
};

/** Some holds are lifted only by those who judge them; the matrix says who. */
function assertPower(ctx: ApiContext, verb: keyof typeof HOLD_POWERS, hold: Hold): void {
  const role = ctx.principal.role;
  const powers: Partial<Record<string, readonly Hold[]>> = HOLD_POWERS[verb];
  if (role === null || !powers[role]?.includes(hold))
    throw new DomainError('forbidden', `Your role may not ${verb} ${hold === 'address' ? 'an' : 'a'} ${hold} hold.`);
}

/**
 * A customer cancels for their own reason, while the shop's policy lets them, and what they were shown: an order that moves meanwhile is a
 * changed plan to them. Their own word is carried out at once.
 */
function asCaller(ctx: ApiContext, input: CancelOrderInput): CancelWish {
  if (ctx.principal.role !== 'customer') return input;
  return { ...input, reason: 'customer_request', undoable: false, waiveFee: undefined, by: 'customer' };
}
