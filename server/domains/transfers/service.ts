import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Transfer } from './rules.ts';
import { lockTransfers, readLines, writeTransfers } from './store.ts';

/** Transfers under their locks, and what the batch did to them. */
export interface TransfersState {
  readonly byId: Map<string, Transfer>;
  readonly fresh: Set<Transfer>;
  readonly dirty: Set<Transfer>;
}

export async function lock(tx: Tx, ids: readonly string[]): Promise<TransfersState> {
  const state: TransfersState = { byId: new Map(), fresh: new Set(), dirty: new Set() };
  const unique = [...new Set(ids)];
  if (unique.length === 0) return state;
  lockStep(tx, 'stock_transfers');
  const rows = await lockTransfers(tx, unique);
  const lines = Map.groupBy(await readLines(tx, unique), (line) => line.transferId);
  for (const row of rows) state.byId.set(row.id, { ...row, lines: lines.get(row.id) ?? [] });
  return state;
}

export function add(state: TransfersState, transfer: Transfer): void {
  state.byId.set(transfer.id, transfer);
  state.fresh.add(transfer);
}

/** Notes a change: the version goes up by one. */
export function changed(state: TransfersState, transfer: Transfer): void {
  transfer.version += 1n;
  if (!state.fresh.has(transfer)) state.dirty.add(transfer);
}

export async function write(tx: Tx, state: TransfersState): Promise<void> {
  await writeTransfers(tx, [...state.fresh], [...state.dirty]);
}
