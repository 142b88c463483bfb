import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import {
  demand,
  inboundChanges,
  openUnits,
  overAllowed,
  type PurchaseLine,
  type PurchaseOrder,
  planLines,
} from '../../domains/purchasing/rules.ts';
import type {
  CreatePurchaseOrderInput,
  EditPurchaseOrderInput,
  MovePurchaseOrderInput,
} from '../../domains/purchasing/schema.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { giveBackNumbers, takeNumbers } from '../../platform/counters.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from '../stale.ts';

/**
 * What is bought of suppliers: described, changed, sent, cancelled, closed. Every change that moves a quantity or a day of what is still to
 * come is an event that names its SKUs, so that whoever promised units from it looks again.
 */
export interface ChangedPurchaseOrder {
  readonly id: string;
  readonly number: string;
  readonly status: PurchaseOrder['status'];
  readonly version: number;
}

export interface Purchasing extends Locked {
  readonly purchasing: purchasing.PurchasingState;
  readonly merchants: catalog.EditingState['merchants'];
  readonly skus: ReadonlyMap<string, SkuRecord>;
  readonly nodes: fulfilment.FulfilmentState['nodes'];
  readonly changes: LastChanges;
  readonly outbox: Outbox;
  readonly home: string;
  readonly numbers: { next: number; left: number };
}

const NUMBER_LETTER = 'B';

export async function lockPurchasing(
  tx: Tx,
  wanted: {
    readonly ids: readonly string[];
    readonly merchantIds: readonly string[];
    readonly skuIds: readonly string[];
    readonly seen: readonly { readonly id: string; readonly version: bigint }[];
    readonly numbers: number;
  },
  ctx: Ctx,
): Promise<Purchasing> {
  const state = await purchasing.lock(tx, wanted.ids, wanted.merchantIds);
  const merchantIds = [...new Set([...wanted.merchantIds, ...[...state.byId.values()].map((order) => order.merchantId)])];
  const { merchants } = await catalog.loadForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  const known = [...state.byId.values()].flatMap((order) => order.lines.map((line) => line.skuId));
  const skus = await catalog.find(tx, [...wanted.skuIds, ...known]);
  const places = await fulfilment.load(tx, []);
  await fulfilment.loadNodes(tx, places, merchantIds);
  const changes = await readLastChanges(tx, 'purchase_order', wanted.seen, state.byId);
  const next = wanted.numbers > 0 ? await takeNumbers(tx, ctx.home, 'purchase_order', wanted.numbers) : 0;
  return {
    applied: 0,
    purchasing: state,
    merchants,
    skus,
    nodes: places.nodes,
    changes,
    outbox: newOutbox(),
    home: ctx.home,
    numbers: { next, left: wanted.numbers },
  };
}

export async function writePurchasing(tx: Tx, world: Purchasing): Promise<void> {
  await purchasing.write(tx, world.purchasing);
  if (world.numbers.left > 0) await giveBackNumbers(tx, world.home, 'purchase_order', world.numbers.left);
  await writeOutbox(tx, world.outbox);
}

/** Refuses lines whose SKUs this merchant does not stock, all of them at once. */
function checkSkus(world: Purchasing, merchantId: string, skuIds: readonly string[]): void {
  const wrong = skuIds.flatMap((skuId, index) => {
    const sku = world.skus.get(skuId);
    return sku?.merchantId === merchantId && sku.stocked ? [] : [index + 1];
  });
  if (wrong.length > 0)
    throw new DomainError('unknown_sku', `This merchant has no such stocked SKU (line ${wrong.join(', ')}).`, { lines: wrong });
}

