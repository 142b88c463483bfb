import type { CarrierOutcome } from '../domains/fulfilment/provider.ts';
import { awaitsHandOver, mayAdvance, type Shipment } from '../domains/fulfilment/rules.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import { combine, isOnHand, movement } from '../domains/inventory/rules.ts';
import * as inventory from '../domains/inventory/service.ts';
import type { Order } from '../domains/orders/service.ts';
import * as orders from '../domains/orders/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { unitsIn } from '../kernel/units.ts';
import { next, remote, type Saga, type SagaDefinition, type StepResult } from '../platform/saga.ts';
import { capture } from './capture-payment.ts';
import { keptReport, moveOn } from './move-shipment.ts';
import { carrier, type Outside } from './outside.ts';
import { releaseSurplus } from './surplus.ts';
import { orderOf, settleOrder, tell, type World } from './world.ts';

/**
 * From allocated units to a parcel on its way: buy the label, take the money, hand over. The label can be voided, the capture cannot,
 * so it comes second; after it the hand-over is repeated until it is done.
 */
interface LabelCall {
  readonly mode: 'create' | 'query' | 'void';
  readonly carrier: string;
  readonly attemptId: string;
  readonly shipmentId: string;
  readonly carrierRef: string | null;
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly weightGrams: number;
}

type LabelOutcome = CarrierOutcome | { readonly kind: 'not_found' };

/** A parcel weighs something even where the catalog does not know what. */
const FALLBACK_WEIGHT_GRAMS = 500;

/** What the catalog says the units of a parcel weigh together; where it knows of none of them, a guess. */
function weightOf(world: World, order: Order, shipment: Shipment): number {
  const skus = new Map(order.lines.map((line) => [line.id, line.skuId]));
  const grams = order.spans
    .filter((span) => span.shipmentId === shipment.id)
    .reduce((sum, span) => {
      const skuId = skus.get(span.lineId);
      return sum + (span.to - span.from + 1) * (skuId ? (world.weights.get(skuId) ?? 0) : 0);
    }, 0);
  return grams || FALLBACK_WEIGHT_GRAMS;
}

export function shipmentOf(world: World, saga: Saga): Shipment {
  const shipment = world.fulfilment.byId.get(String(saga.state.shipmentId));
  if (!shipment) throw new Error(`Saga ${saga.id} names a shipment that is not there`);
  return shipment;
}

async function callCarrier(call: LabelCall, outside: Outside, signal: AbortSignal): Promise<LabelOutcome> {
  const provider = carrier(outside, call.carrier);
  if (call.mode === 'query')
    return provider.query(call.carrierRef ? { carrierRef: call.carrierRef } : { attemptId: call.attemptId }, signal);
  if (call.mode === 'void') return provider.voidLabel({ carrierRef: call.carrierRef ?? '', attemptId: call.attemptId }, signal);
  const { shipmentId, attemptId, from, to, weightGrams } = call;
  return provider.createLabel({ shipmentId, attemptId, from, to, weightGrams }, signal);
}

const label = remote<World, Outside, LabelCall, LabelOutcome>({
  prepare(world, saga) {
    const shipment = shipmentOf(world, saga);
    if (!shipment.nodeId || shipment.status !== 'PENDING') return next;
    const order = orderOf(world, saga.orderId);
    const node = world.fulfilment.nodes.get(order.row.merchantId)?.find((candidate) => candidate.id === shipment.nodeId);
    // The shipment's id is its one label attempt: however often it is sent, it is one label.
    const mode = saga.state.asked === true ? 'query' : 'create';
    const to = (order.row.shipTo ?? { name: order.row.customerName ?? '' }) as Record<string, string>;
    // Weighed once: the same attempt with another weight would be another request to the carrier.
    const weightGrams = typeof saga.state.weightGrams === 'number' ? saga.state.weightGrams : weightOf(world, order, shipment);
    saga.state = { ...saga.state, weightGrams };
    const args = {
      mode,
      carrier: shipment.carrier ?? 'parcel',
      attemptId: shipment.id,
      shipmentId: shipment.id,
      carrierRef: null,
      from: node?.address ?? {},
      to,
      weightGrams,
    } as const;
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, _args, outcome, ctx) {
    const shipment = shipmentOf(world, saga);
    const order = orderOf(world, saga.orderId);
    switch (outcome.kind) {
      case 'succeeded':
        Object.assign(shipment, {
          status: 'LABELLED',
          carrierRef: outcome.carrierRef,
          trackingNumber: outcome.trackingNumber,
          labelUrl: outcome.labelUrl,
        });
        fulfilment.changed(world.fulfilment, shipment);
        tell(
          world,
          order,
          'shipment.labelled',
          { shipmentId: shipment.id, shipmentNumber: shipment.number, trackingNumber: shipment.trackingNumber },
          ctx,
        );
        return next;
      case 'failed':
        return { kind: 'fail', error: { code: outcome.code, message: outcome.message } };
      case 'unknown':
        saga.state = { ...saga.state, asked: true };
        return { kind: 'retry', error: { code: 'unknown', message: outcome.reason } };
      case 'not_found':
        saga.state = { ...saga.state, asked: false };
        return { kind: 'retry', error: { code: 'not_found', message: 'The carrier does not know this label yet.' } };
      case 'unreachable':
        return { kind: 'retry', error: { code: 'unreachable', message: outcome.reason } };
    }
  },
});

