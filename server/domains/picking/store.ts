import type { UnitRange } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { insertRows, type TableSpec, updateRows } from '../../platform/rows.ts';
import type { PickTask } from './rules.ts';

const LISTS: TableSpec = {
  table: 'pick_lists',
  columns: {
    id: 'uuid',
    number: 'text',
    home: 'text',
    merchant_id: 'uuid',
    node_id: 'uuid',
    created_by: 'text',
    created_at: 'timestamptz',
    trace_id: 'text',
  },
};
const TASKS: TableSpec = {
  table: 'pick_tasks',
  columns: {
    pick_list_id: 'uuid',
    order_id: 'uuid',
    node_id: 'uuid',
    position: 'int4',
    status: 'text',
    changed_by: 'text',
    changed_at: 'timestamptz',
  },
};
const LINES: TableSpec = {
  table: 'pick_lines',
  columns: { pick_list_id: 'uuid', line_id: 'uuid', from_unit: 'int4', to_unit: 'int4', order_id: 'uuid' },
};

export interface PickListRow {
  readonly id: string;
  readonly number: string;
  readonly home: string;
  readonly merchant_id: string;
  readonly node_id: string;
  readonly created_by: string;
  readonly created_at: Date;
  readonly trace_id: string;
}

/** Children of their orders: read, and changed, under the orders' locks. */
export async function readTasks(tx: Tx, orderIds: readonly string[]): Promise<Omit<PickTask, 'units'>[]> {
  const { rows } = await tx.query<Omit<PickTask, 'units'>>({
    name: 'picking-tasks',
    text: `SELECT t.pick_list_id AS "pickListId", l.number AS "pickListNumber", t.order_id AS "orderId", t.node_id AS "nodeId", t.position,
                  t.status, t.changed_by AS "changedBy", t.changed_at AS "changedAt"
           FROM pick_tasks t JOIN pick_lists l ON l.id = t.pick_list_id
           WHERE t.order_id = ANY($1::uuid[]) AND t.status <> 'released' ORDER BY t.pick_list_id, t.position`,
    values: [orderIds],
  });
  return rows;
}

export async function readLines(
  tx: Tx,
  orderIds: readonly string[],
): Promise<(UnitRange & { readonly pickListId: string; readonly orderId: string })[]> {
  const { rows } = await tx.query<UnitRange & { pickListId: string; orderId: string }>({
    name: 'picking-lines',
    text: `SELECT pick_list_id AS "pickListId", order_id AS "orderId", line_id AS "lineId", from_unit AS "from", to_unit AS "to"
           FROM pick_lines WHERE order_id = ANY($1::uuid[]) ORDER BY pick_list_id, line_id, from_unit`,
    values: [orderIds],
  });
  return rows;
}

export async function insertLists(tx: Tx, lists: readonly PickListRow[]): Promise<void> {
  await insertRows(tx, LISTS, lists as unknown as Record<string, unknown>[]);
}

export async function insertTasks(tx: Tx, tasks: readonly PickTask[]): Promise<void> {
  await insertRows(tx, TASKS, tasks.map(columns));
  await insertRows(
    tx,
    LINES,
    tasks.flatMap(({ pickListId, orderId, units }) =>
      units.map(({ lineId, from, to }) => {
        return { pick_list_id: pickListId, line_id: lineId, from_unit: from, to_unit: to, order_id: orderId };
      }),
    ),
  );
}

export async function updateTasks(tx: Tx, tasks: readonly PickTask[]): Promise<void> {
  await updateRows(tx, TASKS, ['pick_list_id', 'order_id'], ['status', 'changed_by', 'changed_at'], tasks.map(columns));
}

function columns(task: PickTask): Record<string, unknown> {
  return {
    pick_list_id: task.pickListId,
    order_id: task.orderId,
    node_id: task.nodeId,
    position: task.position,
    status: task.status,
    changed_by: task.changedBy,
    changed_at: task.changedAt,
  };
}