export function create(
  world: Purchasing,
  { input, ctx }: Pick<Request<CreatePurchaseOrderInput>, 'input' | 'ctx'>,
): ChangedPurchaseOrder {
  const { merchantId, nodeId, lines } = input;
  const merchant = world.merchants.get(merchantId);
  if (!merchant || !world.nodes.get(merchantId)?.some((node) => node.id === nodeId))
    throw new DomainError('not_found', 'This merchant has no such node.');
  checkSkus(
    world,
    merchantId,
    lines.map((line) => line.skuId),
  );
  const policy = purchasing.policyOf(world.purchasing, merchantId);
  const order: PurchaseOrder = {
    id: newId(),
    number: `${world.home}-${NUMBER_LETTER}${world.numbers.next++}`,
    home: ctx.home,
    merchantId,
    nodeId,
    currency: input.currency ?? merchant.currency,
    createdBy: ctx.actor,
    createdAt: ctx.now,
    traceId: ctx.traceId,
    supplier: input.supplier,
    status: input.order ? 'ordered' : 'draft',
    expectedOn: input.expectedOn ?? null,
    note: input.note ?? null,
    version: 1n,
    orderedAt: input.order ? ctx.now : null,
    endedAt: null,
    lines: [],
  };
  world.numbers.left -= 1;
  order.lines = planLines({ ...order, status: 'draft' }, lines, policy, newId).lines;
  purchasing.add(world.purchasing, order);
  tellOf(world, order, 'purchase_order.created', { after: facts(order) }, {}, ctx);
  if (input.order) tellOf(world, order, 'purchase_order.ordered', { after: facts(order) }, inboundOf(order), ctx);
  return answer(order);
}

function edit(world: Purchasing, { input, ctx }: Request<EditPurchaseOrderInput>): ChangedPurchaseOrder {
  const order = purchaseOrderOf(world, input.purchaseOrderId);
  refuseStale(order.number, order, input.version, world.changes);
  demand(order, 'edit');
  const before: PurchaseOrder = { ...order };
  const policy = purchasing.policyOf(world.purchasing, order.merchantId);
  if (input.lines)
    checkSkus(
      world,
      order.merchantId,
      input.lines.map((line) => line.skuId),
    );
  const planned = input.lines ? planLines(order, input.lines, policy, newId) : { lines: order.lines, removed: [] };
  const next = {
    supplier: input.supplier ?? order.supplier,
    expectedOn: input.expectedOn === undefined ? order.expectedOn : input.expectedOn,
    note: input.note === undefined ? order.note : input.note,
    lines: planned.lines,
  };
  if (JSON.stringify(facts({ ...order, ...next })) === JSON.stringify(facts(order))) return answer(order);
  Object.assign(order, next);
  world.purchasing.removed.push(...planned.removed);
  purchasing.changed(world.purchasing, order);
  const moved = inboundChanges(before, order);
  tellOf(world, order, 'purchase_order.changed', { before: facts(before), after: facts(order) }, moved, ctx);
  return answer(order);
}

const STEPS = {
  order: { event: 'purchase_order.ordered', status: 'ordered' },
  cancel: { event: 'purchase_order.cancelled', status: 'cancelled' },
  close: { event: 'purchase_order.closed', status: 'closed' },
} as const satisfies Record<string, { event: EventType; status: PurchaseOrder['status'] }>;

function move(world: Purchasing, { input, ctx }: Request<MovePurchaseOrderInput>): ChangedPurchaseOrder {
  const order = purchaseOrderOf(world, input.purchaseOrderId);
  demand(order, input.step);
  const { event, status } = STEPS[input.step];
  const before = { ...order, lines: order.lines.map((line) => ({ ...line })) };
  if (input.step === 'order') {
    const policy = purchasing.policyOf(world.purchasing, order.merchantId);
    order.lines = order.lines.map((line) => ({ ...line, overAllowed: overAllowed(line.ordered, policy) }));
    order.orderedAt = ctx.now;
  } else {
    // What never came is given up, so that the line says where every unit went.
    order.lines = order.lines.map((line) => ({ ...line, cancelled: line.cancelled + rest(before, line) }));
    order.endedAt = ctx.now;
  }
  order.status = status;
  purchasing.changed(world.purchasing, order);
  tellOf(
    world,
    order,
    event,
    { before: { status: before.status }, after: { status, units: units(before) }, reason: input.reason ?? null },
    { ...inboundOf(input.step === 'order' ? order : before), ...(input.reason ? { reason: input.reason } : {}) },
    ctx,
  );
  return answer(order);
}