const voidLabel = remote<World, Outside, LabelCall, LabelOutcome>({
  prepare(world, saga) {
    const shipment = shipmentOf(world, saga);
    if (!shipment.nodeId || shipment.status === 'CANCELLED') return next;
    // A label whose answer never came may have been bought: the carrier is asked for it first, and what it has is voided.
    const args = {
      mode: shipment.carrierRef ? 'void' : 'query',
      carrier: shipment.carrier ?? 'parcel',
      attemptId: shipment.carrierRef ? `${shipment.id}:void` : shipment.id,
      shipmentId: shipment.id,
      carrierRef: shipment.carrierRef,
      from: {},
      to: {},
      weightGrams: 0,
    } as const;
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, args, outcome, ctx) {
    if (outcome.kind === 'succeeded' && args.mode === 'query') {
      const shipment = shipmentOf(world, saga);
      shipment.carrierRef = outcome.carrierRef;
      shipment.trackingNumber = outcome.trackingNumber;
      fulfilment.changed(world.fulfilment, shipment);
      return { kind: 'wait', until: ctx.now };
    }
    if (outcome.kind === 'succeeded' || outcome.kind === 'not_found') return next;
    if (outcome.kind === 'failed') return { kind: 'stuck', error: { code: outcome.code, message: outcome.message } };
    return { kind: 'retry', error: { code: outcome.kind, message: outcome.reason } };
  },
});

/** The record says less than the parcel holds. Counting the shelf again lets it go: what is in the parcel was on it. */
const NOT_ON_HAND = 'The record says that these units are not on hand. Count them again, or receive them.';

/** Hands the parcel over: the stock leaves, the units are shipped, the order's status follows. */
function dispatch(world: World, saga: Saga, ctx: Ctx): StepResult {
  const shipment = shipmentOf(world, saga);
  const order = orderOf(world, saga.orderId);
  if (!awaitsHandOver(shipment)) return next;
  const own = order.spans.filter((span) => span.shipmentId === shipment.id);
  const lines = new Map(order.lines.map((line) => [line.id, line]));
  const leaving = combine(own.flatMap((span) => shipped(lines.get(span.lineId), span)));
  const missing = leaving.find((change) => !isOnHand(world.inventory, change.skuId, change.nodeId, -change.onHand));
  if (missing) return { kind: 'retry', error: { code: 'not_on_hand', message: NOT_ON_HAND } };
  inventory.apply(world.inventory, leaving, { order: order.row, shipmentId: shipment.id }, ctx);
  // A service has no carrier to report its arrival: it is delivered as it is handed over.
  const state = shipment.nodeId ? 'shipped' : 'delivered';
  orders.change(
    order,
    own.map(({ lineId, from, to }) => ({ lineId, from, to })),
    () => ({ state }),
  );
  Object.assign(shipment, {
    status: shipment.nodeId ? 'SHIPPED' : 'DELIVERED',
    shippedAt: ctx.now,
    deliveredAt: shipment.nodeId ? null : ctx.now,
  });
  fulfilment.changed(world.fulfilment, shipment);
  settleOrder(world, order, 'ship', ctx);
  const { id, number, trackingNumber, carrier: carrierName } = shipment;
  const event = tell(
    world,
    order,
    'shipment.shipped',
    { shipmentId: id, shipmentNumber: number, trackingNumber, carrier: carrierName, units: unitsIn(own) },
    ctx,
  );
  if (order.row.status === 'FULFILLED') tell(world, order, 'order.fulfilled', {}, ctx, event);
  releaseSurplus(world, order, ctx);
  const report = keptReport(saga);
  if (report && mayAdvance(shipment.status, report.status)) moveOn(world, order, shipment, report, ctx);
  return next;
}

function shipped(line: Order['lines'][number] | undefined, span: Order['spans'][number]): ReturnType<typeof movement>[] {
  if (!line?.stocked || !line.skuId || !span.nodeId) return [];
  const units = BigInt(span.to - span.from + 1);
  return [movement('ship', line.skuId, span.nodeId, { onHand: -units, allocated: -units, promised: -units })];
}

/** The parcel will not leave: its units wait at their node again, and the order is held for a person to look at. */
function unpack(world: World, saga: Saga, ctx: Ctx): StepResult {
  const shipment = shipmentOf(world, saga);
  const order = orderOf(world, saga.orderId);
  if (shipment.status === 'CANCELLED') return next;
  const own = order.spans.filter((span) => span.shipmentId === shipment.id).map(({ lineId, from, to }) => ({ lineId, from, to }));
  orders.change(order, own, () => ({ shipmentId: null }));
  shipment.status = 'CANCELLED';
  fulfilment.changed(world.fulfilment, shipment);
  if (!order.row.holds.includes('manual')) {
    order.row.holds = [...order.row.holds, 'manual'];
    tell(world, order, 'order.held', { hold: 'manual', reason: saga.error?.message ?? 'The shipment failed.' }, ctx);
  }
  settleOrder(world, order, null, ctx);
  tell(world, order, 'shipment.cancelled', { shipmentId: shipment.id, shipmentNumber: shipment.number, error: saga.error }, ctx);
  return next;
}

export const shipmentSaga: SagaDefinition<World, Outside> = {
  kind: 'ship-order',
  version: 1,
  irreversible: 'capture',
  steps: [
    { name: 'pack', run: () => next, undo: unpack },
    { name: 'label', run: label, undo: voidLabel },
    { name: 'capture', run: capture },
    { name: 'dispatch', run: dispatch, heavy: 'run' },
  ],
};
