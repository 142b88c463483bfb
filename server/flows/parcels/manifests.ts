import type { ManifestOutcome } from '../../domains/fulfilment/provider.ts';
import { awaitsHandOver, type Parcel, type Shipment } from '../../domains/fulfilment/rules.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { MAX_PARCELS, type Manifest, type ManifestParcel } from '../../domains/manifests/rules.ts';
import type { CloseManifestInput, HandOverInput } from '../../domains/manifests/schema.ts';
import * as manifests from '../../domains/manifests/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { ManifestStatus } from '../../kernel/vocabulary.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, job } from '../../platform/outbox.ts';
import { backoffMs } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { isRelabelling } from '../labels.ts';
import { lockWorld, orderOf, takeNumber, tell, type World, wake, writeWorld } from '../world.ts';

/**
 * Closes the day at a node for a carrier: the labelled parcels that are on no manifest become one. When the carrier has it, their money is
 * taken; each leaves as it is handed over. What is left behind waits for another manifest, and is seen.
 */
export interface LeftOff {
  readonly trackingNumber: string;
  readonly why: string;
}
export interface ClosedManifest {
  readonly id: string;
  readonly number: string;
  readonly status: ManifestStatus;
  readonly parcels: number;
  readonly left: readonly LeftOff[];
}
export interface HandedOver {
  readonly id: string;
  readonly status: ManifestStatus;
  readonly handedOver: number;
  readonly left: readonly LeftOff[];
}

export interface ManifestWorld extends World {
  readonly manifests: manifests.ManifestsState;
  /** Parcels that are on a manifest already, or were put on one in this batch. */
  readonly listed: Set<string>;
}

async function lockWaiting(tx: Tx, requests: readonly Request<CloseManifestInput>[]): Promise<ManifestWorld> {
  const { ctx } = requests[0] as Request<CloseManifestInput>;
  const state = await manifests.lock(tx, []);
  const waiting = [];
  for (const { input } of requests)
    waiting.push(...(await fulfilment.findLabelled(tx, input.nodeId, input.carrier, MAX_PARCELS)));
  const orderIds = [...new Set(waiting.map((one) => one.orderId))];
  const world = await lockWorld(tx, { orderIds, nodes: true, numbers: { manifest: requests.length } }, ctx);
  const parcels = [...world.fulfilment.byId.values()].flatMap((shipment) => fulfilment.parcelsOf(world.fulfilment, shipment));
  const listed = await manifests.readListed(
    tx,
    parcels.map((parcel) => parcel.id),
  );
  return { ...world, manifests: state, listed: new Set(listed.map((one) => one.parcelId)) };
}

interface Waiting {
  readonly shipment: Shipment;
  readonly parcel: Parcel;
}

/** Why a labelled parcel cannot be called for now; null where it can. */
function whyNot(world: ManifestWorld, { shipment }: Waiting): string | null {
  const order = orderOf(world, shipment.orderId);
  if (order.row.holds.length > 0) return `${order.row.number} is on hold (${order.row.holds.join(', ')}).`;
  const saga = sagasOf(world.sagas, shipment.orderId).find(
    (one) => one.kind === 'ship-order' && one.state.shipmentId === shipment.id,
  );
  if (!saga || saga.state.compensating === true) return `${shipment.number} is being undone.`;
  return isRelabelling(world, shipment) ? `A label of ${shipment.number} is being bought anew.` : null;
}

function close(world: ManifestWorld, { input, ctx }: Request<CloseManifestInput>): ClosedManifest {
  const { nodeId, carrier } = input;
  const node = [...world.fulfilment.nodes.values()].flat().find((candidate) => candidate.id === nodeId);
  const only = input.parcels ? new Set(input.parcels) : null;
  const waiting = [...world.fulfilment.byId.values()]
    .filter((shipment) => shipment.nodeId === nodeId && shipment.carrier === carrier)
    .flatMap((shipment) => fulfilment.parcelsOf(world.fulfilment, shipment).map((parcel): Waiting => ({ shipment, parcel })))
    .filter(
      ({ parcel }) => parcel.status === 'LABELLED' && parcel.carrierRef && !parcel.manifestId && !world.listed.has(parcel.id),
    )
    .filter(({ parcel }) => only === null || only.has(parcel.id));
  if (waiting.length === 0 || !node)
    throw new DomainError('state_refuses', 'No labelled parcel waits at this node: there is nothing to close.');
  if (node.handOver !== 'by_manifest')
    throw new DomainError('state_refuses', `Parcels leave ${node.name} as soon as they are paid: it needs no manifest.`);
  const judged = waiting.map((one) => ({ ...one, why: whyNot(world, one) }));
  const left = judged.flatMap(({ parcel, why }) => (why ? [{ trackingNumber: parcel.trackingNumber ?? '', why }] : []));
  const going = judged.filter(({ why }) => why === null);
  if (going.length === 0) throw new DomainError('state_refuses', left.map(({ why }) => why).join(' '));
  const id = newId();
  const number = takeNumber(world, 'manifest');
  const manifest: Manifest = {
    id,
    number,
    merchantId: node.merchantId,
    nodeId,
    carrier,
    createdBy: ctx.actor,
    createdAt: ctx.now,
    traceId: ctx.traceId,
    status: 'closing',
    carrierRef: null,
    error: null,
    asked: false,
    attempt: 0,
    nextAt: ctx.now,
    version: 1n,
    closedAt: null,
    handedOverAt: null,
  };
  manifests.add(
    world.manifests,
    manifest,
    going.map(({ shipment, parcel }): ManifestParcel => {
      world.listed.add(parcel.id);
      return {
        manifestId: id,
        parcelId: parcel.id,
        shipmentId: shipment.id,
        boxId: parcel.id === shipment.id ? null : parcel.id,
        orderId: shipment.orderId,
        trackingNumber: parcel.trackingNumber ?? '',
        carrierRef: parcel.carrierRef ?? '',
        status: 'listed',
      };
    }),
  );
  world.applied++;
  job(world.outbox, { task: 'advance-manifest', payload: { manifestId: id } });
  record(world, manifest, 'manifest.created', { parcels: going.length, left: left.length }, ctx);
  return { id, number, status: manifest.status, parcels: going.length, left };
}

