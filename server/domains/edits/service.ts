import type { Tx } from '../../platform/db.ts';
import type { Edit } from './rules.ts';
import { insertEdits, readEdits, updateEdits } from './store.ts';

export { readHeld } from './store.ts';

export interface EditsState {
  readonly byOrder: Map<string, Edit[]>;
  readonly fresh: Set<Edit>;
  readonly dirty: Set<Edit>;
}

/** Reads the edits of orders whose locks the caller holds. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<EditsState> {
  const state: EditsState = { byOrder: new Map(), fresh: new Set(), dirty: new Set() };
  if (orderIds.length === 0) return state;
  for (const edit of await readEdits(tx, orderIds)) push(state, edit);
  return state;
}

/** An order's edits, oldest first. */
export const ofOrder = (state: EditsState, orderId: string): readonly Edit[] => state.byOrder.get(orderId) ?? [];

/** The edit of an order that waits; there is one at most. */
export const waiting = (state: EditsState, orderId: string): Edit | undefined =>
  ofOrder(state, orderId).find((edit) => edit.status === 'waiting');

export function add(state: EditsState, edit: Edit): void {
  push(state, edit);
  state.fresh.add(edit);
}

export function changed(state: EditsState, edit: Edit): void {
  if (state.fresh.has(edit)) return;
  if (!state.dirty.has(edit)) edit.version += 1n;
  state.dirty.add(edit);
}

export async function write(tx: Tx, state: EditsState): Promise<void> {
  // One that has ended makes room for the next under the index of those that wait.
  await updateEdits(tx, [...state.dirty]);
  await insertEdits(tx, [...state.fresh]);
}

function push(state: EditsState, edit: Edit): void {
  const own = state.byOrder.get(edit.orderId);
  if (own) own.push(edit);
  else state.byOrder.set(edit.orderId, [edit]);
}
