import type * as catalog from '../domains/catalog/service.ts';
import type { FulfilmentState } from '../domains/fulfilment/service.ts';
import type { Line } from '../domains/orders/rules.ts';
import type { PlaceOrderInput } from '../domains/orders/schema.ts';
import type { Quote, QuoteOption } from '../domains/quotes/rules.ts';
import type { ShippingMethod } from '../domains/shipping/rules.ts';
import * as taxes from '../domains/taxes/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { formatDecimal, moneyStep } from '../kernel/money.ts';
import { type PricedGood, type PricedShipping, priceGoods, priceShipping, type Terms, totalOf } from './price-order.ts';
import { optionOf, termsOf, wantedOf } from './quote-terms.ts';

/** What pricing an order looks things up in. */
interface Pricing {
  readonly catalog: catalog.CatalogState;
  readonly rates: taxes.RateTable;
  readonly quotes: ReadonlyMap<string, Quote>;
  readonly methods: ReadonlyMap<string, ShippingMethod[]>;
  /** The merchant's nodes, where something is fetched. */
  readonly fulfilment: Pick<FulfilmentState, 'nodes'>;
}

/** What an order is made of: its goods and its shipping with their prices, and the quote they come from, if it names one. */
export interface Bill {
  readonly terms: Terms;
  readonly goods: readonly PricedGood[];
  readonly shipping: (PricedShipping & { readonly name: string }) | null;
  readonly quote: Quote | null;
  readonly option: QuoteOption | null;
}

/** Prices an order: by the quote that it names, or line by line. */
export function billOf(world: Pricing, input: PlaceOrderInput, merchant: catalog.Merchant, now: Date): Bill {
  if (input.quote) return quotedBill(world, input, input.quote, merchant, now);
  if (input.lines.length === 0 || input.currency === undefined)
    throw new DomainError('invalid_request', 'Send currency and lines, or a quote.', { field: 'lines' });
  const country = input.shipTo?.country ?? merchant.country;
  const terms: Terms = {
    merchant,
    currency: input.currency,
    pricesIncludeTax: merchant.pricesIncludeTax,
    rateOf: (taxClass) => taxes.rateOf(world.rates, merchant.id, country, taxClass),
  };
  const goods = priceGoods(world.catalog, terms, input.lines, input.discountMinor ?? 0n);
  const sent = input.shipping;
  const shippingLine = sent ? { name: sent.name, ...priceShipping(terms, sent.priceMinor) } : null;
  return { terms, goods, shipping: shippingLine, quote: null, option: null };
}

/** A store whose address says no country is in its merchant's. */
const placeOfNode = ({ country, region, postalCode }: Readonly<Record<string, string>>, home: string) => ({
  country: country || home,
  ...(region ? { region } : {}),
  ...(postalCode ? { postalCode } : {}),
});

/** The quote's own terms and taxes. What the catalogue says otherwise by now is refused, so that nobody pays what nobody was shown. */
function quotedBill(
  world: Pricing,
  input: PlaceOrderInput,
  named: NonNullable<PlaceOrderInput['quote']>,
  merchant: catalog.Merchant,
  now: Date,
): Bill {
  const quote = world.quotes.get(named.id);
  if (!quote || quote.merchantId !== merchant.id)
    throw new DomainError('not_found', 'There is no such quote.', { field: 'quote_id' });
  if (input.lines.length > 0 || input.shipping || input.discountMinor !== undefined)
    throw new DomainError('invalid_request', 'The quote says what is ordered: send no lines, shipping or discount beside it.');
  const terms = termsOf(quote, merchant);
  const price = () => ({ goods: priceGoods(world.catalog, terms, wantedOf(quote), quote.discountMinor), terms });
  const methods = world.methods.get(merchant.id) ?? [];
  const store = input.pickup && world.fulfilment.nodes.get(merchant.id)?.find((node) => node.id === input.pickup?.nodeId);
  // What is fetched bears the taxes of the place where it is.
  const destination = store ? placeOfNode(store.address, merchant.country) : (input.shipTo ?? null);
  const asked = { option: named.option, totalMinor: input.totalMinor, destination, fetched: store !== undefined };
  const option = optionOf(quote, asked, world.catalog, methods, price, now);
  const { goods } = price();
  const shippingLine = option ? { name: option.name, ...priceShipping(terms, BigInt(option.priceMinor)) } : null;
  const totalMinor = totalOf(goods) + (shippingLine?.totalMinor ?? 0n);
  const quoted = option ? BigInt(option.orderTotalMinor) : quote.goodsTotalMinor;
  if (totalMinor !== quoted)
    throw new DomainError('quote_changed', 'The taxes of what is ordered have changed. Ask for a new quote.', {
      changes: [{ what: 'total', was: Number(quoted), is: Number(totalMinor) }],
    });
  return { terms, goods, shipping: shippingLine, quote, option };
}

/** The order's lines, its shipping last. */
export function linesOf({ goods, shipping: sent, terms }: Bill, orderId: string): Line[] {
  const step = Number(moneyStep(terms.currency));
  const lines = goods.map(
    (good, index): Line => ({
      id: newId(),
      orderId,
      position: index + 1,
      kind: 'item',
      skuId: good.sku.id,
      skuCode: good.sku.code,
      name: good.name,
      stocked: good.sku.stocked,
      quantity: good.wanted.quantity,
      unitPrice: good.unitPrice,
      netMinor: good.netMinor,
      discountMinor: good.discountMinor,
      taxMinor: good.taxMinor,
      totalMinor: good.totalMinor,
      taxRate: formatDecimal(good.taxRateMicros),
      moneyStep: step,
    }),
  );
  if (!sent) return lines;
  const { name, unitPrice, netMinor, discountMinor, taxMinor, totalMinor, taxRateMicros } = sent;
  const shippingLine: Line = {
    id: newId(),
    orderId,
    position: lines.length + 1,
    kind: 'shipping',
    skuId: null,
    skuCode: null,
    name,
    stocked: false,
    quantity: 1,
    unitPrice,
    netMinor,
    discountMinor,
    taxMinor,
    totalMinor,
    taxRate: formatDecimal(taxRateMicros),
    moneyStep: step,
  };
  return [...lines, shippingLine];
}