function record(world: World, manifest: Manifest, action: string, facts: Record<string, unknown>, ctx: Ctx): void {
  const { id: entityId, merchantId, number, status, nodeId, carrier } = manifest;
  audit(
    world.outbox,
    { action, entity: 'manifest', entityId, merchantId, after: { number, status, nodeId, carrier, ...facts } },
    ctx,
  );
}

/** Locks a manifest, then the orders whose parcels are on it. */
export async function lockManifest(tx: Tx, ids: readonly string[], ctx: Ctx): Promise<ManifestWorld> {
  const state = await manifests.lock(tx, ids);
  const orderIds = [...new Set(state.parcels.map((parcel) => parcel.orderId))];
  return { ...(await lockWorld(tx, { orderIds }, ctx)), manifests: state, listed: new Set() };
}

export async function writeManifests(tx: Tx, world: ManifestWorld): Promise<void> {
  await manifests.write(tx, world.manifests, world.home, world.now);
  await writeWorld(tx, world);
}

/** What the carrier said of a manifest that was being closed. */
export function settleManifest(
  world: ManifestWorld,
  manifest: Manifest,
  outcome: ManifestOutcome | { readonly kind: 'not_found' },
  ctx: Ctx,
): void {
  manifests.changed(world.manifests, manifest);
  world.applied++;
  switch (outcome.kind) {
    case 'succeeded':
      Object.assign(manifest, {
        status: 'closed',
        carrierRef: outcome.manifestRef,
        closedAt: ctx.now,
        nextAt: null,
        error: null,
      });
      callFor(world, manifest, ctx);
      record(world, manifest, 'manifest.closed', {}, ctx);
      return;
    case 'failed':
      Object.assign(manifest, { status: 'refused', error: outcome.message, nextAt: null });
      // Its parcels are free for another one.
      for (const parcel of manifests.parcelsOf(world.manifests, manifest.id))
        manifests.changeParcel(world.manifests, parcel, 'left_behind');
      record(world, manifest, 'manifest.refused', { error: outcome.message }, ctx);
      return;
    case 'unknown':
    case 'unreachable':
    case 'not_found':
      manifest.attempt += 1;
      manifest.asked = outcome.kind === 'unknown' || (outcome.kind === 'unreachable' && manifest.asked);
      manifest.error = 'reason' in outcome ? outcome.reason : null;
      manifest.nextAt = new Date(ctx.now.getTime() + backoffMs(manifest.attempt));
      job(world.outbox, { task: 'advance-manifest', payload: { manifestId: manifest.id }, runAt: manifest.nextAt });
  }
}

/** The parcels of a closed manifest are called for; their shipments' sagas take the money. */
function callFor(world: ManifestWorld, manifest: Manifest, ctx: Ctx): void {
  const told = new Set<string>();
  for (const row of manifests.parcelsOf(world.manifests, manifest.id)) {
    const found = parcelOf(world, row);
    // Its label was replaced, or its shipment undone, while the manifest was being closed.
    if (found?.parcel.status !== 'LABELLED' || found.parcel.carrierRef !== row.carrierRef) {
      manifests.changeParcel(world.manifests, row, 'left_behind');
      continue;
    }
    const { shipment, parcel } = found;
    parcel.manifestId = manifest.id;
    fulfilment.parcelChanged(world.fulfilment, shipment, parcel);
    if (told.has(shipment.id)) continue;
    told.add(shipment.id);
    const about = { shipmentId: shipment.id, shipmentNumber: shipment.number, manifestNumber: manifest.number };
    tell(world, orderOf(world, shipment.orderId), 'shipment.manifested', about, ctx);
    wakeShipment(world, shipment, ctx);
  }
}

