import { DomainError } from '../../kernel/errors.ts';
import type { UnitRange } from '../../kernel/units.ts';

/** Supply of a SKU in a region: what may be promised. All counts are units. */
export interface Supply {
  readonly skuId: string;
  readonly region: string;
  readonly merchantId: string;
  sellable: bigint;
  promised: bigint;
  limitOver: bigint;
  shortfall: bigint;
  version: bigint;
  /** Whether channels have rules for this SKU: their rows are locked with it. */
  byChannel: boolean;
  /** Whether somebody outside is told how many there are: changes leave a mark. */
  readonly listed?: boolean;
}

/** What a channel may be promised of a SKU in a region. A SKU and channel without a row have no limit. */
export interface ChannelSupply {
  readonly skuId: string;
  readonly region: string;
  readonly channel: string;
  /** Units that are kept away from the channel. */
  buffer: bigint;
  /** Units that may be promised to it at once; null is no limit. */
  cap: bigint | null;
  promised: bigint;
  /** Promised beyond a cap that was lowered since. */
  excess: bigint;
  version: bigint;
}

/** Stock of a SKU at a node: what is there and what of it is spoken for. */
export interface NodeStock {
  readonly skuId: string;
  readonly nodeId: string;
  readonly merchantId: string;
  readonly region: string;
  onHand: bigint;
  allocated: bigint;
  safety: bigint;
  short: bigint;
  version: bigint;
  /** Whether its units are kept by lot as well. */
  readonly byLot?: boolean;
}

export interface ShortageWork {
  readonly id: string;
  readonly skuId: string;
  readonly nodeId: string | null;
  shortfall: bigint;
  short: bigint;
}

export type MovementKind =
  | 'receive'
  | 'adjust'
  | 'count'
  | 'damage'
  | 'promise'
  | 'release'
  | 'allocate'
  | 'deallocate'
  | 'ship'
  | 'return'
  | 'safety'
  | 'limit'
  | 'transfer_out'
  | 'transfer_in'
  | 'expire';

/** One change of stock. Counters equal the sum of their movements. */
export interface Movement {
  readonly kind: MovementKind;
  readonly skuId: string;
  readonly nodeId: string | null;
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly safety: bigint;
  readonly promised: bigint;
  readonly limit: bigint;
}

/** A movement as it was applied: with what shrinkage did, what became of its channel's row, and the versions it made. */
export interface AppliedMovement extends Movement {
  readonly channel: string | null;
  readonly channelDelta: bigint;
  readonly channelVersion: bigint | null;
  readonly short: bigint;
  readonly shortfall: bigint;
  readonly sellable: bigint;
  readonly supplyVersion: bigint | null;
  readonly nodeVersion: bigint | null;
}

export interface Books {
  readonly supply: Map<string, Supply>;
  readonly stock: Map<string, NodeStock>;
  /** Rules of channels, by `channelKey`; none for SKUs that have none. */
  readonly channels: Map<string, ChannelSupply>;
  /** Open shortage work of the locked SKUs, oldest first. */
  readonly work: ShortageWork[];
}

/** How a SKU at a node is found among locked rows. */
export function stockKey(skuId: string, nodeId: string): string {
  return `${skuId}:${nodeId}`;
}

/** How a channel's share of a SKU is found among locked rows. */
export function channelKey(skuId: string, channel: string): string {
  return `${skuId}:${channel}`;
}

/** A movement of the given deltas; what is not named does not change. */
export function movement(
  kind: MovementKind,
  skuId: string,
  nodeId: string | null,
  deltas: Partial<Omit<Movement, 'kind' | 'skuId' | 'nodeId'>>,
): Movement {
  return { kind, skuId, nodeId, onHand: 0n, allocated: 0n, safety: 0n, promised: 0n, limit: 0n, ...deltas };
}

