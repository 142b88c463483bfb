import type { CarrierOutcome } from '../../domains/fulfilment/provider.ts';
import { labelAttempt, mayVoid, type Parcel, type Shipment } from '../../domains/fulfilment/rules.ts';
import type { VoidLabelInput } from '../../domains/fulfilment/schema.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import * as manifests from '../../domains/manifests/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { unitsIn } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { audit } from '../../platform/outbox.ts';
import { next, remote, type Saga, type SagaDefinition } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { checkFingerprint, fingerprintOf } from '../fingerprint.ts';
import { buyLabels, ownUnits, RELABEL_SAGA, shipmentOf } from '../labels.ts';
import { carrier, type Outside } from '../outside.ts';
import { parcelsMeant, shipmentIn } from '../update-shipment.ts';
import { begin, lockWorld, orderOf, tell, type World, wake, writeWorld } from '../world.ts';

/**
 * Takes labels back before their parcels are handed over. Before the money is taken the shipment may be unpacked: its labels are voided and
 * its units wait at their node again. Afterwards nothing is given back by the way: the same parcels get new labels.
 */
export interface VoidPreview {
  readonly fingerprint: string;
  readonly shipmentId: string;
  readonly mode: 'unpack' | 'relabel';
  readonly labels: readonly { readonly parcelId: string; readonly trackingNumber: string | null }[];
  /** How many units wait at their node again. */
  readonly units: number;
}

export interface VoidedLabel {
  readonly shipmentId: string;
  readonly number: string;
  readonly mode: 'unpack' | 'relabel';
  readonly labels: number;
}

interface Voiding extends World {
  readonly manifests: manifests.ManifestsState;
}

async function lock(tx: Tx, requests: readonly Request<VoidLabelInput>[]): Promise<Voiding> {
  const { ctx } = requests[0] as Request<VoidLabelInput>;
  const shipmentIds = requests.map((request) => request.input.shipmentId);
  const listed = await manifests.lock(tx, await manifests.findOfShipments(tx, shipmentIds));
  const orderIds = await fulfilment.ordersOfShipments(tx, shipmentIds);
  return { ...(await lockWorld(tx, { orderIds }, ctx)), manifests: listed };
}

function sagaOf(world: World, shipment: Shipment): Saga | undefined {
  return sagasOf(world.sagas, shipment.orderId).find(
    (saga) => saga.kind === 'ship-order' && saga.state.shipmentId === shipment.id,
  );
}

const BEFORE_CAPTURE = ['pack', 'label', 'manifest'];

/** What would be voided, and what becomes of the units; refused where it is too late. */
export function previewVoid(world: World, input: VoidLabelInput): VoidPreview {
  const shipment = shipmentIn(world, input.shipmentId);
  const order = orderOf(world, shipment.orderId);
  const saga = sagaOf(world, shipment);
  const all = fulfilment.parcelsOf(world.fulfilment, shipment);
  const captured = saga !== undefined && !BEFORE_CAPTURE.includes(saga.step);
  const allowed = mayVoid(shipment, all, input.mode, captured);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  if (!saga || saga.state.compensating === true)
    throw new DomainError('state_refuses', `${shipment.number} is being undone already.`);
  if (input.mode === 'unpack' && input.boxId)
    throw new DomainError('invalid_request', 'A shipment is unpacked as a whole: name no box, or buy a new label for it.');
  if (input.mode === 'unpack' && saga.state.calling === true)
    throw new DomainError('state_refuses', 'Its labels are being bought at this moment. Try again in a few seconds.');
  const meant = parcelsMeant(world, shipment, input.boxId);
  const plan = {
    shipmentId: shipment.id,
    mode: input.mode,
    labels: meant.flatMap(({ id, trackingNumber, carrierRef }) => (carrierRef ? [{ parcelId: id, trackingNumber }] : [])),
    units: input.mode === 'unpack' ? unitsIn(ownUnits(order, shipment.id)) : 0,
  };
  return { ...plan, fingerprint: fingerprintOf(plan) };
}

function decide(world: Voiding, { input, ctx }: Request<VoidLabelInput>): VoidedLabel {
  const preview = previewVoid(world, input);
  checkFingerprint(input.fingerprint, preview);
  const shipment = shipmentIn(world, input.shipmentId);
  const order = orderOf(world, shipment.orderId);
  const meant = parcelsMeant(world, shipment, input.boxId);
  takeOff(world, meant);
  if (input.mode === 'unpack') unpackSaga(world, shipment, input.reason, ctx.actor, ctx.now);
  else {
    const replaced = meant.map(({ id, carrierRef, trackingNumber, labelUrl, labelNo, manifestId }) => ({
      id,
      carrierRef,
      trackingNumber,
      labelUrl,
      labelNo,
      manifestId,
    }));
    for (const parcel of meant) {
      Object.assign(parcel, { status: 'PENDING', carrierRef: null, trackingNumber: null, labelUrl: null, manifestId: null });
      parcel.labelNo += 1;
      fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
    }
    if (shipment.boxes === 0) shipment.status = 'PENDING';
    begin(world, relabelSaga, order, { state: { shipmentId: shipment.id, replaced } }, ctx);
  }
  // A view of the order is not stale while it changes underneath: the order's version says that its shipment did.
  const { id: shipmentId, number: shipmentNumber } = shipment;
  if (input.mode === 'relabel')
    tell(world, order, 'shipment.relabelled', { shipmentId, shipmentNumber, reason: input.reason }, ctx);
  world.applied++;
  audit(
    world.outbox,
    {
      action: input.mode === 'unpack' ? 'shipment.unpacked' : 'shipment.relabelled',
      entity: 'shipment',
      entityId: shipment.id,
      merchantId: shipment.merchantId,
      before: { labels: preview.labels },
      after: { mode: input.mode, units: preview.units },
      reason: input.reason,
    },
    ctx,
  );
  return { shipmentId, number: shipmentNumber, mode: input.mode, labels: preview.labels.length };
}

