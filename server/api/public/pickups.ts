import { z } from 'zod';
import { findOrder } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { amount, id, reference, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Pick-up';

/** Orders that customers fetch, as a till at the counter handles them. */
export const pickupsRouter = router({
  makeReady: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/pickup/ready',
        id: 'makePickupReady',
        tag: TAG,
        summary: 'Say that an order waits at the counter',
        description: 'Its customer is sent the code to show.',
        status: 201,
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ order: reference('order') }))
    .output(z.object({ order_id: id, order_number: z.string(), collect_by: z.iso.datetime() }).meta({ id: 'ReadyPickup' }))
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.makePickupReady, { orderId });
      return { order_id: done.orderId, order_number: done.number, collect_by: done.collectBy };
    }),

  handOver: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/pickup/hand-over',
        id: 'handOverPickup',
        tag: TAG,
        summary: 'Hand an order over to its customer',
        description:
          'For the code that the customer shows, or the order’s number. The money is taken at that moment; nothing is handed over for less.',
        status: 201,
        example: { shown: 'K7M2QX' },
        refuses: ['state_refuses', 'invalid_request'],
      }),
    )
    .input(z.strictObject({ order: reference('order'), shown: words(60) }))
    .output(
      z
        .object({ order_id: id, order_number: z.string(), shipment_id: id, shipment_number: z.string(), value_minor: amount })
        .meta({ id: 'HandedOverPickup' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const done = await perform(ctx, ctx.app.flows.handOverPickup, { orderId, shown: input.shown.trim() });
      return {
        order_id: done.orderId,
        order_number: done.number,
        shipment_id: done.shipmentId,
        shipment_number: done.shipmentNumber,
        value_minor: done.valueMinor,
      };
    }),
});
