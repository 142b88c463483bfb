import { newId } from '../../kernel/ids.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { together } from '../../platform/together.ts';
import { DEFAULT_FACTS, type NodeSettings, type RuleSet } from './rules.ts';
import {
  type Exclusion,
  giveBackLoads,
  insertDecisions,
  insertExclusions,
  insertLoads,
  lastNumbers,
  lockDays,
  lockRules,
  lockSettings,
  type NewDecision,
  type NewLoad,
  readActiveRules,
  readExclusions,
  readLoads,
  readSettings,
  writeRules,
  writeSettings,
} from './store.ts';

export type { Exclusion, NewDecision } from './store.ts';

/** What a merchant says about routing: settings by node, and the rules in force. */
export interface RoutingConfig {
  readonly settings: ReadonlyMap<string, NodeSettings>;
  readonly active: RuleSet | null;
}

/** Configuration, read without locks. */
export async function readConfig(db: Queryable, merchantId: string): Promise<RoutingConfig> {
  const [settings, active] = await Promise.all([readSettings(db, [merchantId]), readActiveRules(db, [merchantId])]);
  return { settings: new Map(settings.map((one) => [one.nodeId, one])), active: active[0] ?? null };
}

/** What a batch knows of routing, and what it adds. */
export interface RoutingState {
  /** By merchant; absent where there are neither settings nor rules. */
  readonly configs: Map<string, RoutingConfig>;
  /** What nodes with a capacity have taken today, in their own unit: as of the lock, and of this batch. */
  readonly used: Map<string, number>;
  /** The day, where the node is, that their capacity is counted on. */
  readonly days: Map<string, string>;
  readonly loads: NewLoad[];
  readonly givenBack: Omit<NewLoad, 'day'>[];
  readonly exclusions: Exclusion[];
  readonly decisions: NewDecision[];
}

export function newRouting(configs: Map<string, RoutingConfig> = new Map()): RoutingState {
  return { configs, used: new Map(), days: new Map(), loads: [], givenBack: [], exclusions: [], decisions: [] };
}

/** Locks the days of nodes that have a capacity, and counts what they hold. Nothing is asked where no node has one. */
export async function lockCapacity(
  tx: Tx,
  state: RoutingState,
  nodes: readonly { readonly nodeId: string; readonly day: string; readonly unit: 'orders' | 'units' }[],
): Promise<void> {
  if (nodes.length === 0) return;
  lockStep(tx, 'node_days');
  await lockDays(
    tx,
    nodes.map((node) => node.nodeId),
  );
  await countCapacity(tx, state, nodes);
}

/** The same without the lock: what a plan that is checked later is made on. */
export async function countCapacity(
  db: Queryable,
  state: Pick<RoutingState, 'used' | 'days'>,
  nodes: readonly { readonly nodeId: string; readonly day: string; readonly unit: 'orders' | 'units' }[],
): Promise<void> {
  if (nodes.length === 0) return;
  const loads = new Map((await readLoads(db, nodes)).map((load) => [load.nodeId, load]));
  for (const { nodeId, unit, day } of nodes) {
    state.used.set(nodeId, loads.get(nodeId)?.[unit] ?? 0);
    state.days.set(nodeId, day);
  }
}

/** Counts units that a node takes, if its days are counted. */
export function addLoad(
  state: RoutingState,
  load: { readonly nodeId: string; readonly orderId: string; readonly units: number; readonly counted: number },
  at: Date,
): void {
  const { nodeId, orderId, units, counted } = load;
  const day = state.days.get(nodeId);
  if (day === undefined) return;
  state.loads.push({ id: newId(), node_id: nodeId, day, order_id: orderId, units, at });
  state.used.set(nodeId, (state.used.get(nodeId) ?? 0) + counted);
}

/** Units that leave a node again before they were sent. */
export function giveBack(state: RoutingState, orderId: string, nodeId: string, units: number, at: Date): void {
  state.givenBack.push({ id: newId(), node_id: nodeId, order_id: orderId, units: -units, at });
}

/** What was taken from nodes before, by order. */
export async function exclusionsOf(db: Queryable, orderIds: readonly string[]): Promise<ReadonlyMap<string, Exclusion[]>> {
  return orderIds.length === 0 ? new Map() : Map.groupBy(await readExclusions(db, orderIds), (one) => one.orderId);
}

export async function write(tx: Tx, state: RoutingState): Promise<void> {
  await together(
    insertLoads(tx, state.loads),
    giveBackLoads(tx, state.givenBack),
    insertExclusions(tx, state.exclusions),
    insertDecisions(tx, state.decisions),
  );
}

/** Settings and rules that people are about to change. The merchants are locked already. */
export interface EditState {
  readonly settings: Map<string, NodeSettings>;
  readonly drafts: Map<string, RuleSet>;
  readonly active: Map<string, RuleSet>;
  readonly lastNumber: Map<string, number>;
  readonly dirtySettings: Set<string>;
  readonly freshRules: Set<RuleSet>;
  readonly dirtyRules: Set<RuleSet>;
}

export async function lockForEditing(
  tx: Tx,
  keys: { readonly nodeIds?: readonly string[]; readonly rulesOf?: readonly string[] },
): Promise<EditState> {
  lockStep(tx, 'routing');
  const settings = keys.nodeIds ? await lockSettings(tx, [...new Set(keys.nodeIds)]) : [];
  const rules = keys.rulesOf ? await lockRules(tx, [...new Set(keys.rulesOf)]) : [];
  const byStatus = (status: RuleSet['status']) =>
    new Map(rules.filter((one) => one.status === status).map((one) => [one.merchantId, one]));
  return {
    settings: new Map(settings.map((one) => [one.nodeId, one])),
    drafts: byStatus('draft'),
    active: byStatus('active'),
    lastNumber: keys.rulesOf ? await lastNumbers(tx, [...new Set(keys.rulesOf)]) : new Map(),
    dirtySettings: new Set(),
    freshRules: new Set(),
    dirtyRules: new Set(),
  };
}

/** A node's settings as they are kept, or the defaults. */
export function settingsOf(
  settings: ReadonlyMap<string, NodeSettings>,
  node: { readonly id: string; readonly merchantId: string },
): NodeSettings {
  return settings.get(node.id) ?? { ...DEFAULT_FACTS, nodeId: node.id, merchantId: node.merchantId, version: 0n };
}

export function putSettings(state: EditState, settings: NodeSettings): void {
  state.settings.set(settings.nodeId, settings);
  state.dirtySettings.add(settings.nodeId);
}

/** Puts rules in the place of what they were before, if anything. */
export function putRules(state: EditState, was: RuleSet | undefined, next: RuleSet): void {
  const { merchantId } = next;
  const wasFresh = was !== undefined && state.freshRules.delete(was);
  if (was) state.dirtyRules.delete(was);
  (was && !wasFresh ? state.dirtyRules : state.freshRules).add(next);
  if (was?.status === 'draft') state.drafts.delete(merchantId);
  if (was?.status === 'active') state.active.delete(merchantId);
  if (next.status === 'draft') state.drafts.set(merchantId, next);
  if (next.status === 'active') state.active.set(merchantId, next);
  state.lastNumber.set(merchantId, Math.max(state.lastNumber.get(merchantId) ?? 0, next.number));
}

export async function writeEdits(tx: Tx, state: EditState, now: Date): Promise<void> {
  await writeSettings(
    tx,
    [...state.dirtySettings].map((nodeId) => state.settings.get(nodeId) as NodeSettings),
    now,
  );
  await writeRules(tx, [...state.freshRules], [...state.dirtyRules], now);
}
