import { z } from 'zod';
import { editLinesInput, withdrawEditInput } from '../domains/orders/schema.ts';
import { resolveActors } from '../views/actors.ts';
import { readDeliveries, readEdits } from '../views/edits.ts';
import { keyed, own, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';
import { waitingUrl } from './waiting.ts';

const ofOrder = z.object({ orderId: z.uuid() });

/** Orders that change before their goods leave. A preview is a mutation that writes nothing: it takes the order's lock for a moment. */
export const editsRouter = router({
  preview: procedure.input(editLinesInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.edits.preview(input, ctx.ctx());
  }),

  edit: procedure.input(keyed(editLinesInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.edits.edit);
  }),

  withdraw: procedure.input(keyed(withdrawEditInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.edits.withdraw);
  }),

  /** An order's edits, and where a customer who was asked pays. */
  ofOrder: procedure.input(ofOrder).query(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    const edits = await readEdits(ctx.pool, input.orderId);
    const name = await resolveActors(
      ctx.pool,
      edits.map((edit) => edit.requestedBy),
    );
    return edits.map((edit) => ({
      ...edit,
      requestedBy: name(edit.requestedBy),
      payUrl: edit.status === 'waiting' && edit.payUntil ? waitingUrl(ctx.app.settings, input.orderId) : null,
    }));
  }),

  /** Ways to send it that can be chosen instead. */
  deliveries: procedure.input(ofOrder).query(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return readDeliveries(ctx.pool, input.orderId);
  }),
});
