import type { Ctx } from '../../kernel/context.ts';
import type { Span } from '../../kernel/units.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import { type Arrival, type Backorder, type Policy, rowsOf, type Waiter, type WaitingLine } from './rules.ts';
import {
  insertPolicies,
  type NewPolicy,
  readFront,
  readOfOrders,
  readOfSku,
  readPolicies,
  readPromised,
  replaceRows,
  sumWaiting,
} from './store.ts';

/** What waits of a batch's orders, and what is known of the SKUs that are sold beyond stock. */
export interface BackordersState {
  /** Rows of the locked orders, as they were locked and as they were added since. */
  readonly byOrder: Map<string, Backorder[]>;
  /** Lines whose rows are not what was read. */
  readonly dirtyLines: Set<string>;
  /** Who waits for units of the SKUs that were asked about, in no order. */
  readonly queue: Map<string, Waiter[]>;
  readonly policies: Map<string, Policy>;
  readonly newPolicies: NewPolicy[];
  /** Units that wait, by SKU. */
  readonly waiting: Map<string, bigint>;
  /** What is announced, by SKU. */
  readonly arrivals: Map<string, readonly Arrival[]>;
}

/** Where announced deliveries are read: by SKU, for a region. */
export type ReadArrivals = (db: Queryable, region: string, skuIds: readonly string[]) => Promise<Map<string, Arrival[]>>;

export function none(): BackordersState {
  return {
    byOrder: new Map(),
    dirtyLines: new Set(),
    queue: new Map(),
    policies: new Map(),
    newPolicies: [],
    waiting: new Map(),
    arrivals: new Map(),
  };
}

/** The rows of these orders, which are locked. Asks nothing where no order waits for anything. */
export async function load(db: Queryable, orderIds: readonly string[]): Promise<BackordersState> {
  const state = none();
  if (orderIds.length === 0) return state;
  for (const row of await readOfOrders(db, orderIds)) push(state.byOrder, row.orderId, row);
  return state;
}

/** What selling these SKUs beyond stock goes by. Their supply is locked: policies, and who waits, change only under it. */
export async function loadSales(
  db: Queryable,
  state: BackordersState,
  region: string,
  skuIds: readonly string[],
  arrivals: ReadArrivals,
): Promise<void> {
  if (skuIds.length === 0) return;
  for (const policy of await readPolicies(db, region, skuIds)) state.policies.set(policy.skuId, policy);
  for (const [skuId, units] of await sumWaiting(db, region, skuIds)) state.waiting.set(skuId, units);
  for (const [skuId, announced] of await arrivals(db, region, skuIds)) state.arrivals.set(skuId, announced);
}

/** Who waits longest for what is at hand of these SKUs, and how many units wait in all. Read after the last lock. */
export async function loadQueue(
  db: Queryable,
  state: BackordersState,
  region: string,
  atHand: ReadonlyMap<string, bigint>,
): Promise<void> {
  for (const skuId of atHand.keys()) state.queue.set(skuId, []);
  for (const { skuId, ...waiter } of await readFront(
    db,
    region,
    [...atHand].map(([skuId, units]) => ({ skuId, units })),
  ))
    push(state.queue, skuId, waiter);
  for (const [skuId, units] of await sumWaiting(db, region, [...atHand.keys()])) state.waiting.set(skuId, units);
}

/** Adds units that begin to wait. */
export function add(state: BackordersState, rows: readonly Backorder[]): void {
  for (const row of rows) {
    push(state.byOrder, row.orderId, row);
    state.dirtyLines.add(row.lineId);
    state.waiting.set(row.skuId, (state.waiting.get(row.skuId) ?? 0n) + BigInt(row.to - row.from + 1));
  }
}

/** An order's rows as its spans are now. */
export function ofOrder(state: BackordersState, orderId: string, spans: readonly Span[]): Backorder[] {
  const rows = state.byOrder.get(orderId);
  return rows ? rowsOf(spans, rows) : [];
}

/** All that waits for a SKU, without locks; nothing where nothing does. */
export async function readLine(
  db: Queryable,
  region: string,
  skuId: string,
  arrivals: ReadArrivals,
): Promise<WaitingLine | null> {
  const rows = await readOfSku(db, region, skuId);
  const promised = rows.length > 0 ? await readPromised(db, region, skuId) : undefined;
  if (!promised) return null;
  const [policy] = await readPolicies(db, region, [skuId]);
  const announced = (await arrivals(db, region, [skuId])).get(skuId) ?? [];
  return { rows, promised, policy, arrivals: announced };
}

/** Says of a locked order's waiting units what is promised now. */
export function replace(state: BackordersState, orderId: string, rows: readonly Backorder[]): void {
  for (const row of rows) state.dirtyLines.add(row.lineId);
  state.byOrder.set(orderId, [...rows]);
}

/** Replaces the policy of its SKU by its next version. */
export function put(state: BackordersState, policy: Policy, ctx: Ctx): void {
  state.policies.set(policy.skuId, policy);
  state.newPolicies.push({ policy, actor: ctx.actor, at: ctx.now });
}

/** An order as this domain sees it: what its spans are, and on which lines they changed. */
export interface WaitingOrder {
  readonly id: string;
  readonly spans: readonly Span[];
  readonly dirtyLines: ReadonlySet<string>;
}

/** Writes the queue as the orders' spans are now, and new versions of policies. */
export async function write(tx: Tx, state: BackordersState, orders: Iterable<WaitingOrder>): Promise<void> {
  const lines: string[] = [];
  const rows: Backorder[] = [];
  for (const order of orders) {
    const own = state.byOrder.get(order.id);
    if (!own) continue;
    const dirty = new Set(own.map((row) => row.lineId).filter((id) => order.dirtyLines.has(id) || state.dirtyLines.has(id)));
    if (dirty.size === 0) continue;
    lines.push(...dirty);
    rows.push(
      ...rowsOf(
        order.spans,
        own.filter((row) => dirty.has(row.lineId)),
      ),
    );
  }
  await together(lines.length > 0 ? replaceRows(tx, lines, rows) : Promise.resolve(), insertPolicies(tx, state.newPolicies));
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
