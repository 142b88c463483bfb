import type { Tx } from '../../platform/db.ts';
import { insertDueMarks } from './store.ts';

/** Entries per mark: a balance at an instant then reads a few thousand entries at most, and a mark costs one row in a thousand. */
export const MARK_EVERY = 1_000;

/** Adds marks that are due, at most `limit`; another process may add the same ones, and each stands once. Returns how many it added. */
export function addDue(tx: Tx, limit: number, every: number = MARK_EVERY): Promise<number> {
  return insertDueMarks(tx, every, limit);
}