/** Units at a node that may still be allocated; safety stock only when asked for. */
export function availableAtNode(stock: NodeStock, includeSafety = false): bigint {
  if (stock.short > 0n) return 0n;
  const left = stock.onHand - stock.allocated - (includeSafety ? 0n : stock.safety);
  return left > 0n ? left : 0n;
}

/** Whether a node's record has at least `units` of a SKU on its shelves, allocated or not. */
export function isOnHand(books: Books, skuId: string, nodeId: string | null, units: bigint): boolean {
  if (nodeId === null) return true;
  const stock = books.stock.get(stockKey(skuId, nodeId));
  return stock !== undefined && stock.onHand >= units;
}

export interface AllocationRequest extends UnitRange {
  readonly skuId: string;
}

export interface Pick extends AllocationRequest {
  readonly nodeId: string;
}

/**
 * Chooses nodes for an order's units: the first node (in the order given) that has everything; else a simple split that takes
 * from each node in turn. Safety stock is touched only when nothing else is left. What no node has stays out of the result.
 */
export function planAllocation(books: Books, nodeIds: readonly string[], requests: readonly AllocationRequest[]): Pick[] {
  const free = new Map<string, bigint>();
  const left = (skuId: string, nodeId: string, safety: boolean): bigint => {
    const key = `${stockKey(skuId, nodeId)}:${safety}`;
    let value = free.get(key);
    if (value === undefined) {
      const stock = books.stock.get(stockKey(skuId, nodeId));
      value = stock ? availableAtNode(stock, safety) : 0n;
      free.set(key, value);
    }
    return value;
  };
  const whole = nodeIds.find((nodeId) => hasEverything(requests, (skuId) => left(skuId, nodeId, false)));
  if (whole) return requests.map((request) => ({ ...request, nodeId: whole }));
  const taken = new Map<string, bigint>();
  const picks: Pick[] = [];
  for (const request of requests) {
    let from = request.from;
    for (const safety of [false, true]) {
      for (const nodeId of nodeIds) {
        if (from > request.to) break;
        const key = stockKey(request.skuId, nodeId);
        const room = left(request.skuId, nodeId, safety) - (taken.get(key) ?? 0n);
        const size = room < BigInt(request.to - from + 1) ? Number(room) : request.to - from + 1;
        if (size <= 0) continue;
        picks.push({ lineId: request.lineId, skuId: request.skuId, from, to: from + size - 1, nodeId });
        taken.set(key, (taken.get(key) ?? 0n) + BigInt(size));
        from += size;
      }
    }
  }
  return picks;
}

function hasEverything(requests: readonly AllocationRequest[], available: (skuId: string) => bigint): boolean {
  const need = new Map<string, bigint>();
  for (const request of requests)
    need.set(request.skuId, (need.get(request.skuId) ?? 0n) + BigInt(request.to - request.from + 1));
  return [...need].every(([skuId, quantity]) => available(skuId) >= quantity);
}

/** Movements that say the same of the same row become one: an order writes one row per SKU, not one per line. */
export function combine(movements: readonly Movement[]): Movement[] {
  const combined = new Map<string, Movement>();
  for (const m of movements) {
    const key = `${m.kind}:${m.skuId}:${m.nodeId}`;
    const other = combined.get(key);
    combined.set(
      key,
      other
        ? {
            ...m,
            onHand: m.onHand + other.onHand,
            allocated: m.allocated + other.allocated,
            safety: m.safety + other.safety,
            promised: m.promised + other.promised,
            limit: m.limit + other.limit,
          }
        : m,
    );
  }
  return [...combined.values()];
}

