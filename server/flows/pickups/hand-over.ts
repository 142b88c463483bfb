import * as fulfilment from '../../domains/fulfilment/service.ts';
import * as orders from '../../domains/orders/service.ts';
import { mayHandOver, unitsToHandOver } from '../../domains/pickups/rules.ts';
import type { HandOverInput } from '../../domains/pickups/schema.ts';
import * as pickups from '../../domains/pickups/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { worthOf } from '../../kernel/units.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { begin, orderOf, settleOrder, takeNumber, tell, type World, writeWorld } from '../world.ts';
import { fetchedOrder, lockPickups, pickupOf } from './fetched-order.ts';
import { HAND_OVER_SAGA } from './hand-over-saga.ts';

/**
 * Somebody stands at the counter and shows the code, or says the number of the order. Its money is taken now; when that is done the goods are
 * theirs, and where the card refuses they go back behind the counter.
 */
export interface HandedOver {
  readonly orderId: string;
  readonly number: string;
  readonly shipmentId: string;
  readonly shipmentNumber: string;
  readonly valueMinor: number;
}

function decide(world: World, { input, ctx }: Request<HandOverInput>): HandedOver {
  const order = orderOf(world, input.orderId);
  const pickup = pickupOf(world, input.orderId);
  const fetched = fetchedOrder(world, order);
  const allowed = mayHandOver(pickup, fetched, input.shown);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const stocked = new Set(order.lines.flatMap((line) => (line.stocked ? [line.id] : [])));
  const services = order.spans
    .filter((span) => span.state === 'open' && span.shipmentId === null && !stocked.has(span.lineId))
    .map(({ lineId, from, to }) => ({ lineId, from, to }));
  const ranges = [...unitsToHandOver(pickup, fetched.goods), ...services];
  const { id: orderId, merchantId, currency, number: orderNumber } = order.row;
  const id = newId();
  const number = takeNumber(world, 'shipment');
  const valueMinor = worthOf(order.lines, ranges).totalMinor;
  fulfilment.addShipment(
    world.fulfilment,
    {
      id,
      number,
      orderId,
      merchantId,
      nodeId: pickup.nodeId,
      valueMinor,
      currency,
      createdAt: ctx.now,
      status: 'LABELLED',
      carrier: null,
      service: 'pickup',
      carrierRef: null,
      trackingNumber: null,
      labelUrl: null,
      shippedAt: null,
      deliveredAt: null,
      version: 1n,
      boxes: 0,
      statusAt: null,
      labelNo: 1,
      manifestId: null,
      handedOverAt: ctx.now,
      settledAt: null,
    },
    ranges.map((range) => ({ ...range, shipmentId: id, orderId })),
  );
  orders.change(order, ranges, () => ({ shipmentId: id }));
  pickups.change(world.pickups, pickup, { status: 'handing_over', handedBy: ctx.actor });
  // Whoever takes it over the counter has it: the hand-over is its arrival.
  const reported = { status: 'DELIVERED', detail: null, occurredAt: ctx.now.toISOString() };
  begin(world, HAND_OVER_SAGA, order, { state: { shipmentId: id, reported } }, ctx);
  settleOrder(world, order, null, ctx);
  const about = { shipmentId: id, shipmentNumber: number, nodeId: pickup.nodeId, valueMinor };
  tell(world, order, 'shipment.created', about, ctx);
  audit(
    world.outbox,
    { action: 'order.handed_over', entity: 'order', entityId: orderId, merchantId, before: { status: 'ready' }, after: about },
    ctx,
  );
  return { orderId, number: orderNumber, shipmentId: id, shipmentNumber: number, valueMinor: Number(valueMinor) };
}

export const handOver: Verb<HandOverInput, World, HandedOver> = {
  name: 'hand-over-pickup',
  lock: (tx, requests) => lockPickups(tx, requests, { numbers: { shipment: requests.length } }),
  decide,
  write: writeWorld,
};
