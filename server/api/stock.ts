import { z } from 'zod';
import { adjustRowsInput, adjustStockInput } from '../domains/inventory/schema.ts';
import { trackLotsInput } from '../domains/lots/schema.ts';
import { listInbound } from '../views/inbound.ts';
import { LEVEL_SORTS, LEVEL_VIEWS, listLevels, MOST_NODES } from '../views/levels.ts';
import { listLots } from '../views/lots.ts';
import { listHistory } from '../views/movement-history.ts';
import { toldChannels } from '../views/sku-channels.ts';
import { listMovements, readStock } from '../views/stock.ts';
import { listNodes, previewAdjustment } from '../views/stock-adjustment.ts';
import { stockDays } from '../views/stock-days.ts';
import { yours } from './authorise.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput, timeZone } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Stock levels by SKU and node, and how they came about. */
export const stockRouter = router({
  levels: procedure
    .input(
      pageInput.extend({
        q: z.string().max(200).optional(),
        merchantId: z.uuid().optional(),
        nodeIds: z.array(z.uuid()).max(MOST_NODES).optional(),
        show: z.enum(LEVEL_VIEWS).optional(),
        sort: z.enum(LEVEL_SORTS).optional(),
      }),
    )
    .query(({ ctx, input }) => listLevels(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ code: z.string().min(1).max(200), merchantId: z.uuid().optional() }))
    .query(({ ctx, input }) => readStock(ctx.pool, ctx.scope, input.code, input.merchantId)),

  /** What there was and what was promised at the end of each day. */
  days: procedure
    .input(z.object({ skuId: z.uuid(), days: z.int().min(1).max(92).default(30), timeZone: timeZone.default('UTC') }))
    .query(({ ctx, input }) => stockDays(ctx.pool, ctx.scope, input.skuId, { ...input, now: ctx.ctx().now })),

  inbound: procedure
    .input(z.object({ skuId: z.uuid() }))
    .query(({ ctx, input }) => listInbound(ctx.pool, ctx.scope, input.skuId)),

  /** What each channel that lists it was told. */
  channels: procedure
    .input(z.object({ skuId: z.uuid() }))
    .query(({ ctx, input }) => toldChannels(ctx.pool, ctx.scope, input.skuId)),

  movements: procedure
    .input(pageInput.extend({ skuId: z.uuid() }))
    .query(({ ctx, input }) => listMovements(ctx.pool, ctx.scope, input)),

  nodes: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(({ ctx, input }) => listNodes(ctx.pool, ctx.scope, input.merchantId)),

  previewAdjust: procedure
    .input(
      z.object({
        skuId: z.uuid(),
        nodeId: z.uuid(),
        delta: z.int().min(-10_000_000).max(10_000_000).optional(),
        counted: z.int().min(0).max(10_000_000).optional(),
      }),
    )
    .query(({ ctx, input }) => previewAdjustment(ctx.pool, ctx.scope, input)),

  adjust: procedure.input(keyed(adjustStockInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.adjustStock);
  }),

  /** Many adjustments as one: a paste, or a file. */
  adjustRows: procedure.input(keyed(adjustRowsInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.stockWork.adjustRows);
  }),

  lots: procedure.input(z.object({ skuId: z.uuid() })).query(({ ctx, input }) => listLots(ctx.pool, ctx.scope, input.skuId)),

  /** Keeps a SKU's units by lot from now on. */
  trackLots: procedure.input(keyed(trackLotsInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    return submit(ctx, input, ctx.app.flows.stockWork.trackLots);
  }),

  /** What moved, of every SKU, with filters. */
  history: procedure
    .input(
      pageInput.extend({
        kind: z.array(z.string().max(40)).max(20).optional(),
        nodeId: z.uuid().optional(),
        skuId: z.uuid().optional(),
        reason: z.string().max(200).optional(),
        actor: z.string().max(100).optional(),
        from: z.iso.date().optional(),
        to: z.iso.date().optional(),
        /** In whose calendar `from` and `to` are days. */
        timeZone: timeZone.optional(),
        reference: z.string().max(60).optional(),
        everything: z.boolean().optional(),
      }),
    )
    .query(({ ctx, input }) => listHistory(ctx.pool, ctx.scope, input)),
});
