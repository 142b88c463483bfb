import { z } from 'zod';
import { createSkuInput, editSkuInput, importSkusInput } from '../domains/catalog/schema.ts';
import { listProducts, readProduct } from '../views/products.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** The catalogue. */
export const productsRouter = router({
  list: procedure
    .input(
      pageInput.extend({ q: z.string().max(200).optional(), active: z.boolean().optional(), merchantId: z.uuid().optional() }),
    )
    .query(({ ctx, input }) => listProducts(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ code: z.string().min(1).max(200), merchantId: z.uuid().optional() }))
    .query(({ ctx, input }) => readProduct(ctx.pool, ctx.scope, input.code, input.merchantId)),

  create: procedure.input(keyed(createSkuInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.createSku);
  }),

  edit: procedure.input(keyed(editSkuInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'sku', input.skuId);
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.editSku));
  }),

  /** The dry run of a file; nothing is written. A mutation, because a file does not fit into an address. */
  importPreview: procedure.input(importSkusInput).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return ctx.app.flows.previewImport(input);
  }),

  importFile: procedure.input(keyed(importSkusInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.importSkus);
  }),
});
