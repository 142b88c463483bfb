import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Count, CountLine } from './rules.ts';
import { chooseGoods, lockCounts, readLines, readMoved, writeCounts } from './store.ts';

export { chooseGoods as choose, readMoved as movedSince };

/** A sheet's lines without its lock: which there are never changes. */
export const linesOf = (db: Queryable, ids: readonly string[]): Promise<CountLine[]> => readLines(db, ids);

/** Count sheets under their locks, and what the batch wrote on them. */
export interface CountsState {
  readonly byId: Map<string, Count>;
  readonly fresh: Set<Count>;
  readonly dirty: Set<Count>;
  readonly lines: Set<CountLine>;
}

export async function lock(tx: Tx, ids: readonly string[]): Promise<CountsState> {
  const state: CountsState = { byId: new Map(), fresh: new Set(), dirty: new Set(), lines: new Set() };
  const unique = [...new Set(ids)];
  if (unique.length === 0) return state;
  lockStep(tx, 'stock_counts');
  const rows = await lockCounts(tx, unique);
  const lines = Map.groupBy(await readLines(tx, unique), (line) => line.countId);
  for (const row of rows) state.byId.set(row.id, { ...row, lines: lines.get(row.id) ?? [] });
  return state;
}

export function add(state: CountsState, count: Count): void {
  state.byId.set(count.id, count);
  state.fresh.add(count);
}

/** Notes a change of a sheet and of some of its lines: the version goes up by one. */
export function changed(state: CountsState, count: Count, lines: readonly CountLine[]): void {
  count.version += 1n;
  state.dirty.add(count);
  for (const line of lines) state.lines.add(line);
}

export async function write(tx: Tx, state: CountsState): Promise<void> {
  await writeCounts(tx, [...state.fresh], [...state.dirty], [...state.lines]);
}
