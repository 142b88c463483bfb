import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { isTimeZone } from '../../domains/routing/calendar.ts';
import { checkFacts, type NodeSettings, planEdit } from '../../domains/routing/rules.ts';
import type { SaveNodeSettingsInput } from '../../domains/routing/schema.ts';
import * as routing from '../../domains/routing/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from '../stale.ts';

/**
 * Says what a node can do and what it costs: when it works, how much it takes a day, where it sends to and for how much. Orders that wait
 * for a node are planned by it from now on; what is allocated stays where it is.
 */
export interface SavedNode {
  readonly nodeId: string;
  readonly version: number;
  /** Names of the fields that changed; empty where nothing differs. */
  readonly changed: readonly string[];
}

interface SavingNodes extends Locked {
  readonly routing: routing.EditState;
  readonly nodes: Map<string, fulfilment.LockedNode>;
  readonly changes: LastChanges;
  readonly stamped: Set<string>;
  readonly outbox: Outbox;
  readonly now: Date;
}

async function lock(tx: Tx, requests: readonly Request<SaveNodeSettingsInput>[]): Promise<SavingNodes> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  const state = await routing.lockForEditing(tx, { nodeIds: requests.map(({ input }) => input.nodeId) });
  const nodes = await fulfilment.lockNodesOf(tx, merchantIds);
  const byId = new Map([...state.settings.values()].map((one) => [one.nodeId, { id: one.nodeId, version: one.version }]));
  const seen = requests.map(({ input }) => ({ id: input.nodeId, version: input.version }));
  const changes = await readLastChanges(tx, 'node', seen, byId);
  const { ctx } = requests[0] as Request<SaveNodeSettingsInput>;
  return { applied: 0, routing: state, nodes, changes, stamped: new Set(), outbox: newOutbox(), now: ctx.now };
}

function decide(world: SavingNodes, { input, ctx }: Request<SaveNodeSettingsInput>): SavedNode {
  const { merchantId, nodeId, version, priority, ...facts } = input;
  const node = world.nodes.get(nodeId);
  if (node?.merchantId !== merchantId) throw new DomainError('not_found', 'This merchant has no such node.');
  checkFacts(facts, isTimeZone);
  const known = routing.settingsOf(world.routing.settings, node);
  refuseStale(node.name, { id: nodeId, version: known.version }, version, world.changes);
  const { nodeId: _node, merchantId: _merchant, version: _version, ...was } = known;
  const change = planEdit({ ...was, priority: node.priority }, { ...facts, priority });
  if (!change) return { nodeId, version: Number(known.version), changed: [] };
  const next: NodeSettings = { ...facts, nodeId, merchantId, version: known.version + 1n };
  routing.putSettings(world.routing, next);
  world.nodes.set(nodeId, { ...node, priority });
  world.stamped.add(merchantId);
  world.applied++;
  const about = { aggregate: 'node', aggregateId: nodeId, aggregateVersion: next.version, merchantId } as const;
  emit(world.outbox, { ...about, type: 'node.changed', data: { code: node.code, fields: Object.keys(change.after) } }, ctx);
  audit(world.outbox, { action: 'node.changed', entity: 'node', entityId: nodeId, merchantId, ...change }, ctx);
  return { nodeId, version: Number(next.version), changed: Object.keys(change.after) };
}

/** Every process learns by the stamp that what it remembers of these merchants is old. */
export async function stamp(
  tx: Tx,
  nodes: ReadonlyMap<string, fulfilment.LockedNode>,
  merchantIds: ReadonlySet<string>,
): Promise<void> {
  const routingStamp = newId();
  const own = [...nodes.values()].filter((node) => merchantIds.has(node.merchantId));
  await fulfilment.stampNodes(
    tx,
    own.map((node) => ({ ...node, routingStamp })),
  );
}

export const saveNodeSettings: Verb<SaveNodeSettingsInput, SavingNodes, SavedNode> = {
  name: 'save-node-settings',
  lock,
  decide,
  async write(tx, world) {
    await routing.writeEdits(tx, world.routing, world.now);
    await stamp(tx, world.nodes, world.stamped);
    await writeOutbox(tx, world.outbox);
  },
};
