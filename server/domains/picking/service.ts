import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import type { UnitRange } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import type { PickStatus, PickTask } from './rules.ts';
import { insertLists, insertTasks, type PickListRow, readLines, readTasks, updateTasks } from './store.ts';

export interface PickingState {
  readonly tasks: Map<string, PickTask[]>;
  readonly lists: PickListRow[];
  readonly fresh: Set<PickTask>;
  readonly dirty: Set<PickTask>;
}

/** Reads the tasks of orders whose locks the caller holds; those given up are left out. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<PickingState> {
  const lines = await readLines(tx, orderIds);
  const units = Map.groupBy(lines, (line) => line.pickListId + line.orderId);
  const tasks = (await readTasks(tx, orderIds)).map((task): PickTask => {
    const own = units.get(task.pickListId + task.orderId) ?? [];
    return { ...task, units: own.map(({ lineId, from, to }) => ({ lineId, from, to })) };
  });
  return { tasks: Map.groupBy(tasks, (task) => task.orderId), lists: [], fresh: new Set(), dirty: new Set() };
}

export function ofOrder(state: PickingState, orderId: string): readonly PickTask[] {
  return state.tasks.get(orderId) ?? [];
}

export interface Round {
  readonly number: string;
  readonly merchantId: string;
  readonly nodeId: string;
  readonly orders: readonly { readonly orderId: string; readonly units: readonly UnitRange[] }[];
}

/** Adds a pick list with a task per order; returns its id. */
export function addList(state: PickingState, round: Round, ctx: Ctx): string {
  const id = newId();
  const by = { created_by: ctx.actor, created_at: ctx.now, trace_id: ctx.traceId };
  state.lists.push({ id, number: round.number, home: ctx.home, merchant_id: round.merchantId, node_id: round.nodeId, ...by });
  for (const [index, { orderId, units }] of round.orders.entries()) {
    const task: PickTask = {
      pickListId: id,
      pickListNumber: round.number,
      orderId,
      nodeId: round.nodeId,
      position: index + 1,
      units,
      status: 'picking',
      changedBy: ctx.actor,
      changedAt: ctx.now,
    };
    state.tasks.set(orderId, [...ofOrder(state, orderId), task]);
    state.fresh.add(task);
  }
  return id;
}

export function changeStatus(state: PickingState, task: PickTask, status: PickStatus, ctx: Ctx): void {
  Object.assign(task, { status, changedBy: ctx.actor, changedAt: ctx.now });
  if (!state.fresh.has(task)) state.dirty.add(task);
}

export async function write(tx: Tx, state: PickingState): Promise<void> {
  await insertLists(tx, state.lists);
  await insertTasks(tx, [...state.fresh]);
  await updateTasks(tx, [...state.dirty]);
}
