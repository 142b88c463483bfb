import { awaitsHandOver, mayAdvance } from '../domains/fulfilment/rules.ts';
import type { ShipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { keepReport, moveOn } from './move-shipment.ts';
import { lockWorld, orderOf, type World, writeWorld } from './world.ts';

/**
 * What the carrier, or a person at the door, says of a shipment. Reports come late, twice and out of order: each is kept in the history,
 * and only one that says more than we know changes anything.
 */
export interface UpdatedShipment {
  readonly id: string;
  readonly status: string;
  readonly changed: boolean;
}

async function lock(tx: Tx, requests: readonly Request<ShipmentUpdateInput>[]): Promise<World> {
  const orderIds = await fulfilment.ordersOfShipments(
    tx,
    requests.map((request) => request.input.shipmentId),
  );
  return lockWorld(tx, { orderIds }, (requests[0] as Request<ShipmentUpdateInput>).ctx);
}

function decide(world: World, { input, ctx }: Request<ShipmentUpdateInput>): UpdatedShipment {
  const shipment = world.fulfilment.byId.get(input.shipmentId);
  if (!shipment) throw new DomainError('not_found', 'There is no such shipment.');
  const order = orderOf(world, shipment.orderId);
  world.fulfilment.updates.push({
    id: newId(),
    shipment_id: shipment.id,
    order_id: shipment.orderId,
    status: input.status,
    detail: input.detail,
    occurred_at: input.occurredAt ?? ctx.now,
    received_at: ctx.now,
  });
  world.applied++;
  const before = shipment.status;
  const report = { status: input.status, detail: input.detail, occurredAt: input.occurredAt ?? ctx.now };
  if (awaitsHandOver(shipment)) {
    keepReport(world, shipment, report);
    return { id: shipment.id, status: before, changed: false };
  }
  if (!mayAdvance(before, input.status)) return { id: shipment.id, status: before, changed: false };
  moveOn(world, order, shipment, report, ctx);
  audit(
    world.outbox,
    {
      action: `shipment.${input.status.toLowerCase()}`,
      entity: 'shipment',
      entityId: shipment.id,
      merchantId: shipment.merchantId,
      before: { status: before },
      after: { status: input.status },
    },
    ctx,
  );
  return { id: shipment.id, status: input.status, changed: true };
}

export const updateShipment: Verb<ShipmentUpdateInput, World, UpdatedShipment> = {
  name: 'update-shipment',
  lock,
  decide,
  write: writeWorld,
};
