import { unitsOf, within } from '../../domains/fulfilment/boxes.ts';
import { awaitsHandOver, isTrouble, type Parcel, type Shipment } from '../../domains/fulfilment/rules.ts';
import type { ReceiveReturnInput, SettleParcelInput } from '../../domains/fulfilment/schema.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { combine, movement } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { takeUnits, type UnitRange, unitsAsked, unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { ownUnits } from '../labels.ts';
import { backFromDoor } from '../payments/at-door.ts';
import { parcelsMeant, shipmentIn } from '../update-shipment.ts';
import { lockWorld, orderOf, settleOrder, tell, type World, writeWorld } from '../world.ts';

/**
 * A parcel that comes back to its sender is received at a node, unit by unit: what is sellable is on the shelf again, what is damaged is
 * not. Whether its units are sent again, refunded or kept is decided by a person afterwards; no money moves here.
 */
export interface ReceivedReturn {
  readonly shipmentId: string;
  readonly number: string;
  readonly status: string;
  readonly sellable: number;
  readonly damaged: number;
}

async function lock(tx: Tx, requests: readonly Request<ReceiveReturnInput>[]): Promise<World> {
  const orderIds = await fulfilment.ordersOfShipments(
    tx,
    requests.map((request) => request.input.shipmentId),
  );
  const nodeIds = [...new Set(requests.map((request) => request.input.nodeId))];
  // Another node than the one it left may have no row for these goods yet.
  const createStock = (found: readonly orders.Order[]) =>
    found.flatMap(({ row, lines }) =>
      lines.flatMap((line) =>
        line.stocked && line.skuId
          ? nodeIds.map((nodeId) => ({ skuId: line.skuId as string, nodeId, merchantId: row.merchantId }))
          : [],
      ),
    );
  const foreign = await fulfilment.foreignNodes(tx, orderIds, nodeIds);
  const { ctx } = requests[0] as Request<ReceiveReturnInput>;
  // A node of somebody else's gets no row: the request is refused once it is locked.
  const needs = { orderIds, supply: true, stock: true, nodes: true, ...(foreign ? {} : { createStock }) };
  return lockWorld(tx, needs, ctx);
}

interface Coming {
  readonly sellable: UnitRange[];
  readonly damaged: UnitRange[];
}

/** Which of the parcels' units are damaged: of each line as many as were said, the first ones. */
function sort(order: orders.Order, shipment: Shipment, parcels: readonly Parcel[], input: ReceiveReturnInput): Coming {
  const held = ownUnits(order, shipment.id);
  const units = parcels.flatMap((parcel) => within(held, unitsOf(parcel, held)));
  const goods = new Set(order.lines.filter((line) => line.stocked && line.skuId).map((line) => line.id));
  const spans = order.spans.flatMap((span) =>
    within(units, [span]).map((range) => ({ ...span, from: range.from, to: range.to })),
  );
  const coming = spans.filter((span) => goods.has(span.lineId) && span.state === 'shipped');
  const damaged = [...unitsAsked(input.damaged)].flatMap(([lineId, quantity]) => {
    const own = coming.filter((span) => span.lineId === lineId);
    const taken = takeUnits(own, quantity, () => true);
    if (!taken)
      throw new DomainError(
        'over_limit',
        `Only ${unitsIn(own)} of this line are in the parcel; ${quantity} were said to be damaged.`,
        {
          lineId,
        },
      );
    return taken;
  });
  return { damaged, sellable: without(coming, damaged) };
}

function without(ranges: readonly UnitRange[], others: readonly UnitRange[]): UnitRange[] {
  return ranges.flatMap(({ lineId, from, to }) => {
    const free: UnitRange[] = [];
    let at = from;
    for (const other of others.filter((one) => one.lineId === lineId).sort((a, b) => a.from - b.from)) {
      if (other.to < at || other.from > to) continue;
      if (other.from > at) free.push({ lineId, from: at, to: other.from - 1 });
      at = other.to + 1;
    }
    return at <= to ? [...free, { lineId, from: at, to }] : free;
  });
}

