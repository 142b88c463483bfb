import type { UnitRange } from '../../kernel/units.ts';
import type { Tx } from '../../platform/db.ts';
import { together } from '../../platform/together.ts';
import type { FulfilmentRequest } from './rules.ts';
import { insertLines, insertRequests, readLines, readRequests, updateRequests } from './store.ts';

export { ordersOfRequests } from './store.ts';

export interface RequestsState {
  readonly byId: Map<string, FulfilmentRequest>;
  readonly fresh: Set<FulfilmentRequest>;
  readonly dirty: Set<FulfilmentRequest>;
}

export const noRequests = (): RequestsState => ({ byId: new Map(), fresh: new Set(), dirty: new Set() });

/** Reads the requests of orders that are locked. */
export async function load(tx: Tx, orderIds: readonly string[]): Promise<RequestsState> {
  const state = noRequests();
  if (orderIds.length === 0) return state;
  const rows = await readRequests(tx, orderIds);
  if (rows.length === 0) return state;
  const lines = Map.groupBy(await readLines(tx, orderIds), (line) => line.requestId);
  const own = (id: string): UnitRange[] => (lines.get(id) ?? []).map(({ lineId, from, to }) => ({ lineId, from, to }));
  for (const row of rows) state.byId.set(row.id, { ...row, lines: own(row.id) });
  return state;
}

export function ofOrder(state: RequestsState, orderId: string): FulfilmentRequest[] {
  return [...state.byId.values()].filter((request) => request.orderId === orderId);
}

export function add(state: RequestsState, request: FulfilmentRequest): void {
  state.byId.set(request.id, request);
  state.fresh.add(request);
}

export function changed(state: RequestsState, request: FulfilmentRequest): void {
  if (state.fresh.has(request)) return;
  request.version += 1n;
  state.dirty.add(request);
}

export async function write(tx: Tx, state: RequestsState, now: Date): Promise<void> {
  await together(
    insertRequests(tx, [...state.fresh], now),
    insertLines(tx, [...state.fresh]),
    updateRequests(tx, [...state.dirty], now),
  );
}
