import type pg from 'pg';
import * as catalog from '../../domains/catalog/service.ts';
import {
  type Checkout,
  type CheckoutStore,
  chooseOption,
  demandOpen,
  isQuoteFor,
  type QuotedGoods,
  type QuotedPlace,
  samePlace,
  stateNow,
} from '../../domains/checkouts/rules.ts';
import type { CheckoutLineInput, UpdateCheckoutInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { CreateQuoteInput } from '../../domains/quotes/schema.ts';
import * as quotes from '../../domains/quotes/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { isDecided, requestHash } from '../../platform/idempotency.ts';
import { audit, newOutbox } from '../../platform/outbox.ts';
import type { Call, Request, Verb } from '../../platform/verb.ts';
import type { CreatedQuote } from '../create-quote.ts';
import { type CheckoutWorld, namedLines, writeCheckouts } from './create-checkout.ts';
import { storeOf } from './stores.ts';

/**
 * Keeps who buys, where it goes and how it is sent. Whatever changes the price has it quoted again, before the transaction; the checkout
 * then names that quote, and nobody is charged by another one.
 */
export interface UpdatedCheckout {
  readonly id: string;
  readonly quoteId: string | null;
  readonly option: string | null;
  readonly version: number;
}

interface PricedFor extends QuotedGoods {
  readonly id: string;
  readonly options: readonly { readonly code: string }[];
}

interface QuotedUpdate extends UpdateCheckoutInput {
  readonly quote: PricedFor | null;
  /** The store that was named, as it is now. */
  readonly store?: CheckoutStore;
}

interface Updating extends CheckoutWorld {
  readonly attempts: ReadonlyMap<string, orders.AttemptState>;
  /** The quotes that the checkouts name. */
  readonly quotes: ReadonlyMap<string, PricedFor>;
}

async function lock(tx: Tx, requests: readonly Request<QuotedUpdate>[]): Promise<Updating> {
  const state = await checkouts.lock(
    tx,
    requests.map(({ input }) => input.checkoutId),
  );
  const found = [...state.byId.values()];
  const goods = await catalog.load(
    tx,
    found.map((checkout) => checkout.merchantId),
    requests.flatMap(({ input }) => {
      const merchantId = state.byId.get(input.checkoutId)?.merchantId;
      return merchantId ? (input.lines ?? []).map(({ sku }) => ({ merchantId, code: sku })) : [];
    }),
  );
  const named = await quotes.find(
    tx,
    found.flatMap((checkout) => checkout.quoteId ?? []),
  );
  const attempts = await orders.findAttempts(
    tx,
    found.flatMap((checkout) => checkout.orderId ?? []),
  );
  return { applied: 0, checkouts: state, catalog: goods, outbox: newOutbox(), quotes: named, attempts };
}

function decide(world: Updating, { input, ctx }: Request<QuotedUpdate>): UpdatedCheckout {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  demandOpen(checkout, world.attempts.get(checkout.orderId ?? ''), ctx.now);
  const lines = input.lines ? namedLines(world.catalog, checkout.merchantId, input.lines) : checkout.lines;
  const shipTo = input.shipTo ?? checkout.shipTo;
  // Somebody else may have changed the goods or the place while this was priced: a quote for what it was before is none.
  const pickup = pickupAfter(checkout, input);
  const to = pickup?.place ?? shipTo;
  const quote = [input.quote, world.quotes.get(checkout.quoteId ?? '')].find((one) => one && isQuoteFor(one, lines, to));
  const quoteId = quote?.id ?? null;
  const offered = pickup ? [] : (quote?.options ?? []);
  if (input.option !== undefined && !input.quote && !offered.some((option) => option.code === input.option))
    throw new DomainError('option_not_offered', 'This way of sending is not offered. Choose another one.', {
      option: input.option,
      offered: offered.map((option) => option.code),
    });
  const before = checkout.version;
  checkouts.change(
    world.checkouts,
    checkout,
    {
      lines,
      customer: { ...checkout.customer, ...input.customer },
      shipTo,
      pickup,
      quoteId,
      shippingOption: chooseOption(offered, input.option ?? checkout.shippingOption),
    },
    ctx,
  );
  world.applied++;
  audit(
    world.outbox,
    {
      action: 'checkout.changed',
      entity: 'checkout',
      entityId: checkout.id,
      merchantId: checkout.merchantId,
      before: { version: Number(before) },
      // What was typed stays in the checkout: an audit row outlives the person's wish to be forgotten.
      after: { version: Number(checkout.version), fields: fieldsOf(input), quoteId, option: checkout.shippingOption },
    },
    ctx,
  );
  return { id: checkout.id, quoteId, option: checkout.shippingOption, version: Number(checkout.version) };
}

/** Where it is fetched once the change is made. */
const pickupAfter = (checkout: Checkout, input: Pick<QuotedUpdate, 'pickupNodeId' | 'store'>): CheckoutStore | null =>
  input.pickupNodeId === undefined ? checkout.pickup : (input.store ?? null);

const fieldsOf = (input: QuotedUpdate): string[] =>
  (['customer', 'shipTo', 'option', 'pickupNodeId', 'lines'] as const).filter((field) => input[field] !== undefined);

export const updateCheckout: Verb<QuotedUpdate, Updating, UpdatedCheckout> = {
  name: 'update-checkout',
  // A repeat is the same request, whatever its quote was.
  identity: ({ quote: _quote, store: _store, ...asked }) => asked,
  lock,
  decide,
  write: writeCheckouts,
};

export type CheckoutChangeInput = UpdateCheckoutInput & {
  /** Has it quoted anew although nothing of it changed. */
  readonly again?: boolean;
  /** So many units are left of these SKUs: lines are cut to that. */
  readonly left?: ReadonlyMap<string, number>;
};

/** Lines with what is left of each; refuses where that is nothing at all. */
function cut(lines: Checkout['lines'], left: ReadonlyMap<string, number>): CheckoutLineInput[] {
  const kept = lines.flatMap(({ sku, quantity }) => {
    const units = Math.min(quantity, left.get(sku) ?? quantity);
    return units > 0 ? [{ sku, quantity: units }] : [];
  });
  if (kept.length > 0) return kept;
  throw new DomainError('out_of_stock', 'Nothing of this is left. You were not charged.', {
    skus: lines.map(({ sku, quantity }) => ({ sku, requested: quantity, available: 0 })),
  });
}

const destinationOf = ({ country, region, postalCode }: QuotedPlace): CreateQuoteInput['destination'] => ({
  country,
  ...(region ? { region } : {}),
  ...(postalCode ? { postalCode } : {}),
});

/** A quote that ends before somebody could pay by it is renewed. */
const RENEW_BEFORE_MS = 2 * 60_000;

async function needsQuote(pool: pg.Pool, before: Checkout, input: UpdateCheckoutInput, to: QuotedPlace, now: Date) {
  if (input.lines || before.quoteId === null) return true;
  const quote = (await quotes.find(pool, [before.quoteId])).get(before.quoteId);
  if (!quote || quote.expiresAt.getTime() - now.getTime() < RENEW_BEFORE_MS) return true;
  return !samePlace(to, quote.destination);
}

/** The verb with its quote: asks for one where the price may have changed, or where `again` says so. */
export function quotedUpdate(
  pool: pg.Pool,
  createQuote: Call<CreateQuoteInput, CreatedQuote>,
  update: Call<QuotedUpdate, UpdatedCheckout>,
) {
  /** One quote per request and what it asks for: its repeat finds the quote made. */
  const price = ({ merchantId, currency }: Checkout, lines: QuotedGoods['lines'], to: QuotedPlace, ctx: Ctx, key?: string) => {
    const wanted = lines.map(({ sku, quantity }) => ({ sku, quantity }));
    const asked = { merchantId, currency, lines: wanted, destination: destinationOf(to) };
    return createQuote(asked, ctx, key === undefined ? undefined : `${key}:${requestHash(asked).toString('hex')}`);
  };

  /** Something else was changed while the change was priced: it is kept without a price, and priced as it is now. */
  async function priceAgain(option: string | undefined, checkoutId: string, kept: UpdatedCheckout, ctx: Ctx) {
    const now = await checkouts.find(pool, checkoutId);
    const to = now?.pickup?.place ?? now?.shipTo;
    if (!now || !to || now.quoteId !== null) return kept;
    const quote = await price(now, now.lines, to, ctx);
    return update({ checkoutId, ...(option === undefined ? {} : { option }), quote }, ctx);
  }

  return async ({ again = false, left, ...input }: CheckoutChangeInput, ctx: Ctx, key?: string): Promise<UpdatedCheckout> => {
    const before = await checkouts.find(pool, input.checkoutId);
    if (!before) throw new DomainError('not_found', 'There is no such checkout.');
    const asked = left ? { ...input, lines: cut(before.lines, left) } : input;
    const store = input.pickupNodeId ? await storeOf(pool, before.merchantId, input.pickupNodeId) : undefined;
    const to = pickupAfter(before, { ...input, ...(store ? { store } : {}) })?.place ?? input.shipTo ?? before.shipTo;
    // A repeat is not priced, nor what is not open any more: under the lock the one is answered as before and the other refused.
    const decided = key !== undefined && (await isDecided(pool, { principal: ctx.actor, operation: updateCheckout.name, key }));
    const open = !decided && (await isOpen(pool, before, ctx.now));
    const priced = open && to && (again || (await needsQuote(pool, before, asked, to, ctx.now)));
    const quote = priced ? await price(before, asked.lines ?? before.lines, to, ctx, key) : null;
    const kept = await update({ ...asked, quote, ...(store ? { store } : {}) }, ctx, key);
    if (kept.quoteId !== null) return kept;
    return priceAgain(input.option ?? before.shippingOption ?? undefined, input.checkoutId, kept, ctx);
  };
}

async function isOpen(pool: pg.Pool, checkout: Checkout, now: Date): Promise<boolean> {
  const attempts = await orders.findAttempts(pool, checkout.orderId === null ? [] : [checkout.orderId]);
  return stateNow(checkout, attempts.get(checkout.orderId ?? ''), now) === 'open';
}
