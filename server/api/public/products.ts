import { z } from 'zod';
import { listProducts, type ProductRow, readProduct } from '../../views/products.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, sorted, time, timestamp, words } from './fields.ts';
import { operation } from './operation.ts';

const TAG = 'Products';

const summaryFields = {
  id,
  sku: z.string(),
  name: z.string(),
  barcode: z.string().nullable(),
  stocked: z.boolean(),
  tax_class: z.string(),
  weight_grams: z.int(),
  price: z.string().meta({ description: 'In major units.', example: '12.5' }),
  currency,
  active: z.boolean().meta({ description: 'Whether it is for sale.' }),
  available: z.int().nullable().meta({ description: 'Units that may be promised now; null for what is not stocked.' }),
  updated_at: timestamp,
  version: z.int(),
};
const summary = z.object(summaryFields).meta({ id: 'ProductSummary' });
const product = z
  .object({
    ...summaryFields,
    description: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
    created_at: timestamp,
  })
  .meta({ id: 'Product' });

function summaryOf(row: ProductRow): z.infer<typeof summary> {
  return {
    id: row.id,
    sku: row.code,
    name: row.name,
    barcode: row.barcode,
    stocked: row.stocked,
    tax_class: row.taxClass,
    weight_grams: row.weightGrams,
    price: row.price,
    currency: row.currency,
    active: row.active,
    available: row.available === null ? null : Number(row.available),
    updated_at: time(row.updatedAt),
    version: Number(row.version),
  };
}

/** What is for sale. */
export const productsRouter = router({
  list: procedure
    .meta(operation({ method: 'GET', path: '/products', id: 'listProducts', tag: TAG, summary: 'List products by SKU' }))
    .input(
      z.strictObject({
        ...pageQuery,
        active: z.boolean().optional(),
        q: words(100).optional().meta({ description: 'The beginning of a SKU, or words of the name.' }),
      }),
    )
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const found = await listProducts(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        active: input.active,
        q: input.q,
      });
      return page(found, summaryOf);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/products/{sku}', id: 'getProduct', tag: TAG, summary: 'Get a product by its SKU' }))
    .input(z.strictObject({ sku: words(100) }))
    .output(product)
    .query(async ({ ctx, input }) => {
      const row = await readProduct(ctx.pool, ctx.scope, input.sku);
      return { ...summaryOf(row), description: row.description, metadata: sorted(row.metadata), created_at: time(row.createdAt) };
    }),
});