function parcelOf(world: World, row: ManifestParcel): Waiting | undefined {
  const shipment = world.fulfilment.byId.get(row.shipmentId);
  const parcel = shipment && fulfilment.parcelsOf(world.fulfilment, shipment).find((candidate) => candidate.id === row.parcelId);
  return shipment && parcel ? { shipment, parcel } : undefined;
}

function wakeShipment(world: World, shipment: Shipment, ctx: Ctx): void {
  const saga = sagasOf(world.sagas, shipment.orderId).find(
    (one) => one.kind === 'ship-order' && one.state.shipmentId === shipment.id,
  );
  if (saga) wake(world, saga, ctx);
}

function handOver(world: ManifestWorld, { input, ctx }: Request<HandOverInput>): HandedOver {
  const manifest = world.manifests.byId.get(input.manifestId);
  if (!manifest) throw new DomainError('not_found', 'There is no such manifest.');
  if (manifest.status !== 'closed')
    throw new DomainError(
      'state_refuses',
      manifest.status === 'closing'
        ? `${manifest.number} is being closed: wait until the carrier has it.`
        : `${manifest.number} is ${manifest.status === 'refused' ? 'refused by the carrier' : 'handed over already'}.`,
    );
  const rows = manifests.parcelsOf(world.manifests, manifest.id);
  const scanned = input.trackingNumbers?.map((number) => number.toUpperCase());
  const unknown = scanned?.find((number) => !rows.some((row) => row.trackingNumber.toUpperCase() === number));
  if (unknown) throw new DomainError('not_found', `${unknown} is not on ${manifest.number}: keep it here.`);
  const meant = rows.filter((row) => row.status === 'listed' && (!scanned || scanned.includes(row.trackingNumber.toUpperCase())));
  const judged = meant.map((row) => ({ row, why: whyKept(world, row) }));
  const left = judged.flatMap(({ row, why }) => (why ? [{ trackingNumber: row.trackingNumber, why }] : []));
  const going = judged.filter(({ why }) => why === null).map(({ row }) => row);
  if (going.length === 0 && !input.finish && rows.some((row) => row.status === 'listed'))
    throw new DomainError('state_refuses', left.map(({ why }) => why).join(' ') || 'These were handed over already.');
  for (const row of going) {
    const found = parcelOf(world, row) as Waiting;
    found.parcel.handedOverAt = ctx.now;
    fulfilment.parcelChanged(world.fulfilment, found.shipment, found.parcel);
    manifests.changeParcel(world.manifests, row, 'handed_over');
    wakeShipment(world, found.shipment, ctx);
  }
  if (input.finish) leaveBehind(world, manifest, ctx);
  if (manifests.parcelsOf(world.manifests, manifest.id).every((row) => row.status !== 'listed'))
    Object.assign(manifest, { status: 'handed_over', handedOverAt: ctx.now });
  manifests.changed(world.manifests, manifest);
  world.applied++;
  record(world, manifest, 'manifest.handed_over', { parcels: going.length, left: left.length, finish: input.finish }, ctx);
  return { id: manifest.id, status: manifest.status, handedOver: going.length, left };
}

/** Why a parcel must not leave, although it is on a manifest; null where it may. */
function whyKept(world: World, row: ManifestParcel): string | null {
  const found = parcelOf(world, row);
  if (!found || !awaitsHandOver(found.parcel) || found.parcel.carrierRef !== row.carrierRef)
    return `${row.trackingNumber} bears another label by now.`;
  const saga = sagasOf(world.sagas, row.orderId).find(
    (one) => one.kind === 'ship-order' && one.state.shipmentId === row.shipmentId,
  );
  return saga?.step === 'dispatch' ? null : `${row.trackingNumber} is not paid yet: keep it here.`;
}

/** What nobody took stays, and is free for another manifest. */
function leaveBehind(world: ManifestWorld, manifest: Manifest, ctx: Ctx): void {
  for (const row of manifests.parcelsOf(world.manifests, manifest.id)) {
    if (row.status !== 'listed') continue;
    manifests.changeParcel(world.manifests, row, 'left_behind');
    const found = parcelOf(world, row);
    if (!found || found.parcel.manifestId !== manifest.id) continue;
    found.parcel.manifestId = null;
    fulfilment.parcelChanged(world.fulfilment, found.shipment, found.parcel);
    const { id: shipmentId, number: shipmentNumber } = found.shipment;
    const about = { shipmentId, shipmentNumber, manifestNumber: manifest.number };
    tell(world, orderOf(world, row.orderId), 'shipment.left_behind', about, ctx);
  }
}

export const closeManifest: Verb<CloseManifestInput, ManifestWorld, ClosedManifest> = {
  name: 'close-manifest',
  lock: lockWaiting,
  decide: close,
  write: writeManifests,
};

export const handOverManifest: Verb<HandOverInput, ManifestWorld, HandedOver> = {
  name: 'hand-over-manifest',
  lock: (tx, requests) =>
    lockManifest(
      tx,
      requests.map((request) => request.input.manifestId),
      (requests[0] as Request<HandOverInput>).ctx,
    ),
  decide: handOver,
  write: writeManifests,
};