function decide(world: World, { input, ctx }: Request<ReceiveReturnInput>): ReceivedReturn {
  const shipment = shipmentIn(world, input.shipmentId);
  const order = orderOf(world, shipment.orderId);
  const node = world.fulfilment.nodes.get(shipment.merchantId)?.find((candidate) => candidate.id === input.nodeId);
  if (!node) throw new DomainError('not_found', 'This merchant has no such node.');
  const parcels = parcelsMeant(world, shipment, input.boxId).filter((parcel) => parcel.status !== 'RETURNED');
  const [first] = parcels;
  if (!first) throw new DomainError('state_refuses', `${shipment.number} was received back already.`);
  const refused = parcels.find((parcel) => awaitsHandOver(parcel) || parcel.status === 'CANCELLED');
  if (refused) throw new DomainError('state_refuses', `${shipment.number} has not left: it cannot come back.`);
  if (parcels.some((parcel) => parcel.status === 'DELIVERED'))
    throw new DomainError('state_refuses', `${shipment.number} was delivered: what the customer sends back is a return.`);
  const { sellable, damaged } = sort(order, shipment, parcels, input);
  const before = shipment.status;
  restock(world, order, shipment, sellable, input, ctx);
  // Services that travelled along stay with the customer's side of the books; only goods come back.
  orders.change(order, [...sellable, ...damaged], () => ({ state: 'returned', nodeId: input.nodeId }));
  for (const parcel of parcels) {
    Object.assign(parcel, { status: 'RETURNED', statusAt: ctx.now, settledAt: null });
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  keep(world, shipment, input, { sellable, damaged }, ctx);
  settleOrder(world, order, null, ctx);
  const counts = { sellable: unitsIn(sellable), damaged: unitsIn(damaged) };
  const { id: shipmentId, number: shipmentNumber } = shipment;
  tell(world, order, 'shipment.returned', { shipmentId, shipmentNumber, nodeId: input.nodeId, ...counts }, ctx);
  backFromDoor(world, order, shipment, ctx);
  audit(
    world.outbox,
    {
      action: 'shipment.returned',
      entity: 'shipment',
      entityId: shipment.id,
      merchantId: shipment.merchantId,
      before: { status: before },
      after: { status: shipment.status, nodeId: input.nodeId, ...counts },
      ...(input.note ? { reason: input.note } : {}),
    },
    ctx,
  );
  return { shipmentId, number: shipmentNumber, status: shipment.status, ...counts };
}

/** Puts sellable units on the shelf: whoever waits for their SKU is told as of any receipt. */
function restock(
  world: World,
  order: orders.Order,
  shipment: Shipment,
  sellable: readonly UnitRange[],
  { nodeId }: ReceiveReturnInput,
  ctx: Ctx,
): void {
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const movements = combine(
    sellable.flatMap((range) => {
      const skuId = lines.get(range.lineId)?.skuId;
      return skuId ? [movement('return', skuId, nodeId, { onHand: BigInt(unitsIn([range])) })] : [];
    }),
  );
  const applied = inventory.apply(
    world.inventory,
    movements,
    { order: order.row, shipmentId: shipment.id, reason: 'returned' },
    ctx,
  );
  for (const change of applied) {
    const supply = world.inventory.supply.get(change.skuId);
    if (!supply) continue;
    emit(
      world.outbox,
      {
        aggregate: 'sku',
        aggregateId: change.skuId,
        aggregateVersion: supply.version,
        merchantId: shipment.merchantId,
        type: 'stock.adjusted',
        data: { nodeId, reason: 'returned', delta: change.onHand, short: change.short, shortfall: change.shortfall },
      },
      ctx,
    );
  }
}

function keep(world: World, shipment: Shipment, input: ReceiveReturnInput, { sellable, damaged }: Coming, ctx: Ctx): void {
  for (const [condition, ranges] of [
    ['sellable', sellable],
    ['damaged', damaged],
  ] as const)
    for (const { lineId, from, to } of ranges)
      world.fulfilment.receivedBack.push({
        id: newId(),
        shipment_id: shipment.id,
        box_id: input.boxId ?? null,
        order_id: shipment.orderId,
        line_id: lineId,
        from_unit: from,
        to_unit: to,
        node_id: input.nodeId,
        condition,
        note: input.note ?? null,
        received_by: ctx.actor,
        received_at: ctx.now,
      });
}

export const receiveReturn: Verb<ReceiveReturnInput, World, ReceivedReturn> = {
  name: 'receive-return',
  lock,
  decide,
  write: writeWorld,
};

export interface SettledParcel {
  readonly shipmentId: string;
  readonly number: string;
}

/** A person says that nothing more has to be done about parcels in trouble: they leave the list of exceptions. */
function settle(world: World, { input, ctx }: Request<SettleParcelInput>): SettledParcel {
  const shipment = shipmentIn(world, input.shipmentId);
  const order = orderOf(world, shipment.orderId);
  const open = parcelsMeant(world, shipment, input.boxId).filter((parcel) => isTrouble(parcel) && parcel.settledAt === null);
  if (open.length === 0) throw new DomainError('state_refuses', `Nothing about ${shipment.number} is open.`);
  if (open.some((parcel) => parcel.status === 'RETURNING'))
    throw new DomainError('state_refuses', `${shipment.number} is on its way back: receive it first.`);
  for (const parcel of open) {
    parcel.settledAt = ctx.now;
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  const { id: shipmentId, number: shipmentNumber } = shipment;
  tell(world, order, 'shipment.settled', { shipmentId, shipmentNumber, reason: input.reason }, ctx);
  audit(
    world.outbox,
    {
      action: 'shipment.settled',
      entity: 'shipment',
      entityId: shipment.id,
      merchantId: shipment.merchantId,
      before: { status: shipment.status },
      after: { settled: open.length },
      reason: input.reason,
    },
    ctx,
  );
  return { shipmentId, number: shipmentNumber };
}

async function lockSettling(tx: Tx, requests: readonly Request<SettleParcelInput>[]): Promise<World> {
  const orderIds = await fulfilment.ordersOfShipments(
    tx,
    requests.map((request) => request.input.shipmentId),
  );
  return lockWorld(tx, { orderIds }, (requests[0] as Request<SettleParcelInput>).ctx);
}

export const settleParcel: Verb<SettleParcelInput, World, SettledParcel> = {
  name: 'settle-parcel',
  lock: lockSettling,
  decide: settle,
  write: writeWorld,
};
