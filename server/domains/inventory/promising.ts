import { DomainError } from '../../kernel/errors.ts';
import {
  type AppliedMovement,
  type Books,
  type ChannelSupply,
  channelKey,
  type Movement,
  movement,
  promiseToChannel,
  type Supply,
  stockKey,
} from './rules.ts';

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
  /** Only units that are in stock: what is not here yet waits in a queue, and only orders do that. */
  readonly fromStock?: boolean;
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
export function availableOnTerms(books: Books, skuId: string, { channel, held, fromStock }: PromiseTerms): bigint {
  const supply = books.supply.get(skuId);
  if (!supply) return 0n;
  const available = fromStock ? availableInStock(supply) : availableToPromise(supply);
  return (held?.get(skuId) ?? 0n) + availableToChannel(available, books.channels.get(channelKey(skuId, channel)));
}

/** Of what may be promised, the units that are in stock. */
function availableInStock(supply: Supply): bigint {
  return supply.shortfall > 0n ? 0n : atLeastZero(atLeastZero(supply.sellable) - supply.promised);
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

/** A channel's rule as somebody sets it. A buffer of nothing and no cap is no limit. */
export interface ChannelRule {
  readonly buffer: bigint;
  readonly cap: bigint | null;
}

/**
 * Sets what a channel may be promised. A channel that had no row until now gets one, with `waiting`: the units that its orders and
 * reservations wait for already. Nothing that was promised is taken back: what is beyond a lower cap is excess until it has gone.
 */
export function setChannelRule(
  books: Books,
  { skuId, channel }: { readonly skuId: string; readonly channel: string },
  rule: ChannelRule,
  waiting: bigint,
): { readonly row: ChannelSupply; readonly applied: AppliedMovement } {
  const supply = books.supply.get(skuId);
  if (!supply) throw new Error(`Supply of ${skuId} is not locked`);
  const known = books.channels.get(channelKey(skuId, channel));
  const row = known ?? { skuId, region: supply.region, channel, buffer: 0n, cap: null, promised: 0n, excess: 0n, version: 0n };
  books.channels.set(channelKey(skuId, channel), row);
  Object.assign(row, rule);
  const channelDelta = known ? 0n : waiting;
  promiseToChannel(row, channelDelta);
  supply.byChannel = true;
  supply.version += 1n;
  const versions = { supplyVersion: supply.version, nodeVersion: null, channelVersion: row.version };
  const shrinkage = { short: 0n, shortfall: 0n, sellable: 0n };
  return { row, applied: { ...movement('limit', skuId, null, {}), ...shrinkage, channel, channelDelta, ...versions } };
}

/**
 * Sets the units that a node keeps back. Refuses to set aside what is promised: those units are somebody's, and nothing is missing that
 * anybody could find.
 */
export function planSafety(books: Books, skuId: string, nodeId: string, units: bigint): Movement {
  const stock = books.stock.get(stockKey(skuId, nodeId));
  const supply = books.supply.get(skuId);
  if (!stock || !supply) throw new DomainError('not_found', 'This SKU has no stock record at that node.');
  const delta = units - stock.safety;
  const free = atLeastZero(atLeastZero(supply.sellable) - supply.promised);
  if (delta > free && supply.promised > 0n) {
    const most = stock.safety + free;
    throw new DomainError('over_limit', `${supply.promised} units are promised: at most ${most} can be kept back here now.`, {
      most: Number(most),
    });
  }
  return movement('safety', skuId, nodeId, { safety: delta });
}

/** Units that are on their way, with the day they are expected on (YYYY-MM-DD), or null where nobody said. */
export interface Inbound {
  readonly skuId: string;
  readonly expectedOn: string | null;
  readonly units: bigint;
}

/** What may be promised of a SKU, to everybody or to one channel. */
export interface Availability {
  /** Units that an order may be promised now: from stock, and beyond it as far as that is allowed. */
  readonly available: bigint;
  /** Of these, units that no node has yet, and the day on which enough is expected for the first of them. */
  readonly beyondStock: bigint;
  readonly beyondStockOn: string | null;
  /** How many there will be in stock for sale on each day something comes in, promises so far served first. */
  readonly later: readonly { readonly on: string; readonly available: bigint }[];
}

/**
 * Available to promise, with its dates. What comes in goes to those who were promised units beyond the stock before it is for sale; what has
 * no date yet is for nobody to count on. A channel's buffer and cap hold for every day.
 */
export function availabilityOf(
  supply: Supply,
  rule: Pick<ChannelSupply, 'buffer' | 'cap' | 'promised'> | undefined,
  inbound: readonly Inbound[],
): Availability {
  const available = availableToChannel(availableToPromise(supply), rule);
  const fromStock = least(available, availableToChannel(availableInStock(supply), rule));
  const dated = inbound.filter((each): each is Inbound & { expectedOn: string } => each.expectedOn !== null);
  const days = [...new Set(dated.map((each) => each.expectedOn))].sort();
  const later = days.map((on) => {
    const by = dated.filter((each) => each.expectedOn <= on).reduce((sum, each) => sum + each.units, 0n);
    return { on, available: availableToChannel(atLeastZero(supply.sellable + by - supply.promised), rule) };
  });
  const first = later.find((day) => day.available > fromStock);
  const beyondStock = available - fromStock;
  return { available, beyondStock, beyondStockOn: beyondStock > 0n ? (first?.on ?? null) : null, later };
}
