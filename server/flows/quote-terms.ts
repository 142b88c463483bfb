import { rateMicros } from '../domains/catalog/rules.ts';
import type { CatalogState, Merchant } from '../domains/catalog/service.ts';
import { checkQuote, type Named, type Quote, type QuoteOption } from '../domains/quotes/rules.ts';
import { offersFor, type Parcel, type ShippingMethod } from '../domains/shipping/rules.ts';
import { parseDecimal } from '../kernel/money.ts';
import type { PricedGood, Terms, WantedLine } from './price-order.ts';

/** What a quote and the order that names it share: the parcel its shipping is priced for, and the terms that it froze. */

export function parcelOf(
  goods: readonly PricedGood[],
  terms: Terms,
  to: { country: string; postalCode?: string | undefined },
): Parcel {
  const shown = (good: PricedGood): bigint => good.netMinor - good.discountMinor + (terms.pricesIncludeTax ? good.taxMinor : 0n);
  return {
    country: to.country,
    postalCode: to.postalCode,
    subtotalMinor: goods.reduce((sum, good) => sum + shown(good), 0n),
    weightGrams: goods.reduce((sum, good) => sum + good.sku.weightGrams * good.wanted.quantity, 0),
  };
}

/** The lines as the quote was asked for them. */
export function wantedOf(quote: Quote): WantedLine[] {
  return quote.lines.map((line) => ({
    sku: line.sku,
    quantity: line.quantity,
    discountMinor: BigInt(line.ownDiscountMinor),
    ...(line.overridden ? { unitPrice: line.unitPrice } : {}),
    ...(line.named ? { name: line.name } : {}),
  }));
}

/** Rates and the kind of prices as they were quoted. */
export function termsOf(quote: Quote, merchant: Merchant): Terms {
  return {
    merchant,
    currency: quote.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    // A class that was not quoted is refused by `checkQuote`: where prices include tax, no total would tell.
    rateOf: (taxClass) => rateMicros(quote.rates[taxClass] ?? '0'),
  };
}

/** Holds a quote against the catalogue and the shipping methods of this moment; see `checkQuote`. */
export function optionOf(
  quote: Quote,
  named: Named,
  catalog: Pick<CatalogState, 'skus'>,
  methods: readonly ShippingMethod[],
  price: () => { readonly goods: readonly PricedGood[]; readonly terms: Terms },
  now: Date,
): QuoteOption | null {
  const current = {
    priceOf: (sku: string): string | null => {
      const found = catalog.skus.get(`${quote.merchantId}:${sku}`);
      return found?.active ? found.price : null;
    },
    taxRateOf: (sku: string): string | null => {
      const found = catalog.skus.get(`${quote.merchantId}:${sku}`);
      return (found && quote.rates[found.taxClass]) ?? null;
    },
    samePrice: (a: string, b: string): boolean => parseDecimal(a) === parseDecimal(b),
    optionPrice: (code: string): bigint | null => {
      const { goods, terms } = price();
      const offers = offersFor(methods, parcelOf(goods, terms, quote.destination), now);
      return offers.find((offer) => offer.code === code)?.priceMinor ?? null;
    },
  };
  return checkQuote(quote, named, current, now);
}
