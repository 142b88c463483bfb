import type { Shipment } from '../domains/fulfilment/rules.ts';
import { planPromise } from '../domains/inventory/promising.ts';
import * as inventory from '../domains/inventory/service.ts';
import { planReship } from '../domains/orders/replacements.ts';
import type { Line } from '../domains/orders/rules.ts';
import type { ReshipOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { openSales, planBeyond, queueBeyond, tellBackordered } from './backorders/sell-beyond-stock.ts';
import { saidWhy } from './cancel-plan.ts';
import { checkFingerprint, fingerprintOf } from './fingerprint.ts';
import { reshipSaga } from './reship-saga.ts';
import { begin, lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from './world.ts';

/**
 * Sends units of a shipment once more at no charge. The order gets a line worth nothing for each line that is replaced: its units are
 * promised now, allocated by a saga and shipped like any others. No money moves, and what the order was worth stays as it was.
 */
export interface ReshipPreview {
  readonly fingerprint: string;
  readonly shipmentId: string;
  readonly lines: readonly { readonly lineId: string; readonly name: string; readonly quantity: number }[];
}

export interface ReshippedOrder {
  readonly orderId: string;
  readonly number: string;
  readonly status: string;
  readonly lineIds: readonly string[];
}

async function lock(tx: Tx, requests: readonly Request<ReshipOrderInput>[]): Promise<World> {
  const orderIds = requests.map((request) => request.input.orderId);
  const { ctx } = requests[0] as Request<ReshipOrderInput>;
  const world = await lockWorld(tx, { orderIds, supply: true }, ctx);
  await openSales(tx, world, ctx);
  return world;
}

function shipmentOf(world: World, order: orders.Order, shipmentId: string): Shipment {
  const shipment = world.fulfilment.byId.get(shipmentId);
  if (shipment?.orderId !== order.row.id) throw new DomainError('not_found', 'The order has no such shipment.');
  return shipment;
}

const originalOf = (order: orders.Order, lineId: string): Line =>
  order.lines.find((candidate) => candidate.id === lineId) as Line;

const demandsOf = (order: orders.Order, preview: ReshipPreview) =>
  preview.lines.map(({ lineId, quantity }) => {
    const { skuId, skuCode } = originalOf(order, lineId);
    return { skuId: skuId as string, skuCode: skuCode ?? '', quantity };
  });

/** What would be sent again; refused where there is not enough stock for it. */
export function previewReship(world: World, order: orders.Order, input: ReshipOrderInput): ReshipPreview {
  const shipment = shipmentOf(world, order, input.shipmentId);
  const lines = planReship(orders.facts(order), shipment, input.units).map(({ lineId, quantity }) => ({
    lineId,
    name: originalOf(order, lineId).name,
    quantity,
  }));
  const plan = { shipmentId: shipment.id, lines };
  const preview = { ...plan, fingerprint: fingerprintOf(plan) };
  planPromise(world.inventory, demandsOf(order, preview), order.row);
  return preview;
}

function decide(world: World, { input, ctx }: Request<ReshipOrderInput>): ReshippedOrder {
  const order = orderOf(world, input.orderId);
  const preview = previewReship(world, order, input);
  checkFingerprint(input.fingerprint, preview);
  const promises = planPromise(world.inventory, demandsOf(order, preview), order.row);
  const beyond = planBeyond(world, promises);
  const before = { status: order.row.status };
  const position = Math.max(...order.lines.map((line) => line.position));
  inventory.apply(world.inventory, promises.movements, { order: order.row }, ctx);
  const lines = preview.lines.map(
    ({ lineId, quantity }, index): Line => ({
      ...originalOf(order, lineId),
      id: newId(),
      position: position + index + 1,
      quantity,
      unitPrice: '0',
      netMinor: 0n,
      discountMinor: 0n,
      taxMinor: 0n,
      totalMinor: 0n,
      replacesLineId: lineId,
      replacesShipmentId: preview.shipmentId,
    }),
  );
  for (const line of lines) orders.addLine(order, line);
  queueBeyond(world, order, lines, beyond, ctx);
  const lineIds = lines.map((line) => line.id);
  settleOrder(world, order, 'reship', ctx);
  const units = preview.lines.reduce((sum, line) => sum + line.quantity, 0);
  const { id: shipmentId, number: shipmentNumber } = shipmentOf(world, order, input.shipmentId);
  tell(world, order, 'order.reshipped', { shipmentId, shipmentNumber, reason: input.reason, units, lineIds }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.reshipped',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before,
      after: { status: order.row.status, shipmentNumber, lines: preview.lines },
      reason: saidWhy(input),
    },
    ctx,
  );
  if (beyond.length > 0) tellBackordered(world, order, ctx);
  begin(world, reshipSaga, order, { state: { lineIds, queued: true } }, ctx);
  return { orderId: order.row.id, number: order.row.number, status: order.row.status, lineIds };
}

export const reshipOrder: Verb<ReshipOrderInput, World, ReshippedOrder> = {
  name: 'reship-order',
  lock,
  decide,
  write: writeWorld,
};
