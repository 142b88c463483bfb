import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';
import { parseDecimal } from '../../kernel/money.ts';

/** Inputs of quoting. */

const MAX_PRICE_MICROS = 10n ** 14n;
const unitPrice = z.string().refine((value) => {
  const parsed = parseDecimal(value);
  return parsed !== null && parsed >= 0n && parsed < MAX_PRICE_MICROS;
}, 'Use a plain decimal with at most six decimals, such as "12.50"');

export const quoteLineInput = z.object({
  sku: text(100),
  quantity: z.int().min(1).max(1_000_000),
  /** Overrides the catalog's price. */
  unitPrice: unitPrice.optional(),
  /** Promotions arrive computed: an amount off this line. */
  discountMinor: amountMinor.optional(),
  name: text(300).optional(),
});

export const createQuoteInput = z.object({
  merchantId: z.uuid(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  lines: z.array(quoteLineInput).min(1).max(1_000),
  discountMinor: amountMinor.optional(),
  /** Of the address only what decides tax and delivery. */
  destination: z.object({
    country: z.string().regex(/^[A-Z]{2}$/, 'Use the two-letter country code, such as DE'),
    region: text(100).optional(),
    postalCode: text(20).optional(),
  }),
});
export type CreateQuoteInput = z.infer<typeof createQuoteInput>;
