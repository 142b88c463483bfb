import { z } from 'zod';
import { FULFILMENT_STATUSES, HOLDS, ORDER_STATUSES, PAYMENT_STATUSES } from '../kernel/vocabulary.ts';
import { type OrderPage, readOrder } from '../views/order.ts';
import { countOrders, listOrders, ORDER_SORTS, ORDER_VIEWS, orderFacets } from '../views/orders.ts';
import { orderVerbs } from './orders-write.ts';
import { pageInput, timeZone } from './page-input.ts';
import { trackingUrl } from './tracking-links.ts';
import { procedure, router } from './trpc.ts';

const orderNumber = z.string().trim().min(1).max(60);

const listInput = pageInput.extend({
  view: z.enum(ORDER_VIEWS).optional(),
  status: z.array(z.enum(ORDER_STATUSES)).max(ORDER_STATUSES.length).optional(),
  paymentStatus: z.array(z.enum(PAYMENT_STATUSES)).max(PAYMENT_STATUSES.length).optional(),
  fulfilmentStatus: z.array(z.enum(FULFILMENT_STATUSES)).max(FULFILMENT_STATUSES.length).optional(),
  holds: z.array(z.enum(HOLDS)).max(HOLDS.length).optional(),
  merchantId: z.uuid().optional(),
  customerId: z.uuid().optional(),
  channel: z.string().max(100).optional(),
  tag: z.string().max(100).optional(),
  placedFrom: z.date().optional(),
  placedTo: z.date().optional(),
  placedOn: z.object({ day: z.iso.date(), timeZone }).optional(),
  placedSince: z.object({ day: z.iso.date(), timeZone }).optional(),
  q: z.string().max(200).optional(),
  sort: z.enum(ORDER_SORTS).optional(),
});

/** Orders as the staff and their merchants see them. */
export const ordersRouter = router({
  list: procedure.input(listInput).query(({ ctx, input }) => listOrders(ctx.pool, ctx.scope, input)),

  counts: procedure.query(({ ctx }) => countOrders(ctx.pool, ctx.scope)),

  facets: procedure.query(({ ctx }) => orderFacets(ctx.pool, ctx.scope)),

  get: procedure
    .input(z.object({ number: orderNumber }))
    .query(async ({ ctx, input }): Promise<OrderPage & { readonly trackingUrl?: string }> => {
      const page = await readOrder(ctx.pool, ctx.scope, input.number);
      return { ...page, trackingUrl: trackingUrl(ctx.app.settings, page.order.id) };
    }),

  ...orderVerbs,
});
