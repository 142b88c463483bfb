import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { insertBoxes, insertReturns, type ReceivedBack, readBoxes, updateBoxes } from './box-store.ts';
import type { BoxContents } from './boxes.ts';
import {
  awaitsHandOver,
  type Box,
  deriveShipment,
  isTrouble,
  type Node,
  type Parcel,
  type Shipment,
  type ShipmentLine,
} from './rules.ts';
import {
  insertNodes,
  insertShipmentLines,
  insertShipments,
  insertUpdates,
  lockNodes,
  type NewNode,
  readNodes,
  readShipments,
  type ShipmentUpdate,
  updateShipments,
  writeRouting,
} from './store.ts';

export { findHandOvers, findLabelled, foreignNodes, updateHandOver } from './box-store.ts';
export { ordersOfShipments } from './store.ts';

export interface FulfilmentState {
  readonly byId: Map<string, Shipment>;
  readonly nodes: Map<string, Node[]>;
  readonly fresh: Set<Shipment>;
  readonly dirty: Set<Shipment>;
  readonly newLines: ShipmentLine[];
  readonly updates: ShipmentUpdate[];
  /** The boxes of the shipments that have any, by shipment. */
  readonly boxes: Map<string, Box[]>;
  readonly freshBoxes: Set<Box>;
  readonly dirtyBoxes: Set<Box>;
  readonly receivedBack: ReceivedBack[];
}

/** Reads the shipments of orders that are locked. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<FulfilmentState> {
  const state: FulfilmentState = {
    byId: new Map(),
    nodes: new Map(),
    fresh: new Set(),
    dirty: new Set(),
    newLines: [],
    updates: [],
    boxes: new Map(),
    freshBoxes: new Set(),
    dirtyBoxes: new Set(),
    receivedBack: [],
  };
  if (orderIds.length === 0) return state;
  const shipments = await readShipments(tx, orderIds);
  for (const shipment of shipments) state.byId.set(shipment.id, shipment);
  // Most shipments are one box: nobody asks for boxes that are not there.
  const boxed = shipments.filter((shipment) => shipment.boxes > 0).map((shipment) => shipment.orderId);
  if (boxed.length > 0)
    for (const box of await readBoxes(tx, [...new Set(boxed)]))
      state.boxes.set(box.shipmentId, [...(state.boxes.get(box.shipmentId) ?? []), box]);
  return state;
}

export async function loadNodes(tx: Tx, state: FulfilmentState, merchantIds: readonly string[]): Promise<void> {
  if (merchantIds.length === 0) return;
  for (const node of await readNodes(tx, [...new Set(merchantIds)]))
    state.nodes.set(node.merchantId, [...(state.nodes.get(node.merchantId) ?? []), node]);
}

export function addShipment(
  state: FulfilmentState,
  shipment: Shipment,
  lines: readonly ShipmentLine[],
  boxes: readonly BoxContents[] = [],
): void {
  state.byId.set(shipment.id, shipment);
  state.fresh.add(shipment);
  state.newLines.push(...lines);
  const made = boxes.map((contents, index): Box => ({ ...contents, ...blank(shipment), number: index + 1 }));
  if (made.length > 0) state.boxes.set(shipment.id, made);
  for (const box of made) state.freshBoxes.add(box);
}

const blank = ({ id, orderId }: Shipment): Omit<Box, 'number' | keyof BoxContents> => ({
  id: newId(),
  shipmentId: id,
  orderId,
  status: 'PENDING',
  statusAt: null,
  labelNo: 1,
  carrierRef: null,
  trackingNumber: null,
  labelUrl: null,
  manifestId: null,
  handedOverAt: null,
  deliveredAt: null,
  settledAt: null,
});

/** The parcels of a shipment: its boxes, or itself. */
export function parcelsOf(state: FulfilmentState, shipment: Shipment): readonly Parcel[] {
  return state.boxes.get(shipment.id) ?? [shipment];
}

/** Something about a parcel of the shipment changed: what follows from its boxes is the shipment's. */
export function parcelChanged(state: FulfilmentState, shipment: Shipment, parcel: Parcel): void {
  const boxes = state.boxes.get(shipment.id);
  const box = boxes?.find((candidate) => candidate.id === parcel.id);
  if (box && !state.freshBoxes.has(box)) state.dirtyBoxes.add(box);
  if (boxes) {
    const [first] = boxes;
    shipment.status = deriveShipment(boxes);
    // What one asks a shipment for is what its first box has; each has its own beside it.
    shipment.carrierRef = first?.carrierRef ?? null;
    shipment.trackingNumber = first?.trackingNumber ?? null;
    shipment.labelUrl = first?.labelUrl ?? null;
    shipment.settledAt = boxes.every((candidate) => !isTrouble(candidate) || candidate.settledAt !== null)
      ? latest(boxes.map((candidate) => candidate.settledAt))
      : null;
    const arrived = boxes.filter((candidate) => candidate.status !== 'CANCELLED');
    shipment.deliveredAt = shipment.status === 'DELIVERED' ? latest(arrived.map((candidate) => candidate.deliveredAt)) : null;
    shipment.handedOverAt = arrived.every((candidate) => !awaitsHandOver(candidate))
      ? latest(arrived.map((candidate) => candidate.handedOverAt))
      : null;
  }
  changed(state, shipment);
}

const latest = (times: readonly (Date | null)[]): Date | null =>
  times.reduce<Date | null>((found, time) => (time && (!found || time > found) ? time : found), null);

export function changed(state: FulfilmentState, shipment: Shipment): void {
  if (state.fresh.has(shipment)) return;
  shipment.version += 1n;
  state.dirty.add(shipment);
}

export async function write(tx: Tx, state: FulfilmentState, now: Date): Promise<void> {
  await together(
    insertShipments(tx, [...state.fresh], now),
    updateShipments(tx, [...state.dirty], now),
    insertShipmentLines(tx, state.newLines),
    insertUpdates(tx, state.updates),
    insertBoxes(tx, [...state.freshBoxes], now),
    updateBoxes(tx, [...state.dirtyBoxes], now),
    insertReturns(tx, state.receivedBack),
  );
}

/** Opens nodes. Their codes must be new to their merchant. */
export function addNodes(tx: Tx, nodes: readonly NewNode[], now: Date): Promise<void> {
  return insertNodes(tx, nodes, now);
}

export type LockedNode = Awaited<ReturnType<typeof lockNodes>>[number];

/** The nodes of merchants under their locks, by id: what is decided about them holds until COMMIT. */
export async function lockNodesOf(tx: Tx, merchantIds: readonly string[]): Promise<Map<string, LockedNode>> {
  lockStep(tx, 'nodes');
  return new Map((await lockNodes(tx, [...new Set(merchantIds)])).map((node) => [node.id, node]));
}

/** Stamps nodes anew, with the priorities they have now. */
export function stampNodes(tx: Tx, nodes: readonly Pick<Node, 'id' | 'priority' | 'routingStamp'>[]): Promise<void> {
  return writeRouting(tx, nodes);
}
