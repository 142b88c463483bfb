import { unitsOf, within } from '../domains/fulfilment/boxes.ts';
import type { CarrierOutcome } from '../domains/fulfilment/provider.ts';
import { type Box, labelAttempt, type Parcel, type Shipment } from '../domains/fulfilment/rules.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import type { Order } from '../domains/orders/service.ts';
import type { UnitRange } from '../kernel/units.ts';
import { next, remote, type Saga } from '../platform/saga.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import { carrier, type Outside } from './outside.ts';
import { orderOf, tell, type World } from './world.ts';

/**
 * The labels of a shipment's parcels: bought together, each under an attempt of its own, each with an answer of its own. One that has no
 * answer is asked for; none is bought twice, and what was bought is voided where the shipment is undone.
 */
interface ParcelCall {
  readonly parcelId: string;
  readonly boxId: string | null;
  readonly mode: 'create' | 'query' | 'void';
  readonly attemptId: string;
  readonly carrierRef: string | null;
  readonly weightGrams: number;
}

interface LabelsCall {
  readonly carrier: string;
  readonly shipmentId: string;
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  readonly parcels: readonly ParcelCall[];
}

type LabelOutcome = CarrierOutcome | { readonly kind: 'not_found' };
type LabelsOutcome = ReadonlyMap<string, LabelOutcome>;

/** A parcel weighs something even where the catalog does not know what. */
const FALLBACK_WEIGHT_GRAMS = 500;

/** The saga that buys labels in place of others: see replace-label.ts. */
export const RELABEL_SAGA = 'replace-label';

export function shipmentOf(world: World, saga: Saga): Shipment {
  const shipment = world.fulfilment.byId.get(String(saga.state.shipmentId));
  if (!shipment) throw new Error(`Saga ${saga.id} names a shipment that is not there`);
  return shipment;
}

/** The units of an order that are in a shipment. */
export function ownUnits(order: Order, shipmentId: string): UnitRange[] {
  return order.spans.filter((span) => span.shipmentId === shipmentId).map(({ lineId, from, to }) => ({ lineId, from, to }));
}

/** What the catalog says the units of a parcel weigh together; where it knows of none of them, a guess. */
function weightOf(world: World, order: Order, shipment: Shipment, parcel: Parcel): number {
  const skus = new Map(order.lines.map((line) => [line.id, line.skuId]));
  const own = ownUnits(order, shipment.id);
  const grams = within(own, unitsOf(parcel, own)).reduce((sum, range) => {
    const skuId = skus.get(range.lineId);
    return sum + (range.to - range.from + 1) * (skuId ? (world.weights.get(skuId) ?? 0) : 0);
  }, 0);
  return grams || FALLBACK_WEIGHT_GRAMS;
}

/** Weighed once: the same attempt with another weight would be another request to the carrier. */
function weighed(world: World, order: Order, shipment: Shipment, parcel: Parcel, saga: Saga): number {
  if ('weightGrams' in parcel) {
    const box = parcel as Box;
    if (box.weightGrams === null) {
      box.weightGrams = weightOf(world, order, shipment, box);
      fulfilment.parcelChanged(world.fulfilment, shipment, box);
    }
    return box.weightGrams;
  }
  const known = saga.state.weightGrams;
  const weightGrams = typeof known === 'number' ? known : weightOf(world, order, shipment, parcel);
  saga.state = { ...saga.state, weightGrams };
  return weightGrams;
}

async function callCarrier(call: LabelsCall, outside: Outside, signal: AbortSignal): Promise<LabelsOutcome> {
  const provider = carrier(outside, call.carrier);
  const { shipmentId, from, to } = call;
  const ask = ({ mode, carrierRef, attemptId, weightGrams, boxId }: ParcelCall): Promise<LabelOutcome> => {
    if (mode === 'query') return provider.query(carrierRef ? { carrierRef } : { attemptId }, signal);
    if (mode === 'void') return provider.voidLabel({ carrierRef: carrierRef ?? '', attemptId }, signal);
    return provider.createLabel({ shipmentId, attemptId, from, to, weightGrams, boxId }, signal);
  };
  return new Map(await Promise.all(call.parcels.map(async (one) => [one.parcelId, await ask(one)] as const)));
}

