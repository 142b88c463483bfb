import { z } from 'zod';
import { type QuoteView, readQuote } from '../../views/quotes.ts';
import { procedure, router } from '../trpc.ts';
import { amount, currency, decimal, id, timestamp, words } from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Quotes';
const minor = z.int();

const destination = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .meta({ description: 'ISO 3166-1 alpha-2.', example: 'ES' }),
    region: words(100).optional(),
    postal_code: words(20).optional(),
  })
  .meta({ description: 'Of the delivery address only what decides tax and delivery.' });

const day = z.iso.date().meta({ example: '2026-11-30' });

const option = z
  .object({
    code: z.string().meta({ description: 'Name it when you place the order.', example: 'standard' }),
    name: z.string(),
    price_minor: minor.meta({ description: 'As the shop shows prices.' }),
    tax_minor: minor,
    total_minor: minor.meta({ description: 'What it adds to the order, tax included.' }),
    order_total_minor: minor.meta({ description: 'What the whole order costs if it is sent this way.' }),
    promised_from: day,
    promised_by: day,
  })
  .meta({ id: 'ShippingOption' });

const quote = z
  .object({
    id,
    currency,
    prices_include_tax: z.boolean(),
    destination: z.object({ country: z.string(), region: z.string().optional(), postal_code: z.string().optional() }),
    lines: z.array(
      z.object({
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        unit_price: z.string(),
        net_minor: minor,
        discount_minor: minor,
        tax_minor: minor,
        total_minor: minor,
        tax_rate: z.string(),
      }),
    ),
    shipping_options: z
      .array(option)
      .meta({ description: 'Empty where nothing has to be sent, and where the shop does not deliver to this place.' }),
    goods_total_minor: minor.meta({ description: 'The lines, tax included, without shipping.' }),
    expires_at: timestamp,
  })
  .meta({ id: 'Quote' });

function quoteOf(view: QuoteView): z.infer<typeof quote> {
  const { country, region, postalCode } = view.destination;
  return {
    id: view.id,
    currency: view.currency,
    prices_include_tax: view.pricesIncludeTax,
    destination: { country, ...(region ? { region } : {}), ...(postalCode ? { postal_code: postalCode } : {}) },
    lines: view.lines.map((line) => ({
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      unit_price: line.unitPrice,
      net_minor: line.netMinor,
      discount_minor: line.discountMinor,
      tax_minor: line.taxMinor,
      total_minor: line.totalMinor,
      tax_rate: line.taxRate,
    })),
    shipping_options: view.options.map((one) => ({
      code: one.code,
      name: one.name,
      price_minor: one.priceMinor,
      tax_minor: one.taxMinor,
      total_minor: one.totalMinor,
      order_total_minor: one.orderTotalMinor,
      promised_from: one.promisedFrom,
      promised_by: one.promisedBy,
    })),
    goods_total_minor: view.goodsTotalMinor,
    expires_at: view.expiresAt,
  };
}

/** What an order will cost, before anybody places it. */
export const quotesRouter = router({
  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/quotes',
        id: 'createQuote',
        tag: TAG,
        summary: 'Ask what an order will cost',
        description:
          'Prices the lines, works out the taxes of the place they go to and offers the ways to send them, each with the total of the whole order and the days it is promised for. Promises no stock. Until it expires, place the order with its `quote_id` and one of its `shipping_option`s.',
        status: 201,
        example: {
          currency: 'EUR',
          lines: [{ sku: 'MUG-RED', quantity: 2 }],
          destination: { country: 'ES', postal_code: '28013' },
        },
        refuses: ['unknown_sku', 'currency_mismatch', 'amount_out_of_range'],
      }),
    )
    .input(
      z.strictObject({
        currency,
        lines: z
          .array(
            z.strictObject({
              sku: words(100),
              quantity: z.int().min(1).max(1_000_000),
              unit_price: decimal.optional().meta({ description: 'Instead of the catalog’s price.', example: '12.50' }),
              discount_minor: amount.optional().meta({ description: 'Promotions arrive computed: an amount off this line.' }),
              name: words(300).optional(),
            }),
          )
          .min(1)
          .max(1_000),
        discount_minor: amount.optional().meta({ description: 'Off the whole order, spread over its lines.' }),
        destination,
      }),
    )
    .output(quote)
    .mutation(async ({ ctx, input }) => {
      const { country, region, postal_code: postalCode } = input.destination;
      const made = await perform(ctx, ctx.app.flows.createQuote, {
        merchantId: ctx.scope.merchantId ?? '',
        currency: input.currency,
        lines: input.lines.map((line) => ({
          sku: line.sku,
          quantity: line.quantity,
          unitPrice: line.unit_price,
          discountMinor: line.discount_minor === undefined ? undefined : BigInt(line.discount_minor),
          name: line.name,
        })),
        discountMinor: input.discount_minor === undefined ? undefined : BigInt(input.discount_minor),
        destination: { country, region, postalCode },
      });
      exchangeOf(ctx).location = `/api/v1/quotes/${made.id}`;
      return quoteOf(made);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/quotes/{quote}', id: 'getQuote', tag: TAG, summary: 'Get a quote' }))
    .input(z.strictObject({ quote: id }))
    .output(quote)
    .query(async ({ ctx, input }) => quoteOf(await readQuote(ctx.pool, ctx.scope, input.quote))),
});