/** Refuses a count, damage or adjustment that would leave less than nothing on the shelf. */
export function planAdjustment(
  books: Books,
  kind: 'receive' | 'adjust' | 'count' | 'damage' | 'return',
  skuId: string,
  nodeId: string,
  delta: bigint,
): Movement {
  const stock = books.stock.get(stockKey(skuId, nodeId));
  if (!stock) throw new DomainError('not_found', 'This SKU has no stock record at that node.');
  if (delta === 0n) throw new DomainError('invalid_request', 'Nothing would change: the quantity is the same.');
  if (stock.onHand + delta < 0n) {
    throw new DomainError('over_limit', `Only ${stock.onHand} units are on hand; ${-delta} cannot be taken away.`, {
      onHand: Number(stock.onHand),
    });
  }
  return movement(kind, skuId, nodeId, { onHand: delta });
}

const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n);

/**
 * Applies a movement to the locked rows. Sellable follows on hand and safety. Shrinkage below what is promised or allocated raises
 * shortfall and short; anything that relieves them lowers both again, so a SKU is sold again as soon as its units are there.
 */
export function applyMovement(
  books: Books,
  change: Movement,
  newWorkId: () => string,
  channel: string | null = null,
): AppliedMovement {
  const supply = books.supply.get(change.skuId);
  const stock = change.nodeId ? books.stock.get(stockKey(change.skuId, change.nodeId)) : undefined;
  if (change.nodeId && !stock) throw new Error(`Stock of ${change.skuId} at ${change.nodeId} is not locked`);
  const sellable = change.onHand - change.safety;
  const touchesSupply = sellable !== 0n || change.promised !== 0n || change.limit !== 0n;
  if (touchesSupply && !supply) throw new Error(`Supply of ${change.skuId} is not locked`);
  let short = 0n;
  let shortfall = 0n;
  if (stock) {
    stock.onHand += change.onHand;
    stock.allocated += change.allocated;
    stock.safety += change.safety;
    short = atLeastZero(stock.allocated - stock.onHand) - stock.short;
    stock.short += short;
    stock.version += 1n;
  }
  if (supply && touchesSupply) {
    supply.sellable += sellable;
    supply.promised += change.promised;
    supply.limitOver += change.limit;
    shortfall = atLeastZero(supply.promised - atLeastZero(supply.sellable) - supply.limitOver) - supply.shortfall;
    supply.shortfall += shortfall;
    supply.version += 1n;
  }
  recordWork(books, change, short, shortfall, newWorkId);
  const own = channel && change.promised !== 0n ? books.channels.get(channelKey(change.skuId, channel)) : undefined;
  if (own) promiseToChannel(own, change.promised);
  return {
    ...change,
    short,
    shortfall,
    sellable,
    channel: own ? own.channel : null,
    channelDelta: own ? change.promised : 0n,
    channelVersion: own ? own.version : null,
    supplyVersion: supply && touchesSupply ? supply.version : null,
    nodeVersion: stock ? stock.version : null,
  };
}

/** Changes what a channel was promised. What is beyond its cap is what it was promised before the cap was lowered. */
export function promiseToChannel(row: ChannelSupply, units: bigint): void {
  row.promised += units;
  row.excess = row.cap === null ? 0n : atLeastZero(row.promised - row.cap);
  row.version += 1n;
}

/** Open work explains every missing unit: raised amounts open a row, lowered ones are taken from the oldest. */
function recordWork(books: Books, change: Movement, short: bigint, shortfall: bigint, newWorkId: () => string): void {
  if (short > 0n || shortfall > 0n) {
    books.work.push({
      id: newWorkId(),
      skuId: change.skuId,
      nodeId: change.nodeId,
      shortfall: atLeastZero(shortfall),
      short: atLeastZero(short),
    });
  }
  let shortLeft = atLeastZero(-short);
  let shortfallLeft = atLeastZero(-shortfall);
  for (const work of books.work) {
    if (work.skuId !== change.skuId) continue;
    const a = work.nodeId === change.nodeId ? (work.short < shortLeft ? work.short : shortLeft) : 0n;
    const b = work.shortfall < shortfallLeft ? work.shortfall : shortfallLeft;
    work.short -= a;
    work.shortfall -= b;
    shortLeft -= a;
    shortfallLeft -= b;
  }
}
