import { DomainError } from '../../kernel/errors.ts';
import { divideHalfUp, formatDecimal, lineTotalMinor, moneyStep, parseDecimal, splitByWeight } from '../../kernel/money.ts';

export interface Sku {
  readonly id: string;
  readonly merchantId: string;
  readonly code: string;
  readonly name: string;
  readonly stocked: boolean;
  readonly taxClass: string;
  readonly price: string;
  readonly currency: string;
  readonly active: boolean;
  readonly weightGrams: number;
}

/** A SKU with everything that people change. */
export interface SkuRecord extends Sku {
  readonly barcode: string | null;
  readonly description: string | null;
  readonly version: bigint;
}

/** What of a SKU a person may change. */
export type SkuFacts = Pick<
  SkuRecord,
  'name' | 'price' | 'taxClass' | 'weightGrams' | 'stocked' | 'active' | 'barcode' | 'description'
>;

const EDITABLE = [
  'name',
  'price',
  'taxClass',
  'weightGrams',
  'stocked',
  'active',
  'barcode',
  'description',
] as const satisfies readonly (keyof SkuFacts)[];

/** What a SKU was and will be, by the fields that differ. */
export interface SkuChange {
  readonly before: Partial<SkuFacts>;
  readonly after: Partial<SkuFacts>;
}

/**
 * Plans a change of the fields that are given. Null where nothing differs. Throws `state_refuses` where whether it is stocked would
 * change although units were counted or promised already: their history would have no shelf to belong to.
 */
export function planSkuEdit(sku: SkuRecord, wanted: Partial<SkuFacts>, hasStockHistory: boolean): SkuChange | null {
  const before: Partial<Record<keyof SkuFacts, unknown>> = {};
  const after: Partial<Record<keyof SkuFacts, unknown>> = {};
  for (const field of EDITABLE) {
    const next = wanted[field];
    if (next === undefined || same(field, sku[field], next)) continue;
    before[field] = field === 'price' ? plainPrice(sku.price) : sku[field];
    after[field] = field === 'price' ? plainPrice(String(next)) : next;
  }
  if (Object.keys(after).length === 0) return null;
  if ('stocked' in after && hasStockHistory) {
    throw new DomainError(
      'state_refuses',
      `Whether ${sku.code} is stocked cannot change any more: units of it were counted or promised. Make a new SKU instead.`,
    );
  }
  return { before, after } as SkuChange;
}

function same(field: keyof SkuFacts, a: unknown, b: unknown): boolean {
  return field === 'price' ? parseDecimal(String(a)) === parseDecimal(String(b)) : a === b;
}

/** A stored price without the zeros that its column adds. */
export function plainPrice(price: string): string {
  return formatDecimal(parseDecimal(price) ?? 0n);
}

/** What a spreadsheet would run as a formula is kept as text (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

/** The rejected lines of a product file as a file of their own: line, SKU, reason (RFC 4180). */
export function rejectedCsv(lines: readonly { readonly line: number; readonly sku: string; readonly reason: string }[]): string {
  const cell = (value: string): string => `"${(FORMULA.test(value) ? `'${value}` : value).replaceAll('"', '""')}"`;
  return ['line,sku,reason', ...lines.map(({ line, sku, reason }) => `${line},${cell(sku)},${cell(reason)}`), ''].join('\r\n');
}

/** What a line asks to be priced at. `priceMicros` is 10^-6 major units. */
export interface PriceRequest {
  readonly priceMicros: bigint;
  readonly quantity: number;
  readonly discountMinor: bigint;
  /** A fraction in 10^-6: 0.19 is 190000. */
  readonly taxRateMicros: bigint;
}

export interface PricedLine {
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
}

const ONE = 1_000_000n;

/** A decimal fraction such as "0.19" in 10^-6; 0 for what is none. */
export function rateMicros(rate: string): bigint {
  return parseDecimal(rate) ?? 0n;
}

/**
 * Prices lines once, at placement: each line's totals are rounded half-up to minor units, the order discount is spread over the
 * lines by what they cost after their own discounts (largest remainder), and tax is computed per line on what is left. With prices
 * that include tax, tax is taken out of the price, so what the customer pays is what the shop showed. What a line costs in all is a number
 * of whole steps of its currency (kernel/money.ts), if the discounts are.
 * Null where discounts exceed what the lines cost.
 */
export function priceLines(
  requests: readonly PriceRequest[],
  orderDiscountMinor: bigint,
  pricesIncludeTax: boolean,
  currency: string,
): PricedLine[] | null {
  const step = moneyStep(currency);
  const gross = requests.map((request) => lineTotalMinor(request.priceMicros, request.quantity, currency, step));
  const afterOwn = gross.map((amount, index) => amount - (requests[index] as PriceRequest).discountMinor);
  if (afterOwn.some((amount) => amount < 0n)) return null;
  if (orderDiscountMinor > afterOwn.reduce((a, b) => a + b, 0n)) return null;
  const spread = splitByWeight(orderDiscountMinor / step, afterOwn).map((steps) => steps * step);
  return requests.map((request, index) => {
    const price = gross[index] as bigint;
    const discountMinor = request.discountMinor + (spread[index] ?? 0n);
    const base = price - discountMinor;
    if (pricesIncludeTax) {
      const taxMinor = divideHalfUp(base * request.taxRateMicros, ONE + request.taxRateMicros);
      return { netMinor: price - taxMinor, discountMinor, taxMinor, totalMinor: base };
    }
    const taxMinor = divideHalfUp(base * request.taxRateMicros, ONE * step) * step;
    return { netMinor: price, discountMinor, taxMinor, totalMinor: base + taxMinor };
  });
}
