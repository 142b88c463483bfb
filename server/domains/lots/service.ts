import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { type Lot, type LotUnits, planTake } from './rules.ts';
import { type LotMovement, markTracked, readExpired, readLots, writeLots } from './store.ts';

export { readExpired as findExpired };

/** The lots of locked stock, and what the batch did to them. Empty where nothing is tracked by lot. */
export interface LotsState {
  readonly byPlace: Map<string, Lot[]>;
  readonly fresh: Set<Lot>;
  readonly dirty: Set<Lot>;
  readonly moved: LotMovement[];
  /** Stock movements whose lots were named. */
  readonly assigned: Set<string>;
  readonly tracked: Set<string>;
}

/** A stock movement as the lots see it. */
export interface Moved {
  readonly id: string;
  readonly skuId: string;
  readonly nodeId: string;
  readonly merchantId: string;
  readonly delta: bigint;
  readonly shipmentId: string | null;
  readonly at: Date;
}

const placeOf = ({ skuId, nodeId }: { readonly skuId: string; readonly nodeId: string }): string => `${skuId}:${nodeId}`;
const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/** Reads the lots of these places, whose stock the caller holds. No place, no statement. */
export async function load(tx: Tx, places: readonly { readonly skuId: string; readonly nodeId: string }[]): Promise<LotsState> {
  const rows = places.length > 0 ? await readLots(tx, places) : [];
  const byPlace = new Map(places.map((place): [string, Lot[]] => [placeOf(place), []]));
  for (const row of rows) byPlace.get(placeOf(row))?.push(row);
  return { byPlace, fresh: new Set(), dirty: new Set(), moved: [], assigned: new Set(), tracked: new Set() };
}

/** The lots of a place; undefined where it is not tracked. */
export function at(state: LotsState, place: { readonly skuId: string; readonly nodeId: string }): readonly Lot[] | undefined {
  return state.byPlace.get(placeOf(place));
}

/** Says that a SKU is tracked from now on: what is there belongs to a lot that nobody named yet. */
export function track(
  state: LotsState,
  stock: readonly { readonly skuId: string; readonly nodeId: string; readonly merchantId: string; readonly onHand: bigint }[],
  skuId: string,
  now: Date,
): void {
  state.tracked.add(skuId);
  for (const { nodeId, merchantId, onHand } of stock) {
    state.byPlace.set(placeOf({ skuId, nodeId }), []);
    if (onHand > 0n)
      change(state, { id: null, skuId, nodeId, merchantId, at: now, shipmentId: null }, { code: '', expiresOn: null }, onHand);
  }
}

type Cause = Omit<Moved, 'id' | 'delta'> & { readonly id: string | null };

function change(state: LotsState, cause: Cause, named: Pick<LotUnits, 'code' | 'expiresOn'>, delta: bigint): void {
  const key = placeOf(cause);
  const own = state.byPlace.get(key) ?? [];
  let lot = own.find((each) => each.code === named.code);
  if (!lot) {
    const { skuId, nodeId, merchantId } = cause;
    const about = { code: named.code, expiresOn: named.expiresOn, createdAt: cause.at };
    lot = { id: newId(), skuId, nodeId, merchantId, ...about, onHand: 0n, expired: 0n };
    state.byPlace.set(key, [...own, lot]);
    state.fresh.add(lot);
  }
  if (delta < 0n && lot.onHand + delta < 0n)
    throw new DomainError(
      'over_limit',
      `Lot ${named.code || 'without a name'} has ${lot.onHand} units; ${-delta} cannot be taken from it.`,
    );
  lot.onHand += delta;
  if (!state.fresh.has(lot)) state.dirty.add(lot);
  const about = { lotId: lot.id, movementId: cause.id, skuId: cause.skuId, shipmentId: cause.shipmentId, at: cause.at };
  state.moved.push({ id: newId(), ...about, delta });
}

/**
 * Refuses lots that a movement cannot name, before anything is applied: a lot has one day, and no more is taken from it than it has.
 * `units` counts up for what arrives and down for what leaves.
 */
export function check(
  state: LotsState,
  place: { readonly skuId: string; readonly nodeId: string },
  named: readonly LotUnits[],
): void {
  for (const { code, expiresOn, units } of named) {
    const known = at(state, place)?.find((lot) => lot.code === code);
    if (known && units > 0n && known.expiresOn !== expiresOn)
      throw new DomainError(
        'invalid_request',
        `Lot ${code} expires ${known.expiresOn ?? 'never'}: it cannot expire ${expiresOn ?? 'never'}, too.`,
      );
    if (units < 0n && (known?.onHand ?? 0n) + units < 0n)
      throw new DomainError('over_limit', `Lot ${code} has ${known?.onHand ?? 0n} units; ${-units} cannot be taken from it.`);
  }
}

/** Says which lots a stock movement is of. What it does not name goes to, or comes from, where `settle` finds. */
export function assign(state: LotsState, moved: Moved, named: readonly LotUnits[]): void {
  if (!at(state, moved)) return;
  state.assigned.add(moved.id);
  let rest = moved.delta;
  for (const { code, expiresOn, units } of named) {
    change(state, moved, { code, expiresOn }, units);
    rest -= units;
  }
  if (rest !== 0n) spread(state, moved, rest);
}

function spread(state: LotsState, moved: Moved, delta: bigint): void {
  if (delta > 0n) change(state, moved, { code: '', expiresOn: null }, delta);
  else for (const { lot, units } of planTake(at(state, moved) ?? [], -delta, dayOf(moved.at))) change(state, moved, lot, -units);
}

/** Which lots units would be taken from now. */
export function taking(
  state: LotsState,
  place: { readonly skuId: string; readonly nodeId: string },
  units: bigint,
  now: Date,
): LotUnits[] {
  return planTake(at(state, place) ?? [], units, dayOf(now)).map(({ lot, units: taken }) => {
    return { code: lot.code, expiresOn: lot.expiresOn, units: taken };
  });
}

/** Units of a lot whose day is over are off the shelf, and counted as such. */
export function expire(state: LotsState, moved: Moved, lot: Lot): void {
  assign(state, moved, [{ code: lot.code, expiresOn: lot.expiresOn, units: moved.delta }]);
  const own = at(state, moved)?.find((each) => each.id === lot.id);
  if (own) own.expired -= moved.delta;
}

/** Gives every stock movement of tracked goods its lots: what leaves goes by first expired first out, what came without a name has none. */
export function settle(state: LotsState, movements: readonly Moved[]): void {
  if (state.byPlace.size === 0) return;
  for (const moved of movements)
    if (moved.delta !== 0n && !state.assigned.has(moved.id) && at(state, moved)) {
      state.assigned.add(moved.id);
      spread(state, moved, moved.delta);
    }
}

export async function write(tx: Tx, state: LotsState): Promise<void> {
  if (state.byPlace.size === 0 && state.tracked.size === 0) return;
  await markTracked(tx, [...state.tracked]);
  await writeLots(tx, [...state.fresh], [...state.dirty], state.moved);
}