/** The parcels whose last attempt has no answer: they are asked for before anything is sent again. */
function askedOf(saga: Saga, parcels: readonly Parcel[]): Set<string> {
  const { asked } = saga.state;
  if (asked === true) return new Set(parcels.map((parcel) => parcel.id));
  return new Set(Array.isArray(asked) ? (asked as string[]) : []);
}

export const buyLabels = remote<World, Outside, LabelsCall, LabelsOutcome>({
  prepare(world, saga) {
    const shipment = shipmentOf(world, saga);
    if (!shipment.nodeId || shipment.status === 'CANCELLED' || isBeingUndone(world, shipment, saga)) return next;
    const parcels = fulfilment.parcelsOf(world.fulfilment, shipment).filter((parcel) => parcel.status === 'PENDING');
    if (parcels.length === 0) return next;
    const order = orderOf(world, saga.orderId);
    const node = world.fulfilment.nodes.get(order.row.merchantId)?.find((candidate) => candidate.id === shipment.nodeId);
    const asked = askedOf(saga, parcels);
    const args: LabelsCall = {
      carrier: shipment.carrier ?? 'parcel',
      shipmentId: shipment.id,
      from: node?.address ?? {},
      to: (order.row.shipTo ?? { name: order.row.customerName ?? '' }) as Record<string, string>,
      parcels: parcels.map((parcel) => ({
        parcelId: parcel.id,
        boxId: parcel.id === shipment.id ? null : parcel.id,
        mode: asked.has(parcel.id) ? 'query' : 'create',
        attemptId: labelAttempt(parcel),
        carrierRef: null,
        weightGrams: weighed(world, order, shipment, parcel, saga),
      })),
    };
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, args, outcomes, ctx) {
    const shipment = shipmentOf(world, saga);
    const order = orderOf(world, saga.orderId);
    const parcels = fulfilment.parcelsOf(world.fulfilment, shipment);
    const asked = askedOf(saga, parcels);
    const troubles: { code: string; message: string; final: boolean }[] = [];
    for (const { parcelId } of args.parcels) {
      const parcel = parcels.find((candidate) => candidate.id === parcelId);
      const outcome = outcomes.get(parcelId);
      if (!parcel || !outcome) continue;
      if (outcome.kind === 'unknown') asked.add(parcelId);
      else asked.delete(parcelId);
      if (outcome.kind !== 'succeeded') {
        troubles.push(troubleOf(outcome));
        continue;
      }
      const { carrierRef, trackingNumber, labelUrl } = outcome;
      Object.assign(parcel, { status: 'LABELLED', carrierRef, trackingNumber, labelUrl });
      fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
    }
    const left = [...asked];
    if (left.length > 0 || 'asked' in saga.state) saga.state = { ...saga.state, asked: left };
    const refused = troubles.find((trouble) => trouble.final) ?? troubles[0];
    if (refused) {
      const error = { code: refused.code, message: refused.message };
      return refused.final ? { kind: 'fail', error } : { kind: 'retry', error };
    }
    const { id: shipmentId, number: shipmentNumber, trackingNumber } = shipment;
    const boxes = shipment.boxes > 0 ? { trackingNumbers: parcels.map((parcel) => parcel.trackingNumber) } : {};
    const type = saga.kind === RELABEL_SAGA ? 'shipment.relabelled' : 'shipment.labelled';
    tell(world, order, type, { shipmentId, shipmentNumber, trackingNumber, ...boxes }, ctx);
    return next;
  },
});

