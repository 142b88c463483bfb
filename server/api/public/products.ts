import { z } from 'zod';
import type { EditSkuInput } from '../../domains/catalog/schema.ts';
import type { Flows } from '../../flows/flows.ts';
import { listProducts, type ProductRow, readProduct } from '../../views/products.ts';
import { procedure, router } from '../trpc.ts';
import { currency, decimal, id, page, pageOf, pageQuery, sorted, time, timestamp, words } from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';

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

const code = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\s,;"/\\]+( [^\s,;"/\\]+)*$/)
  .meta({ description: 'Without commas, slashes or quotes.', example: 'MUG-RED' });
const barcode = z
  .string()
  .regex(/^[\x21-\x7e]{1,48}$/)
  .nullable();
const taxClass = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/)
  .meta({ example: 'standard' });
const about = {
  tax_class: taxClass.optional(),
  weight_grams: z.int().min(0).max(100_000_000).optional(),
  stocked: z.boolean().optional(),
  barcode: barcode.optional(),
  description: words(10_000).nullable().optional(),
};
const written = z
  .object({
    id,
    sku: z.string(),
    version: z.int(),
    changed: z.array(z.string()).meta({ description: 'The fields that changed.' }),
  })
  .meta({ id: 'WrittenProduct' });

type EditedSku = Awaited<ReturnType<Flows['editSku']>>;
/** The names of fields as this API says them. */
const FIELD_NAMES: Readonly<Record<string, string>> = { taxClass: 'tax_class', weightGrams: 'weight_grams' };
const writtenOf = (sku: EditedSku): z.infer<typeof written> => ({
  id: sku.id,
  sku: sku.code,
  version: sku.version,
  changed: sku.changed.map((name) => FIELD_NAMES[name] ?? name),
});

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

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/products',
        id: 'createProduct',
        tag: TAG,
        summary: 'Add a product',
        status: 201,
        example: { sku: 'MUG-BLUE', name: 'Blue mug', price: '12.50', weight_grams: 380 },
        refuses: ['already_exists'],
      }),
    )
    .input(z.strictObject({ sku: code, name: words(300), price: decimal, ...about }))
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const sku = await perform(ctx, ctx.app.flows.createSku, {
        merchantId: ctx.scope.merchantId ?? '',
        code: input.sku,
        name: input.name.trim(),
        price: input.price,
        taxClass: input.tax_class ?? 'standard',
        weightGrams: input.weight_grams ?? 0,
        stocked: input.stocked ?? true,
        barcode: input.barcode ?? null,
        description: input.description?.trim() ?? null,
      });
      exchangeOf(ctx).location = `/api/v1/products/${encodeURIComponent(sku.code)}`;
      return writtenOf(sku);
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/products/{sku}',
        id: 'updateProduct',
        tag: TAG,
        summary: 'Change a product',
        description: 'Placed orders keep the name, price and tax they were placed with. Fields that are absent stay as they are.',
        example: { version: 1, price: '13.90' },
        refuses: ['conflict', 'state_refuses'],
      }),
    )
    .input(
      z.strictObject({
        sku: words(100),
        version: z.int().min(1).meta({ description: 'As you read it; refused with conflict if the product changed since.' }),
        name: words(300).optional(),
        price: decimal.optional(),
        active: z.boolean().optional(),
        ...about,
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const { id: skuId } = await readProduct(ctx.pool, ctx.scope, input.sku);
      const change: EditSkuInput = {
        skuId,
        version: BigInt(input.version),
        name: input.name?.trim(),
        price: input.price,
        taxClass: input.tax_class,
        weightGrams: input.weight_grams,
        stocked: input.stocked,
        active: input.active,
        barcode: input.barcode,
        description: input.description?.trim() ?? input.description,
      };
      return writtenOf(await perform(ctx, ctx.app.flows.editSku, change));
    }),
});
