import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import type { Node, Shipment, ShipmentLine } from './rules.ts';
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

export { ordersOfShipments } from './store.ts';

export interface FulfilmentState {
  readonly byId: Map<string, Shipment>;
  readonly nodes: Map<string, Node[]>;
  readonly fresh: Set<Shipment>;
  readonly dirty: Set<Shipment>;
  readonly newLines: ShipmentLine[];
  readonly updates: ShipmentUpdate[];
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
  };
  if (orderIds.length > 0) for (const shipment of await readShipments(tx, orderIds)) state.byId.set(shipment.id, shipment);
  return state;
}

export async function loadNodes(tx: Tx, state: FulfilmentState, merchantIds: readonly string[]): Promise<void> {
  if (merchantIds.length === 0) return;
  for (const node of await readNodes(tx, [...new Set(merchantIds)]))
    state.nodes.set(node.merchantId, [...(state.nodes.get(node.merchantId) ?? []), node]);
}

export function addShipment(state: FulfilmentState, shipment: Shipment, lines: readonly ShipmentLine[]): void {
  state.byId.set(shipment.id, shipment);
  state.fresh.add(shipment);
  state.newLines.push(...lines);
}

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