function troubleOf(outcome: Exclude<LabelOutcome, { kind: 'succeeded' }>): { code: string; message: string; final: boolean } {
  switch (outcome.kind) {
    case 'failed':
      return { code: outcome.code, message: outcome.message, final: true };
    case 'not_found':
      return { code: 'not_found', message: 'The carrier does not know this label yet.', final: false };
    case 'unknown':
    case 'unreachable':
      return { code: outcome.kind, message: outcome.reason, final: false };
  }
}

/** A label that is bought anew is not bought for a shipment that is being undone meanwhile. */
function isBeingUndone(world: World, shipment: Shipment, saga: Saga): boolean {
  return sagasOf(world.sagas, shipment.orderId).some(
    (other) => other.id !== saga.id && other.state.shipmentId === shipment.id && other.state.compensating === true,
  );
}

/** Whether a label is being bought in place of another: its answer has to be known before anything is undone. */
export function isRelabelling(world: World, shipment: Shipment): boolean {
  return sagasOf(world.sagas, shipment.orderId).some(
    (saga) => saga.kind === RELABEL_SAGA && saga.state.shipmentId === shipment.id,
  );
}

/** How soon the undoing of a shipment looks whether the label that is bought in place of another is settled. */
const RELABEL_WAIT_MS = 1_000;

export const voidLabels = remote<World, Outside, LabelsCall, LabelsOutcome>({
  prepare(world, saga, ctx) {
    const shipment = shipmentOf(world, saga);
    if (!shipment.nodeId || shipment.status === 'CANCELLED') return next;
    if (isRelabelling(world, shipment)) return { kind: 'wait', until: new Date(ctx.now.getTime() + RELABEL_WAIT_MS) };
    const voided = voidedOf(saga);
    const parcels = fulfilment.parcelsOf(world.fulfilment, shipment).filter((parcel) => !voided.has(parcel.id));
    if (parcels.length === 0) return next;
    const args: LabelsCall = {
      carrier: shipment.carrier ?? 'parcel',
      shipmentId: shipment.id,
      from: {},
      to: {},
      // A label whose answer never came may have been bought: the carrier is asked for it first, and what it has is voided.
      parcels: parcels.map((parcel) => ({
        parcelId: parcel.id,
        boxId: null,
        mode: parcel.carrierRef ? 'void' : 'query',
        attemptId: parcel.carrierRef ? `${labelAttempt(parcel)}:void` : labelAttempt(parcel),
        carrierRef: parcel.carrierRef,
        weightGrams: 0,
      })),
    };
    return { kind: 'call', args };
  },
  call: callCarrier,
  settle(world, saga, args, outcomes, ctx) {
    const shipment = shipmentOf(world, saga);
    const parcels = fulfilment.parcelsOf(world.fulfilment, shipment);
    const voided = voidedOf(saga);
    const troubles: { code: string; message: string; final: boolean }[] = [];
    for (const { parcelId, mode } of args.parcels) {
      const parcel = parcels.find((candidate) => candidate.id === parcelId);
      const outcome = outcomes.get(parcelId);
      if (!parcel || !outcome) continue;
      if (outcome.kind === 'succeeded' && mode === 'query' && outcome.status !== 'voided') {
        Object.assign(parcel, { carrierRef: outcome.carrierRef, trackingNumber: outcome.trackingNumber });
        fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
      } else if (outcome.kind === 'succeeded' || outcome.kind === 'not_found') voided.add(parcelId);
      else troubles.push(troubleOf(outcome));
    }
    saga.state = { ...saga.state, voided: [...voided] };
    const refused = troubles.find((trouble) => trouble.final) ?? troubles[0];
    if (refused) {
      const error = { code: refused.code, message: refused.message };
      return refused.final ? { kind: 'stuck', error } : { kind: 'retry', error };
    }
    return voided.size < parcels.length ? { kind: 'wait', until: ctx.now } : next;
  },
});

function voidedOf(saga: Saga): Set<string> {
  return new Set(Array.isArray(saga.state.voided) ? (saga.state.voided as string[]) : []);
}
