import { z } from 'zod';
import { PURCHASE_STATUSES } from '../domains/purchasing/rules.ts';
import {
  createPurchaseOrderInput,
  editPurchaseOrderInput,
  movePurchaseOrderInput,
  receivePurchaseOrderInput,
} from '../domains/purchasing/schema.ts';
import { listPurchaseOrders, readPurchaseOrder } from '../views/purchase-orders.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** What is bought of suppliers, and what of it arrived. */
export const purchaseOrdersRouter = router({
  list: procedure
    .input(
      pageInput.extend({
        status: z.array(z.enum(PURCHASE_STATUSES)).optional(),
        nodeId: z.uuid().optional(),
        skuId: z.uuid().optional(),
        q: z.string().max(200).optional(),
        lateOn: z.iso.date().optional(),
      }),
    )
    .query(({ ctx, input }) => listPurchaseOrders(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().min(1).max(60) }))
    .query(({ ctx, input }) => readPurchaseOrder(ctx.pool, ctx.scope, input.number)),

  /** What is still to come of a SKU, by day. */
  create: procedure.input(keyed(createPurchaseOrderInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.stockWork.createPurchaseOrder);
  }),

  edit: procedure.input(keyed(editPurchaseOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'purchaseOrder', input.purchaseOrderId);
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.stockWork.editPurchaseOrder));
  }),

  move: procedure.input(keyed(movePurchaseOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'purchaseOrder', input.purchaseOrderId);
    return submit(ctx, input, ctx.app.flows.stockWork.movePurchaseOrder);
  }),

  receive: procedure.input(keyed(receivePurchaseOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'purchaseOrder', input.purchaseOrderId);
    return submit(ctx, input, ctx.app.flows.stockWork.receivePurchaseOrder);
  }),
});
