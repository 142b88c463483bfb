import { DomainError } from '../../kernel/errors.ts';

/** Amounts in minor units; they are kept as JSON, so as plain integers below 2^53. */
export interface QuoteLine {
  readonly sku: string;
  readonly name: string;
  /** The caller's own name for the line. */
  readonly named: boolean;
  readonly quantity: number;
  readonly unitPrice: string;
  /** The caller's own price instead of the catalogue's. */
  readonly overridden: boolean;
  /** Asked off this line, before its share of the order's discount. */
  readonly ownDiscountMinor: number;
  readonly stocked: boolean;
  readonly netMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  readonly taxRate: string;
}

/** A way to send it. `priceMinor` is as the shop shows prices, `totalMinor` what it adds to the order, tax included. */
export interface QuoteOption {
  readonly code: string;
  readonly name: string;
  readonly priceMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** What the whole order costs if it is sent this way. */
  readonly orderTotalMinor: number;
  readonly promisedFrom: string;
  readonly promisedBy: string;
}

export interface QuotedDestination {
  readonly country: string;
  readonly region?: string | undefined;
  readonly postalCode?: string | undefined;
}

export interface Quote {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly destination: QuotedDestination;
  readonly lines: readonly QuoteLine[];
  readonly discountMinor: bigint;
  readonly options: readonly QuoteOption[];
  /** Tax class → rate as a decimal string. */
  readonly rates: Readonly<Record<string, string>>;
  readonly taxProvider: string;
  /** What the goods cost, tax included, without shipping. */
  readonly goodsTotalMinor: bigint;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Long enough for a customer to type an address and look for a card, short enough that prices and stock are today's. */
export const QUOTE_LIFETIME_MS = 30 * 60_000;

/** What an order says of the quote that it names. */
export interface Named {
  readonly option?: string | undefined;
  /** What the customer was shown; refused where it is not what the order costs. */
  readonly totalMinor?: bigint | undefined;
  readonly destination: QuotedDestination | null;
  /** Its customer comes for it: nothing is sent. */
  readonly fetched?: boolean;
}

/** What is true now of what a quote rests on. */
export interface Current {
  /** The catalogue's price of a SKU; null where it is not for sale any more. */
  readonly priceOf: (sku: string) => string | null;
  /** The price of a shipping option for what is sent; null where it is not offered any more. */
  readonly optionPrice: (code: string) => bigint | null;
  /** The quoted rate of the class that a SKU is taxed by now; null where the quote has no rate of this class. */
  readonly taxRateOf: (sku: string) => string | null;
  /** Whether two prices, or two rates, are the same number. */
  readonly samePrice: (a: string, b: string) => boolean;
}

export interface QuoteChange {
  readonly what: 'unit_price' | 'tax_rate' | 'not_for_sale' | 'shipping_price' | 'shipping_option' | 'destination';
  readonly sku?: string;
  readonly option?: string;
  readonly was: string | number | null;
  readonly is: string | number | null;
}

/**
 * Whether an order may be placed by this quote, and by which of its options; null where the order is sent no way at all. Throws
 * `quote_expired`, `quote_changed` with what changed, `option_not_offered` with what is offered, or `total_mismatch`.
 */
export function checkQuote(quote: Quote, named: Named, current: Current, now: Date): QuoteOption | null {
  if (now >= quote.expiresAt)
    throw new DomainError('quote_expired', 'This quote is no longer valid. Ask for a new one and show the customer its total.', {
      expiredAt: quote.expiresAt.toISOString(),
    });
  const option = named.fetched ? null : optionOf(quote, named.option);
  const lines = changedLines(quote, current);
  // What is not for sale cannot be priced, and so neither can its shipping.
  const sent = lines.some((change) => change.what === 'not_for_sale') ? [] : changedOption(option, current);
  const changes = [...lines, ...sent, ...changedDestination(quote, named)];
  if (changes.length > 0)
    throw new DomainError('quote_changed', `${sentence(changes[0] as QuoteChange)} Ask for a new quote.`, { changes });
  const total = option ? BigInt(option.orderTotalMinor) : quote.goodsTotalMinor;
  if (named.totalMinor !== undefined && named.totalMinor !== total)
    throw new DomainError(
      'total_mismatch',
      'The order does not cost what was sent as its total. Show the customer the total of the quote.',
      {
        sentMinor: Number(named.totalMinor),
        totalMinor: Number(total),
      },
    );
  return option;
}

function optionOf(quote: Quote, code: string | undefined): QuoteOption | null {
  const offered = quote.options.map((option) => option.code);
  if (code === undefined) {
    if (!quote.lines.some((line) => line.stocked)) return null;
    throw new DomainError('option_not_offered', 'Say how the order is sent: choose one of the shipping options of the quote.', {
      offered,
    });
  }
  const option = quote.options.find((candidate) => candidate.code === code);
  if (!option)
    throw new DomainError('option_not_offered', `The quote does not offer the shipping option ${code}.`, {
      option: code,
      offered,
    });
  return option;
}

function changedLines(quote: Quote, current: Current): QuoteChange[] {
  return quote.lines.flatMap((line): QuoteChange[] => {
    const price = current.priceOf(line.sku);
    if (price === null) return [{ what: 'not_for_sale', sku: line.sku, was: line.unitPrice, is: null }];
    const rate = current.taxRateOf(line.sku);
    const taxed = rate !== null && current.samePrice(rate, line.taxRate);
    const priced = line.overridden || current.samePrice(price, line.unitPrice);
    return [
      ...(priced ? [] : [{ what: 'unit_price', sku: line.sku, was: line.unitPrice, is: price } as const]),
      ...(taxed ? [] : [{ what: 'tax_rate', sku: line.sku, was: line.taxRate, is: rate } as const]),
    ];
  });
}

function changedOption(option: QuoteOption | null, current: Current): QuoteChange[] {
  if (!option) return [];
  const price = current.optionPrice(option.code);
  if (price === null) return [{ what: 'shipping_option', option: option.code, was: option.priceMinor, is: null }];
  if (price === BigInt(option.priceMinor)) return [];
  return [{ what: 'shipping_price', option: option.code, was: option.priceMinor, is: Number(price) }];
}

const placeOf = (where: QuotedDestination): string => [where.country, where.region, where.postalCode].filter(Boolean).join(' ');

/** Tax and delivery were worked out for one place; an order to another needs another quote. A quote that left parts open leaves them open. */
function changedDestination(quote: Quote, { destination }: Named): QuoteChange[] {
  const { country, region, postalCode } = quote.destination;
  const differs = (asked: string | undefined, given: string | undefined): boolean => asked !== undefined && asked !== given;
  if (
    destination &&
    destination.country === country &&
    !differs(region, destination.region) &&
    !differs(postalCode, destination.postalCode)
  )
    return [];
  return [{ what: 'destination', was: placeOf(quote.destination), is: destination ? placeOf(destination) : null }];
}

function sentence(change: QuoteChange): string {
  switch (change.what) {
    case 'unit_price':
      return `The price of ${change.sku} changed from ${change.was} to ${change.is}.`;
    case 'tax_rate':
      return `${change.sku} is taxed otherwise by now.`;
    case 'not_for_sale':
      return `${change.sku} is not for sale any more.`;
    case 'shipping_price':
      return `The price of the shipping option ${change.option} changed.`;
    case 'shipping_option':
      return `The shipping option ${change.option} is not offered any more.`;
    case 'destination':
      return change.is === null
        ? `The quote is for a delivery to ${change.was}: send that address as ship_to.`
        : `The quote is for a delivery to ${change.was}, the order goes to ${change.is}.`;
  }
}
