import { type PricedLine, priceLines, type Sku } from '../domains/catalog/rules.ts';
import type { CatalogState, Merchant } from '../domains/catalog/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { formatDecimal, minorDigits, parseDecimal } from '../kernel/money.ts';
import { demandSteps } from './money-steps.ts';

/** The one way to price what a customer wants: a quote and the order that names it come to the same cent by the same code. */
export interface WantedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice?: string | undefined;
  readonly discountMinor?: bigint | undefined;
  readonly name?: string | undefined;
}

export interface Terms {
  readonly merchant: Pick<Merchant, 'id' | 'currency' | 'name' | 'orderTerms'>;
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  /** The rate (10^-6) of a tax class where the goods go. */
  readonly rateOf: (taxClass: string) => bigint;
}

export interface PricedGood extends PricedLine {
  readonly sku: Sku;
  readonly wanted: WantedLine;
  readonly name: string;
  readonly unitPrice: string;
  readonly taxRateMicros: bigint;
}

export interface PricedShipping extends PricedLine {
  readonly unitPrice: string;
  readonly taxRateMicros: bigint;
}

/** The class that shipping is taxed by. */
export const SHIPPING_TAX_CLASS = 'shipping';

/** Throws `unknown_sku`, `currency_mismatch`, or `invalid_request` for discounts that are larger than what they are taken from. */
export function priceGoods(
  catalog: Pick<CatalogState, 'skus'>,
  terms: Terms,
  lines: readonly WantedLine[],
  discountMinor: bigint,
): PricedGood[] {
  const { merchant, currency } = terms;
  if (currency !== merchant.currency)
    throw new DomainError(
      'currency_mismatch',
      `${merchant.name} sells in ${merchant.currency}. Send the order in that currency.`,
    );
  const wanted = lines.map((line) => {
    const sku = catalog.skus.get(`${merchant.id}:${line.sku}`);
    if (!sku?.active)
      throw new DomainError('unknown_sku', `The SKU ${line.sku} does not exist or is not for sale.`, { sku: line.sku });
    if (sku.currency !== currency) throw new DomainError('currency_mismatch', `The SKU ${line.sku} is sold in ${sku.currency}.`);
    return {
      wanted: line,
      sku,
      name: line.name ?? sku.name,
      unitPrice: line.unitPrice ?? sku.price,
      taxRateMicros: terms.rateOf(sku.taxClass),
    };
  });
  const priced = price(
    wanted.map((line) => ({ ...line, quantity: line.wanted.quantity, discountMinor: line.wanted.discountMinor ?? 0n })),
    discountMinor,
    terms,
  );
  return wanted.map((line, index) => ({ ...line, ...(priced[index] as PricedLine) }));
}

/** Shipping is a line of one unit with a tax class of its own. */
export function priceShipping(terms: Terms, priceMinor: bigint): PricedShipping {
  if (priceMinor < 0n)
    throw new DomainError('invalid_request', 'A shipping price is not negative.', { field: 'shipping.price_minor' });
  const unitPrice = formatDecimal(priceMinor, minorDigits(terms.currency));
  const taxRateMicros = terms.rateOf(SHIPPING_TAX_CLASS);
  const [line] = price([{ unitPrice, quantity: 1, discountMinor: 0n, taxRateMicros }], 0n, terms);
  return { ...(line as PricedLine), unitPrice, taxRateMicros };
}

/** What lines cost in all, tax included. */
export function totalOf(lines: readonly Pick<PricedLine, 'totalMinor'>[]): bigint {
  return lines.reduce((sum, line) => sum + line.totalMinor, 0n);
}

function price(
  wanted: readonly { unitPrice: string; quantity: number; discountMinor: bigint; taxRateMicros: bigint }[],
  discountMinor: bigint,
  terms: Terms,
): PricedLine[] {
  if (discountMinor < 0n || wanted.some((line) => line.discountMinor < 0n))
    throw new DomainError('invalid_request', 'A discount is not negative.');
  demandSteps('Discounts', terms.currency, [discountMinor, ...wanted.map((line) => line.discountMinor)]);
  const requests = wanted.map((line) => ({
    priceMicros: parseDecimal(line.unitPrice) ?? 0n,
    quantity: line.quantity,
    discountMinor: line.discountMinor,
    taxRateMicros: line.taxRateMicros,
  }));
  const priced = priceLines(requests, discountMinor, terms.pricesIncludeTax, terms.currency);
  if (!priced) throw new DomainError('invalid_request', 'The discounts are larger than what they are taken from.');
  return priced;
}
