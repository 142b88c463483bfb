import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import type { Claim } from './rules.ts';
import { insertClaims, readClaims, updateClaims } from './store.ts';

export { findClaims } from './store.ts';

export interface ClaimsState {
  readonly byId: Map<string, Claim>;
  readonly fresh: Set<Claim>;
  readonly dirty: Set<Claim>;
  home: string;
}

/** Reads the claims of orders whose locks the caller holds. */
export async function load(tx: Tx, orderIds: ReadonlySet<string>): Promise<ClaimsState> {
  const found = orderIds.size > 0 ? await readClaims(tx, [...orderIds]) : [];
  return { byId: new Map(found.map((claim) => [claim.id, claim])), fresh: new Set(), dirty: new Set(), home: '' };
}

/** The claim that is made for a parcel, unless it was rejected. */
export function liveOf(state: ClaimsState, parcelId: string): Claim | undefined {
  return [...state.byId.values()].find((claim) => claim.parcelId === parcelId && claim.status !== 'rejected');
}

export function add(state: ClaimsState, claim: Claim, ctx: Ctx): void {
  state.home = ctx.home;
  state.byId.set(claim.id, claim);
  state.fresh.add(claim);
}

export function changed(state: ClaimsState, claim: Claim): void {
  if (state.fresh.has(claim)) return;
  claim.version += 1n;
  state.dirty.add(claim);
}

export async function write(tx: Tx, state: ClaimsState): Promise<void> {
  await insertClaims(tx, [...state.fresh], state.home);
  await updateClaims(tx, [...state.dirty]);
}
