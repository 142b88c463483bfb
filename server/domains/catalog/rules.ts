import { divideHalfUp, lineTotalMinor, parseDecimal, splitByWeight } from '../../kernel/money.ts';

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
 * that include tax, tax is taken out of the price, so what the customer pays is what the shop showed.
 * Null where discounts exceed what the lines cost.
 */
export function priceLines(
  requests: readonly PriceRequest[],
  orderDiscountMinor: bigint,
  pricesIncludeTax: boolean,
  currency: string,
): PricedLine[] | null {
  const gross = requests.map((request) => lineTotalMinor(request.priceMicros, request.quantity, currency));
  const afterOwn = gross.map((amount, index) => amount - (requests[index] as PriceRequest).discountMinor);
  if (afterOwn.some((amount) => amount < 0n)) return null;
  if (orderDiscountMinor > afterOwn.reduce((a, b) => a + b, 0n)) return null;
  const spread = splitByWeight(orderDiscountMinor, afterOwn);
  return requests.map((request, index) => {
    const price = gross[index] as bigint;
    const discountMinor = request.discountMinor + (spread[index] ?? 0n);
    const base = price - discountMinor;
    if (pricesIncludeTax) {
      const taxMinor = divideHalfUp(base * request.taxRateMicros, ONE + request.taxRateMicros);
      return { netMinor: price - taxMinor, discountMinor, taxMinor, totalMinor: base };
    }
    const taxMinor = divideHalfUp(base * request.taxRateMicros, ONE);
    return { netMinor: price, discountMinor, taxMinor, totalMinor: base + taxMinor };
  });
}
