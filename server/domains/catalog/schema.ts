import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';
import { parseDecimal } from '../../kernel/money.ts';

/** Inputs of the catalog verbs, and what a line of a product file holds. */

const MAX_WEIGHT_GRAMS = 100_000_000;
/** numeric(20,6) holds more; a price beyond this is a slip of the keyboard. */
const MAX_PRICE_MICROS = 10n ** 16n;

/** Codes go into addresses, labels and files: printable, without spaces at the ends or a separator inside. */
export const skuCode = z
  .string()
  .trim()
  .min(1, 'Enter a code')
  .max(100)
  .regex(/^[^\s,;"/\\]+( [^\s,;"/\\]+)*$/, 'Use letters, digits, dots and dashes, without commas, slashes or quotes');

export const price = z
  .string()
  .trim()
  .refine((value) => {
    const micros = parseDecimal(value);
    return micros !== null && micros >= 0n && micros < MAX_PRICE_MICROS;
  }, 'Use a plain decimal with at most six decimals, such as 12.50');

export const taxClass = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'Use a lower-case word such as standard or reduced');

export const weightGrams = z.int('Use whole grams').min(0).max(MAX_WEIGHT_GRAMS);
export const barcode = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,48}$/, 'Use up to 48 printable characters without spaces');

const name = z.string().trim().min(1, 'Enter a name').max(300);
const description = text(10_000);

export const createSkuInput = z.object({
  merchantId: z.uuid(),
  code: skuCode,
  name,
  price,
  taxClass: taxClass.default('standard'),
  weightGrams: weightGrams.default(0),
  stocked: z.boolean().default(true),
  barcode: barcode.nullable().default(null),
  description: description.nullable().default(null),
});
export type CreateSkuInput = z.infer<typeof createSkuInput>;

/** A change to a SKU as it was read at `version`; fields that are absent stay as they are. */
export const editSkuInput = z.object({
  skuId: z.uuid(),
  version: seenVersion,
  name: name.optional(),
  price: price.optional(),
  taxClass: taxClass.optional(),
  weightGrams: weightGrams.optional(),
  stocked: z.boolean().optional(),
  active: z.boolean().optional(),
  barcode: barcode.nullable().optional(),
  description: description.nullable().optional(),
});
export type EditSkuInput = z.infer<typeof editSkuInput>;

/** The columns of a product file. `currency` must be the merchant's own where it is given; an empty cell of an optional column keeps what is there. */
export const CSV_COLUMNS = [
  'sku',
  'name',
  'price',
  'currency',
  'tax_class',
  'weight_grams',
  'stocked',
  'barcode',
  'description',
] as const;
export type CsvColumn = (typeof CSV_COLUMNS)[number];
export const CSV_REQUIRED = ['sku', 'name', 'price'] as const satisfies readonly CsvColumn[];

export const MAX_CSV_BYTES = 10 * 1024 * 1024;
/** One file is one transaction and one answer: more lines than this would keep others waiting. */
export const MAX_CSV_ROWS = 20_000;

const YES = ['true', 'yes', 'y', '1', 'ja'];
const NO = ['false', 'no', 'n', '0', 'nein'];
const flag = z
  .string()
  .trim()
  .toLowerCase()
  .refine((value) => YES.includes(value) || NO.includes(value), 'Use yes or no')
  .transform((value) => YES.includes(value));
const grams = z
  .string()
  .trim()
  .regex(/^\d{1,9}$/, 'Use whole grams')
  .transform(Number)
  .pipe(weightGrams);

/** One line of a product file, by column. Empty optional cells are left out before. */
export const csvRow = z.object({
  sku: skuCode,
  name,
  price,
  currency: z
    .string()
    .trim()
    .regex(/^[A-Z]{3}$/, 'Use the three-letter code, such as EUR')
    .optional(),
  tax_class: taxClass.optional(),
  weight_grams: grams.optional(),
  stocked: flag.optional(),
  barcode: barcode.optional(),
  description: description.optional(),
});
export type CsvRow = z.infer<typeof csvRow>;

/**
 * A product file. `all`: every line must be acceptable, or nothing is written. `accepted`: the good lines are written, the rejected
 * ones are named.
 */
export const importSkusInput = z.object({
  merchantId: z.uuid(),
  csv: z.string().max(MAX_CSV_BYTES, 'A file has at most 10 MB: split it'),
  mode: z.enum(['all', 'accepted']).default('all'),
  /** The fingerprint of the preview the person saw; absent where nobody saw one. */
  fingerprint: z.string().max(100).optional(),
});
export type ImportSkusInput = z.infer<typeof importSkusInput>;
