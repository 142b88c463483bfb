import type pg from 'pg';
import * as catalog from '../domains/catalog/service.ts';
import { QUOTE_LIFETIME_MS, type Quote, type QuoteLine, type QuoteOption } from '../domains/quotes/rules.ts';
import type { CreateQuoteInput } from '../domains/quotes/schema.ts';
import * as quotes from '../domains/quotes/service.ts';
import { type Offer, offersFor, type ShippingMethod } from '../domains/shipping/rules.ts';
import * as shipping from '../domains/shipping/service.ts';
import type { TaxOutcome, TaxProvider } from '../domains/taxes/provider.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { formatDecimal, WIRE_LIMIT_MINOR } from '../kernel/money.ts';
import type { Tx } from '../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { type PricedGood, priceGoods, priceShipping, SHIPPING_TAX_CLASS, type Terms, totalOf } from './price-order.ts';
import { parcelOf } from './quote-terms.ts';

/**
 * Says what an order will cost, with every way it can be sent and the day it would arrive. Taxes are asked for before the transaction and
 * frozen; nothing is promised or held. Until it expires an order may name the quote, and costs what it says or is refused.
 */
export interface CreatedQuote {
  readonly id: string;
  readonly currency: string;
  readonly pricesIncludeTax: boolean;
  readonly destination: Quote['destination'];
  readonly lines: readonly QuoteLine[];
  readonly options: readonly QuoteOption[];
  readonly goodsTotalMinor: number;
  readonly expiresAt: string;
}

/** What the verb is given: the request, with the taxes as they were answered outside the transaction. */
export interface TaxedQuoteInput extends CreateQuoteInput {
  readonly taxes: Extract<TaxOutcome, { kind: 'rates' }>;
}

interface Quoting extends Locked {
  readonly catalog: catalog.CatalogState;
  readonly methods: ReadonlyMap<string, ShippingMethod[]>;
  readonly quotes: quotes.QuotesState;
  readonly outbox: Outbox;
}

const codesOf = (input: CreateQuoteInput) => input.lines.map(({ sku }) => ({ merchantId: input.merchantId, code: sku }));

/** Asks the tax provider. What it cannot know, such as a SKU that does not exist, is refused by the verb. Throws `unavailable`. */
export async function readTaxes(pool: pg.Pool, provider: TaxProvider, input: CreateQuoteInput): Promise<TaxedQuoteInput> {
  const { merchants, skus } = await catalog.load(pool, [input.merchantId], codesOf(input));
  const found = input.lines.flatMap((line) => {
    const sku = skus.get(`${input.merchantId}:${line.sku}`);
    return sku
      ? [{ sku: sku.code, taxClass: sku.taxClass, quantity: line.quantity, unitPrice: line.unitPrice ?? sku.price }]
      : [];
  });
  const taxClasses = [...new Set([...found.map((line) => line.taxClass), SHIPPING_TAX_CLASS])];
  const taxes = await provider.rates({
    merchantId: input.merchantId,
    currency: input.currency,
    from: { country: merchants.get(input.merchantId)?.country ?? input.destination.country },
    to: input.destination,
    lines: found,
    taxClasses,
  });
  if (taxes.kind === 'unreachable')
    throw new DomainError('unavailable', 'Taxes cannot be worked out at this moment. Try again shortly.', {
      reason: taxes.reason,
    });
  // A class that was asked for and has no rate is not taxed; one that nobody asked for is not known.
  const rates = Object.fromEntries(taxClasses.map((taxClass) => [taxClass, taxes.rates[taxClass] ?? 0n]));
  return { ...input, taxes: { ...taxes, rates } };
}

/** The rate as it was answered. A SKU may have got another class between the question and the transaction. */
function knownRate({ taxes }: TaxedQuoteInput, taxClass: string): bigint {
  const rate = taxes.rates[taxClass];
  if (rate === undefined)
    throw new DomainError('unavailable', 'The goods are taxed otherwise since this moment. Ask for the quote again.', {
      taxClass,
    });
  return rate;
}

async function lock(tx: Tx, requests: readonly Request<TaxedQuoteInput>[]): Promise<Quoting> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  const goods = await catalog.load(
    tx,
    merchantIds,
    requests.flatMap(({ input }) => codesOf(input)),
  );
  return {
    applied: 0,
    catalog: goods,
    methods: await shipping.load(tx, merchantIds),
    quotes: quotes.none(),
    outbox: newOutbox(),
  };
}