/** A label that is void is on no manifest any more; one that is being closed at this moment may name it. */
function takeOff(world: Voiding, meant: readonly Parcel[]): void {
  const ids = new Set(meant.map((parcel) => parcel.id));
  const listed = world.manifests.parcels.filter((parcel) => ids.has(parcel.parcelId) && parcel.status === 'listed');
  const closing = listed.find((parcel) => world.manifests.byId.get(parcel.manifestId)?.status === 'closing');
  if (closing)
    throw new DomainError(
      'state_refuses',
      'A manifest with this parcel is being closed at this moment. Try again in a few seconds.',
    );
  for (const parcel of listed) manifests.changeParcel(world.manifests, parcel, 'left_behind');
}

function unpackSaga(world: World, shipment: Shipment, reason: string, by: string, now: Date): void {
  const saga = sagaOf(world, shipment) as Saga;
  saga.version += 1n;
  saga.state = { ...saga.state, compensating: true, unpackedBy: by };
  Object.assign(saga, { status: 'compensating', attempt: 0, wakeAt: now, error: { code: 'unpacked', message: reason } });
  wake(world, saga, { now } as Parameters<typeof wake>[2]);
}

interface Replaced {
  readonly id: string;
  readonly carrierRef: string;
  readonly trackingNumber: string | null;
  readonly labelUrl: string | null;
  readonly labelNo: number;
  readonly manifestId: string | null;
}

interface VoidCall {
  readonly carrier: string;
  readonly labels: readonly { readonly id: string; readonly carrierRef: string; readonly attemptId: string }[];
}

const replacedOf = (saga: Saga): readonly Replaced[] => saga.state.replaced as readonly Replaced[];

const voidOld = remote<World, Outside, VoidCall, readonly CarrierOutcome[]>({
  prepare(world, saga) {
    const shipment = shipmentOf(world, saga);
    const labels = replacedOf(saga).map(({ id, carrierRef, labelNo }) => ({
      id,
      carrierRef,
      attemptId: `${labelAttempt({ id, labelNo })}:void`,
    }));
    return { kind: 'call', args: { carrier: shipment.carrier ?? 'parcel', labels } };
  },
  call: ({ carrier: name, labels }, outside, signal) =>
    Promise.all(labels.map(({ carrierRef, attemptId }) => carrier(outside, name).voidLabel({ carrierRef, attemptId }, signal))),
  settle(world, saga, _args, outcomes) {
    const open = outcomes.find((outcome) => outcome.kind === 'unknown' || outcome.kind === 'unreachable');
    if (open && 'reason' in open) return { kind: 'retry', error: { code: open.kind, message: open.reason } };
    const refused = outcomes.find((outcome) => outcome.kind === 'failed');
    if (!refused) return next;
    keepOld(world, saga, outcomes);
    return { kind: 'next' };
  },
});

/** The carrier has these parcels already: they keep the labels that they bear. */
function keepOld(world: World, saga: Saga, outcomes: readonly CarrierOutcome[]): void {
  const shipment = shipmentOf(world, saga);
  const parcels = fulfilment.parcelsOf(world.fulfilment, shipment);
  for (const [index, { id, ...label }] of replacedOf(saga).entries()) {
    const parcel = parcels.find((candidate) => candidate.id === id);
    if (outcomes[index]?.kind !== 'failed' || parcel?.status !== 'PENDING') continue;
    Object.assign(parcel, { ...label, status: 'LABELLED', manifestId: null });
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
  }
}

/** The shipment's own saga waited for the new label. */
function resume(world: World, saga: Saga, ctx: Parameters<typeof wake>[2]): typeof next {
  const own = sagaOf(world, shipmentOf(world, saga));
  if (own) wake(world, own, ctx);
  return next;
}

export const relabelSaga: SagaDefinition<World, Outside> = {
  kind: RELABEL_SAGA,
  version: 1,
  steps: [
    { name: 'void', run: voidOld },
    { name: 'label', run: buyLabels },
    { name: 'resume', run: resume },
  ],
};

export const voidLabel: Verb<VoidLabelInput, Voiding, VoidedLabel> = {
  name: 'void-label',
  lock,
  decide,
  async write(tx, world) {
    await manifests.write(tx, world.manifests, world.home, world.now);
    await writeWorld(tx, world);
  },
};
