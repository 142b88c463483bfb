import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { alertStep, isSameRule, placeKey, positionOf, type ReorderPoint, type ReorderRule } from './rules.ts';
import { type Alert, createPoints, lockPoints, lockStandings, type Standing, writeAlerts, writePoints } from './store.ts';

export type { Standing } from './store.ts';
export { readCrossed as crossed, readPeopleToTell as peopleToTell, readPoints as points } from './store.ts';

export interface ReorderPlace {
  readonly skuId: string;
  readonly nodeId: string | null;
  readonly merchantId: string;
}

/** Reorder points under their locks, and what the batch set. */
export interface ReplenishmentState {
  readonly byPlace: Map<string, ReorderPoint>;
  readonly dirty: Set<ReorderPoint>;
}

/** Locks the points of these places; rows that are missing are made first. No place, no statement. */
export async function lock(tx: Tx, places: readonly ReorderPlace[], region: string): Promise<ReplenishmentState> {
  const state: ReplenishmentState = { byPlace: new Map(), dirty: new Set() };
  if (places.length === 0) return state;
  lockStep(tx, 'reorder_points');
  const unique = [...new Map(places.map((place) => [placeKey(place.skuId, place.nodeId), place])).values()];
  const fresh = unique.map((place) => ({ id: newId(), ...place, region, point: null, quantity: null, version: 0n }));
  await createPoints(tx, fresh);
  for (const row of await lockPoints(tx, [...new Set(unique.map(({ skuId }) => skuId))]))
    state.byPlace.set(placeKey(row.skuId, row.nodeId), row);
  return state;
}

/** Sets or takes away a rule. Returns the row with what it said before, or null where it says that already. */
export function setRule(
  state: ReplenishmentState,
  place: ReorderPlace,
  rule: ReorderRule | null,
): { readonly row: ReorderPoint; readonly before: ReorderRule | null } | null {
  const row = state.byPlace.get(placeKey(place.skuId, place.nodeId));
  if (!row) throw new Error(`The reorder point of ${place.skuId} is not locked`);
  if (isSameRule(row, rule)) return null;
  const before = row.point === null || row.quantity === null ? null : { point: row.point, quantity: row.quantity };
  Object.assign(row, { point: rule?.point ?? null, quantity: rule?.quantity ?? null, version: row.version + 1n });
  state.dirty.add(row);
  return { row, before };
}

export async function write(tx: Tx, state: ReplenishmentState): Promise<void> {
  await writePoints(tx, [...state.dirty]);
}

export interface Crossing {
  readonly alert: Alert;
  readonly standing: Standing;
  readonly position: bigint;
  readonly opened: boolean;
}

const positionAt = (row: Standing): bigint => positionOf(row.available, row.inbound, row.countsInbound);

/** Opens and closes alerts of these points, each at most once however often it is asked. */
export async function settle(tx: Tx, ids: readonly string[], now: Date): Promise<Crossing[]> {
  if (ids.length === 0) return [];
  lockStep(tx, 'reorder_points');
  const crossings = (await lockStandings(tx, ids)).flatMap((standing): Crossing[] => {
    const position = positionAt(standing);
    const step = alertStep(standing, position, standing.openAlertId !== null);
    if (step === null) return [];
    const { skuId, nodeId, merchantId } = standing;
    const opened = step === 'open';
    const alert: Alert = {
      id: standing.openAlertId ?? newId(),
      pointId: standing.id,
      skuId,
      nodeId,
      merchantId,
      point: standing.point ?? 0n,
      position,
      openedAt: now,
      closedAt: opened ? null : now,
      closedWhy: opened ? null : step === 'close_no_rule' ? 'no_rule' : 'above',
    };
    return [{ alert, standing, position, opened }];
  });
  await writeAlerts(
    tx,
    crossings.flatMap(({ alert, opened }) => (opened ? [alert] : [])),
    crossings.flatMap(({ alert, opened }) => (opened ? [] : [alert])),
  );
  return crossings;
}
