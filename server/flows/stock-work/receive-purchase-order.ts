import type { SkuRecord } from '../../domains/catalog/rules.ts';
import * as catalog from '../../domains/catalog/service.ts';
import { movement } from '../../domains/inventory/rules.ts';
import type { LotUnits } from '../../domains/lots/rules.ts';
import * as lots from '../../domains/lots/service.ts';
import { type PurchaseOrder, planReceipt, statusAfterReceipt } from '../../domains/purchasing/rules.ts';
import type { ReceivePurchaseOrderInput } from '../../domains/purchasing/schema.ts';
import * as purchasing from '../../domains/purchasing/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { answer, type ChangedPurchaseOrder, purchaseOrderOf, tellOf } from './edit-purchase-order.ts';
import { moveStock } from './move-stock.ts';

/**
 * Takes in what was unloaded of a purchase order: all of it or, where a line would take more than may arrive, nothing. Good units are on hand
 * and sellable at once, by one movement per SKU that names the purchase order; damaged ones are written down and never on hand.
 */
export interface ReceivedPurchaseOrder extends ChangedPurchaseOrder {
  readonly receiptId: string;
  readonly received: number;
  readonly damaged: number;
}

export interface Receiving extends World {
  readonly purchasing: purchasing.PurchasingState;
  readonly skus: ReadonlyMap<string, SkuRecord>;
}

async function lock(tx: Tx, requests: readonly Request<ReceivePurchaseOrderInput>[]): Promise<Receiving> {
  const { ctx } = requests[0] as Request<ReceivePurchaseOrderInput>;
  const state = await purchasing.lock(
    tx,
    requests.map(({ input }) => input.purchaseOrderId),
  );
  const wanted = requests.flatMap(({ input }) => input.lines.map((line) => line.lineId));
  const places = [...state.byId.values()].flatMap(({ merchantId, nodeId, lines }) =>
    lines.flatMap(({ id, skuId }) => (wanted.includes(id) ? [{ skuId, nodeId, merchantId }] : [])),
  );
  const skus = await catalog.find(
    tx,
    places.map((place) => place.skuId),
  );
  const needs = places.length > 0 ? { supply: true, stock: true, skus: places, createStock: places } : {};
  const world = await lockWorld(tx, { orderIds: [], ...needs }, ctx);
  return { ...world, purchasing: state, skus };
}

export function receive(
  world: Receiving,
  { input, ctx }: Pick<Request<ReceivePurchaseOrderInput>, 'input' | 'ctx'>,
): ReceivedPurchaseOrder {
  const order = purchaseOrderOf(world, input.purchaseOrderId);
  const arrivals = input.lines.map((line) => ({
    lineId: line.lineId,
    received: BigInt(line.received),
    damaged: BigInt(line.damaged ?? 0),
    lotCode: line.lot?.code ?? null,
    expiresOn: line.lot?.expiresOn ?? null,
  }));
  const byLot = checkLots(world, order, arrivals);
  order.lines = planReceipt(order, arrivals, (skuId) => world.skus.get(skuId)?.code ?? skuId);
  const before = order.status;
  order.status = statusAfterReceipt(order.lines);
  order.endedAt = order.status === 'received' ? (order.endedAt ?? ctx.now) : null;
  purchasing.changed(world.purchasing, order);
  const came = arrivals.filter((arrival) => arrival.received + arrival.damaged > 0n);
  const receiptId = newId();
  const { id, merchantId, nodeId } = order;
  purchasing.addReceipt(
    world.purchasing,
    { id: receiptId, purchaseOrderId: id, merchantId, nodeId, note: input.note ?? null, lines: came },
    ctx,
  );
  const good = receiveUnits(world, order, came, byLot, ctx);
  const sum = (key: 'received' | 'damaged'): number => came.reduce((total, arrival) => total + Number(arrival[key]), 0);
  const counts = { received: sum('received'), damaged: sum('damaged') };
  tellOf(
    world,
    order,
    'purchase_order.received',
    { before: { status: before }, after: { status: order.status, receiptId, ...counts }, reason: input.note ?? null },
    { skuIds: [...good.keys()], what: ['quantity'], receiptId, ...counts },
    ctx,
  );
  return { ...answer(order), receiptId, ...counts };
}

/** The lots of what arrived by SKU. Goods that are tracked by lot do not arrive without one. */
function checkLots(
  world: Receiving,
  order: PurchaseOrder,
  arrivals: readonly { lineId: string; received: bigint; lotCode: string | null; expiresOn: string | null }[],
): Map<string, LotUnits[]> {
  const skuOf = new Map(order.lines.map((line) => [line.id, line.skuId]));
  const byLot = new Map<string, LotUnits[]>();
  for (const { lineId, received, lotCode, expiresOn } of arrivals) {
    const place = { skuId: skuOf.get(lineId) ?? '', nodeId: order.nodeId };
    if (received === 0n || !lots.at(world.lots, place)) continue;
    if (lotCode === null) {
      const name = world.skus.get(place.skuId)?.code ?? place.skuId;
      throw new DomainError('invalid_request', `${name} is tracked by lot: say which lot arrived, and when it expires.`, {
        lineId,
      });
    }
    const named = { code: lotCode, expiresOn, units: received };
    lots.check(world.lots, place, [named]);
    byLot.set(place.skuId, [...(byLot.get(place.skuId) ?? []), named]);
  }
  return byLot;
}

/** One movement per SKU, whatever the number of its lines and lots. */
function receiveUnits(
  world: Receiving,
  order: PurchaseOrder,
  came: readonly { readonly lineId: string; readonly received: bigint }[],
  byLot: ReadonlyMap<string, LotUnits[]>,
  ctx: Parameters<typeof moveStock>[3],
): Map<string, bigint> {
  const skuOf = new Map(order.lines.map((line) => [line.id, line.skuId]));
  const bySku = new Map<string, bigint>();
  for (const { lineId, received } of came) {
    const skuId = skuOf.get(lineId) as string;
    bySku.set(skuId, (bySku.get(skuId) ?? 0n) + received);
  }
  for (const [skuId, units] of bySku)
    if (units > 0n)
      moveStock(
        world,
        movement('receive', skuId, order.nodeId, { onHand: units }),
        { reason: 'received', reference: order.id, number: order.number },
        ctx,
        byLot.get(skuId),
      );
  return bySku;
}

export const receivePurchaseOrder: Verb<ReceivePurchaseOrderInput, Receiving, ReceivedPurchaseOrder> = {
  name: 'receive-purchase-order',
  lock,
  decide: receive,
  async write(tx, world) {
    await purchasing.write(tx, world.purchasing);
    await writeWorld(tx, world);
  },
};