const rest = (order: PurchaseOrder, line: PurchaseLine): bigint => {
  const units = line.ordered - line.received - line.damaged - line.cancelled;
  return order.status === 'draft' ? line.ordered : units > 0n ? units : 0n;
};

/** The purchase order under its lock, or `not_found`. */
export function purchaseOrderOf(world: { readonly purchasing: purchasing.PurchasingState }, id: string): PurchaseOrder {
  const order = world.purchasing.byId.get(id);
  if (!order) throw new DomainError('not_found', 'There is no such purchase order.');
  return order;
}

export const answer = ({ id, number, status, version }: PurchaseOrder): ChangedPurchaseOrder => ({
  id,
  number,
  status,
  version: Number(version),
});

/** The SKUs whose open units an order brings. */
const inboundOf = (order: PurchaseOrder): { skuIds: string[]; what: string[] } => ({
  skuIds: [...new Set(order.lines.flatMap((line) => (openUnits(order.status, line) > 0n ? [line.skuId] : [])))],
  what: ['quantity'],
});

const units = (order: PurchaseOrder): number => order.lines.reduce((sum, line) => sum + Number(openUnits(order.status, line)), 0);

const facts = (order: PurchaseOrder): Record<string, unknown> => ({
  number: order.number,
  supplier: order.supplier,
  nodeId: order.nodeId,
  expectedOn: order.expectedOn,
  note: order.note,
  lines: order.lines.map(({ skuId, ordered, cancelled, unitCost, expectedOn }) => ({
    skuId,
    ordered: Number(ordered),
    cancelled: Number(cancelled),
    unitCost,
    expectedOn,
  })),
});

/** Says what happened to a purchase order, and writes down who did it. */
export function tellOf(
  world: Locked & { readonly outbox: Outbox },
  order: PurchaseOrder,
  type: EventType,
  change: { readonly before?: Record<string, unknown>; readonly after: Record<string, unknown>; readonly reason?: string | null },
  data: Record<string, unknown>,
  ctx: Ctx,
): void {
  world.applied++;
  const { id, merchantId, number, nodeId, version, status, expectedOn } = order;
  const about = { aggregate: 'purchase_order', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type, data: { number, nodeId, status, expectedOn, ...data } }, ctx);
  audit(world.outbox, { action: type, entity: 'purchase_order', entityId: id, merchantId, ...change }, ctx);
}

const first = <I>(requests: readonly Request<I>[]): Ctx => (requests[0] as Request<I>).ctx;

export const createPurchaseOrder: Verb<CreatePurchaseOrderInput, Purchasing, ChangedPurchaseOrder> = {
  name: 'create-purchase-order',
  lock: (tx, requests) =>
    lockPurchasing(
      tx,
      {
        ids: [],
        merchantIds: requests.map(({ input }) => input.merchantId),
        skuIds: requests.flatMap(({ input }) => input.lines.map((line) => line.skuId)),
        seen: [],
        numbers: requests.length,
      },
      first(requests),
    ),
  decide: create,
  write: writePurchasing,
};

export const editPurchaseOrder: Verb<EditPurchaseOrderInput, Purchasing, ChangedPurchaseOrder> = {
  name: 'edit-purchase-order',
  lock: (tx, requests) =>
    lockPurchasing(
      tx,
      {
        ids: requests.map(({ input }) => input.purchaseOrderId),
        merchantIds: [],
        skuIds: requests.flatMap(({ input }) => input.lines?.map((line) => line.skuId) ?? []),
        seen: requests.map(({ input }) => ({ id: input.purchaseOrderId, version: input.version })),
        numbers: 0,
      },
      first(requests),
    ),
  decide: edit,
  write: writePurchasing,
};

export const movePurchaseOrder: Verb<MovePurchaseOrderInput, Purchasing, ChangedPurchaseOrder> = {
  name: 'move-purchase-order',
  lock: (tx, requests) =>
    lockPurchasing(
      tx,
      { ids: requests.map(({ input }) => input.purchaseOrderId), merchantIds: [], skuIds: [], seen: [], numbers: 0 },
      first(requests),
    ),
  decide: move,
  write: writePurchasing,
};