function decide(world: Quoting, { input, ctx }: Request<TaxedQuoteInput>): CreatedQuote {
  const merchant = world.catalog.merchants.get(input.merchantId);
  if (!merchant?.active) throw new DomainError('not_found', 'There is no such merchant.');
  const { pricesIncludeTax } = merchant;
  const terms: Terms = {
    merchant,
    currency: input.currency,
    pricesIncludeTax,
    rateOf: (taxClass) => knownRate(input, taxClass),
  };
  const discountMinor = input.discountMinor ?? 0n;
  const goods = priceGoods(world.catalog, terms, input.lines, discountMinor);
  const goodsTotalMinor = totalOf(goods);
  const offers = goods.some((good) => good.sku.stocked)
    ? offersFor(world.methods.get(merchant.id) ?? [], parcelOf(goods, terms, input.destination), ctx.now)
    : [];
  const options = offers.map((offer) => optionFor(offer, terms, goodsTotalMinor));
  if (goodsTotalMinor >= WIRE_LIMIT_MINOR || options.some((option) => !Number.isSafeInteger(option.orderTotalMinor)))
    throw new DomainError('amount_out_of_range', 'The order total is too large.');
  const quote: Quote = {
    id: newId(),
    home: merchant.home,
    merchantId: merchant.id,
    currency: input.currency,
    pricesIncludeTax,
    destination: input.destination,
    lines: goods.map(lineFor),
    discountMinor,
    options,
    rates: Object.fromEntries(Object.entries(input.taxes.rates).map(([taxClass, rate]) => [taxClass, formatDecimal(rate)])),
    taxProvider: input.taxes.provider,
    goodsTotalMinor,
    createdAt: ctx.now,
    expiresAt: new Date(ctx.now.getTime() + QUOTE_LIFETIME_MS),
  };
  quotes.add(world.quotes, quote, ctx);
  world.applied++;
  audit(
    world.outbox,
    {
      action: 'quote.created',
      entity: 'quote',
      entityId: quote.id,
      merchantId: merchant.id,
      after: {
        currency: quote.currency,
        goodsTotalMinor,
        lines: quote.lines.length,
        options: options.map((option) => option.code),
      },
    },
    ctx,
  );
  const { id, currency, destination, lines } = quote;
  return {
    id,
    currency,
    pricesIncludeTax,
    destination,
    lines,
    options,
    goodsTotalMinor: Number(goodsTotalMinor),
    expiresAt: quote.expiresAt.toISOString(),
  };
}

function lineFor(good: PricedGood): QuoteLine {
  return {
    sku: good.sku.code,
    name: good.name,
    named: good.wanted.name !== undefined,
    quantity: good.wanted.quantity,
    unitPrice: good.unitPrice,
    overridden: good.wanted.unitPrice !== undefined,
    ownDiscountMinor: Number(good.wanted.discountMinor ?? 0n),
    stocked: good.sku.stocked,
    netMinor: Number(good.netMinor),
    discountMinor: Number(good.discountMinor),
    taxMinor: Number(good.taxMinor),
    totalMinor: Number(good.totalMinor),
    taxRate: formatDecimal(good.taxRateMicros),
  };
}

function optionFor(offer: Offer, terms: Terms, goodsTotalMinor: bigint): QuoteOption {
  const priced = priceShipping(terms, offer.priceMinor);
  return {
    code: offer.code,
    name: offer.name,
    priceMinor: Number(offer.priceMinor),
    taxMinor: Number(priced.taxMinor),
    totalMinor: Number(priced.totalMinor),
    orderTotalMinor: Number(goodsTotalMinor + priced.totalMinor),
    promisedFrom: offer.promisedFrom,
    promisedBy: offer.promisedBy,
  };
}

export const createQuote: Verb<TaxedQuoteInput, Quoting, CreatedQuote> = {
  name: 'create-quote',
  // A repeat is the same request, whatever the taxes are meanwhile.
  identity: ({ taxes: _taxes, ...asked }) => asked,
  lock,
  decide,
  async write(tx, world) {
    await quotes.write(tx, world.quotes);
    await writeOutbox(tx, world.outbox);
  },
};
