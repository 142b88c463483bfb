import { awaitsHandOver, outranks, type Parcel, type Shipment } from '../domains/fulfilment/rules.ts';
import type { ShipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { keepReport, moveOn, type Report } from './move-shipment.ts';
import { lockWorld, orderOf, type World, writeWorld } from './world.ts';

/**
 * What the carrier, or a person at the door, says of a shipment or of one of its boxes. Reports come late, twice and out of order: each
 * is kept in the history, and only one that says more than we know changes anything.
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

/** The parcels that are meant: the box named, or every one of the shipment. */
export function parcelsMeant(world: World, shipment: Shipment, boxId: string | undefined): readonly Parcel[] {
  const parcels = fulfilment.parcelsOf(world.fulfilment, shipment);
  if (boxId === undefined) return parcels;
  const box = parcels.find((parcel) => parcel.id === boxId && parcel.id !== shipment.id);
  if (!box) throw new DomainError('not_found', `${shipment.number} has no such box.`);
  return [box];
}

/** A shipment under its order's lock, or `not_found`. */
export function shipmentIn(world: World, shipmentId: string): Shipment {
  const shipment = world.fulfilment.byId.get(shipmentId);
  if (!shipment) throw new DomainError('not_found', 'There is no such shipment.');
  return shipment;
}

function decide(world: World, { input, ctx }: Request<ShipmentUpdateInput>): UpdatedShipment {
  const shipment = shipmentIn(world, input.shipmentId);
  const order = orderOf(world, shipment.orderId);
  const meant = parcelsMeant(world, shipment, input.boxId);
  const { carrierRef, proof } = input;
  const report: Report = { status: input.status, detail: input.detail, occurredAt: input.occurredAt ?? ctx.now };
  world.fulfilment.updates.push({
    id: newId(),
    shipment_id: shipment.id,
    order_id: shipment.orderId,
    status: report.status,
    detail: report.detail,
    occurred_at: report.occurredAt,
    received_at: ctx.now,
    box_id: input.boxId ?? null,
    proof: proof && Object.keys(proof).length > 0 ? (proof as Record<string, string>) : null,
  });
  world.applied++;
  const before = shipment.status;
  // A label that was replaced says nothing of the parcel that bears another one now.
  const spoken = meant.filter((parcel) => !carrierRef || parcel.carrierRef === null || parcel.carrierRef === carrierRef);
  const here = spoken.filter(awaitsHandOver);
  if (here.length > 0) keepReport(world, shipment, here, report);
  const said = { status: report.status, at: report.occurredAt };
  const ahead = spoken.filter(
    (parcel) => !awaitsHandOver(parcel) && outranks(said, { status: parcel.status, at: parcel.statusAt }),
  );
  const moving = ahead.filter((parcel) => parcel.status !== report.status);
  // The same once more, only at another time: which of two words counts is to be known when a third one comes.
  for (const parcel of ahead) {
    if (parcel.status !== report.status) continue;
    parcel.statusAt = report.occurredAt;
    if (parcel.status === 'DELIVERED') parcel.deliveredAt = report.occurredAt;
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
  if (moving.length === 0) return { id: shipment.id, status: before, changed: false };
  moveOn(world, order, shipment, moving, report, ctx);
  audit(
    world.outbox,
    {
      action: `shipment.${input.status.toLowerCase()}`,
      entity: 'shipment',
      entityId: shipment.id,
      merchantId: shipment.merchantId,
      before: { status: before },
      after: { status: shipment.status, ...(input.boxId ? { boxId: input.boxId } : {}) },
    },
    ctx,
  );
  return { id: shipment.id, status: shipment.status, changed: true };
}

export const updateShipment: Verb<ShipmentUpdateInput, World, UpdatedShipment> = {
  name: 'update-shipment',
  lock,
  decide,
  write: writeWorld,
};
