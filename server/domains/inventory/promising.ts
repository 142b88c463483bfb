import { DomainError } from '../../kernel/errors.ts';
import { type Books, type ChannelSupply, channelKey, type Movement, movement, type Supply } from './rules.ts';

/** The promises half of the rules: what may still be promised, to whom, and the promise itself. */
export interface Demand {
  readonly skuId: string;
  readonly skuCode: string;
  readonly quantity: number;
}

/** For whom units are promised. */
export interface PromiseTerms {
  readonly channel: string;
  /** Units by SKU that the same caller holds already and gives back in the same decision: the cart's reservation. */
  readonly held?: ReadonlyMap<string, bigint>;
}

/** What a plan promises of one SKU. */
export interface PromisedSku {
  readonly skuId: string;
  readonly skuCode: string;
  readonly units: bigint;
  /** Of these units, how many lie beyond the stock that was not promised yet: no node has them, they wait for what comes in. */
  readonly beyondStock: bigint;
}

export interface PromisePlan {
  readonly movements: readonly Movement[];
  readonly skus: readonly PromisedSku[];
}

const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Units that may still be promised. Nothing is promised while the SKU is short: those units are somebody's already. */
export function availableToPromise(supply: Supply): bigint {
  if (supply.shortfall > 0n) return 0n;
  return atLeastZero(atLeastZero(supply.sellable) + supply.limitOver - supply.promised);
}

/** What of the available units a channel may have: what its buffer leaves, and no more than its cap has room for. */
export function availableToChannel(
  available: bigint,
  rule: Pick<ChannelSupply, 'buffer' | 'cap' | 'promised'> | undefined,
): bigint {
  if (!rule) return available;
  const left = atLeastZero(available - rule.buffer);
  return rule.cap === null ? left : least(left, atLeastZero(rule.cap - rule.promised));
}

/** Units of a SKU that may be promised on these terms. What is held is the caller's whatever became of the rest. */
export function availableOnTerms(books: Books, skuId: string, { channel, held }: PromiseTerms): bigint {
  const supply = books.supply.get(skuId);
  if (!supply) return 0n;
  return (
    (held?.get(skuId) ?? 0n) + availableToChannel(availableToPromise(supply), books.channels.get(channelKey(skuId, channel)))
  );
}

/** Promises all demands of one order or refuses with every SKU that falls short. Lines of one SKU are summed. */
export function planPromise(books: Books, demands: readonly Demand[], terms: PromiseTerms): PromisePlan {
  const bySku = new Map<string, { code: string; quantity: bigint }>();
  for (const demand of demands) {
    const sum = bySku.get(demand.skuId) ?? { code: demand.skuCode, quantity: 0n };
    sum.quantity += BigInt(demand.quantity);
    bySku.set(demand.skuId, sum);
  }
  const missing: { sku: string; requested: number; available: number }[] = [];
  for (const [skuId, { code, quantity }] of bySku) {
    const available = availableOnTerms(books, skuId, terms);
    if (quantity > available) missing.push({ sku: code, requested: Number(quantity), available: Number(available) });
  }
  if (missing.length > 0) {
    const list = missing.map((m) => `${m.sku} (${m.requested} asked, ${m.available} left)`).join(', ');
    throw new DomainError('out_of_stock', `Not enough stock of ${list}.`, { skus: missing });
  }
  const skus = [...bySku].map(([skuId, { code, quantity }]): PromisedSku => {
    const beyondStock = unitsBeyondStock(books.supply.get(skuId) as Supply, quantity, terms.held?.get(skuId) ?? 0n);
    return { skuId, skuCode: code, units: quantity, beyondStock };
  });
  return { movements: skus.map(({ skuId, units }) => movement('promise', skuId, null, { promised: units })), skus };
}

/** Of `units` promised now, those that max(sellable, 0) − promised before does not cover. */
function unitsBeyondStock(supply: Supply, units: bigint, held: bigint): bigint {
  return least(units, atLeastZero(units - atLeastZero(atLeastZero(supply.sellable) - (supply.promised - held))));
}

/**
 * Cuts demands to what may be promised on these terms, first line first: units per demand, at most what was asked. Whoever takes what
 * there is promises these and tells the customer of the rest.
 */
export function cutToAvailable(books: Books, demands: readonly Demand[], terms: PromiseTerms): number[] {
  const left = new Map<string, bigint>();
  return demands.map(({ skuId, quantity }) => {
    const available = left.get(skuId) ?? availableOnTerms(books, skuId, terms);
    const kept = least(BigInt(quantity), available);
    left.set(skuId, available - kept);
    return Number(kept);
  });
}
