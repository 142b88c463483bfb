import { z } from 'zod';
import { MAX_PAGE, PAGE_DEFAULT } from './limits.ts';

/** Pieces of inputs and answers. JSON in snake_case; nothing here is transformed, so that the document says what is on the wire. */

export const amount = z
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ description: 'Minor units of the currency, such as cents.' });
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ description: 'ISO 4217.', example: 'EUR' });
export const timestamp = z.iso.datetime({ offset: true }).meta({ description: 'RFC 3339.', example: '2026-11-22T12:30:00Z' });
export const id = z.uuid();
export const words = (max: number) => z.string().regex(/\S/, 'must not be blank').max(max);
export const decimal = z
  .string()
  .regex(/^\d{1,8}(\.\d{1,6})?$/)
  .meta({ description: 'A price in major units with at most six decimals.', example: '12.50' });
export const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((value) => Object.keys(value).length <= 50, 'must have at most 50 entries')
  .meta({ description: 'Up to 50 entries of your own. Not shown to customers.' });
export const tags = z.array(words(40)).max(20);

export const address = z.strictObject({
  name: words(200).optional(),
  company: words(200).optional(),
  line1: words(200),
  line2: words(200).optional(),
  city: words(100),
  region: words(100).optional(),
  postal_code: words(20).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .meta({ description: 'ISO 3166-1 alpha-2.', example: 'DE' }),
  phone: words(40).optional(),
});
export type RestAddress = z.infer<typeof address>;

export const units = z
  .array(z.strictObject({ line_id: id, quantity: z.int().min(1).max(1_000_000) }))
  .min(1)
  .max(1_000)
  .meta({ description: 'Units by line. All that are left where absent.' });

export const unitRanges = z.array(
  z
    .object({ line_id: id, from_unit: z.int(), to_unit: z.int() })
    .meta({ description: 'Units from_unit to to_unit of a line, counted from 1.' }),
);

export const fingerprint = z
  .string()
  .max(100)
  .optional()
  .meta({ description: 'Of the preview that was shown: refuses with plan_changed where it would do something else now.' });

/** A path parameter that takes an id or the number that people use. */
export const reference = (what: string) =>
  z
    .string()
    .min(1)
    .max(60)
    .meta({ description: `The ${what}’s id or number.` });

export const pageQuery = {
  cursor: z.string().min(1).max(400).optional().meta({ description: 'next_cursor of the page before.' }),
  limit: z
    .int()
    .min(1)
    .max(MAX_PAGE)
    .optional()
    .meta({ description: `Entries per page; ${PAGE_DEFAULT} unless said.` }),
};

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().meta({ description: 'Send it as cursor for the page after this one; null on the last.' }),
    has_more: z.boolean(),
  });

export function page<T, R>(found: { readonly items: readonly T[]; readonly next: string | null }, item: (row: T) => R) {
  return { data: found.items.map(item), next_cursor: found.next, has_more: found.next !== null };
}

export const time = (date: Date): string => date.toISOString();
export const timeOrNull = (date: Date | null): string | null => date?.toISOString() ?? null;
/** The words of the house in lower case are said in UPPER_SNAKE here. */
export const upper = <T extends string>(word: T) => word.toUpperCase() as Uppercase<T>;
export const uppers = <const T extends readonly [string, ...string[]]>(list: T) =>
  list.map((word) => word.toUpperCase()) as { -readonly [K in keyof T]: Uppercase<T[K]> };

/** A record in the order of its names, so that the same answer is the same bytes. */
export function sorted(record: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(record).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const selection = (chosen: z.infer<typeof units> | undefined) =>
  chosen?.map((unit) => ({ lineId: unit.line_id, quantity: unit.quantity }));
export const ranges = (found: readonly { readonly lineId: string; readonly from: number; readonly to: number }[]) =>
  found.map((range) => ({ line_id: range.lineId, from_unit: range.from, to_unit: range.to }));
