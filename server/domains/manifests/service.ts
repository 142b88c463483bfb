import type { Tx } from '../../platform/db.ts';
import type { Manifest, ManifestParcel } from './rules.ts';
import { insertManifests, insertParcels, lockManifests, readParcels, updateManifests, updateParcels } from './store.ts';

export { findDue, findOfShipments, readListed } from './store.ts';

export interface ManifestsState {
  readonly byId: Map<string, Manifest>;
  readonly parcels: ManifestParcel[];
  readonly fresh: Set<Manifest>;
  readonly dirty: Set<Manifest>;
  readonly freshParcels: Set<ManifestParcel>;
  readonly dirtyParcels: Set<ManifestParcel>;
}

/** Locks manifests and reads what is on them: before the orders whose parcels they name. */
export async function lock(tx: Tx, ids: readonly string[]): Promise<ManifestsState> {
  const found = ids.length > 0 ? await lockManifests(tx, [...new Set(ids)].sort()) : [];
  const parcels =
    found.length > 0
      ? await readParcels(
          tx,
          found.map((manifest) => manifest.id),
        )
      : [];
  return {
    byId: new Map(found.map((manifest) => [manifest.id, manifest])),
    parcels,
    fresh: new Set(),
    dirty: new Set(),
    freshParcels: new Set(),
    dirtyParcels: new Set(),
  };
}

export function parcelsOf(state: ManifestsState, manifestId: string): ManifestParcel[] {
  return state.parcels.filter((parcel) => parcel.manifestId === manifestId);
}

export function add(state: ManifestsState, manifest: Manifest, parcels: readonly ManifestParcel[]): void {
  state.byId.set(manifest.id, manifest);
  state.fresh.add(manifest);
  for (const parcel of parcels) {
    state.parcels.push(parcel);
    state.freshParcels.add(parcel);
  }
}

export function changed(state: ManifestsState, manifest: Manifest): void {
  if (state.fresh.has(manifest)) return;
  manifest.version += 1n;
  state.dirty.add(manifest);
}

export function changeParcel(state: ManifestsState, parcel: ManifestParcel, status: ManifestParcel['status']): void {
  parcel.status = status;
  if (!state.freshParcels.has(parcel)) state.dirtyParcels.add(parcel);
}

export async function write(tx: Tx, state: ManifestsState, home: string, now: Date): Promise<void> {
  await insertManifests(tx, [...state.fresh], home);
  await updateManifests(tx, [...state.dirty]);
  await insertParcels(tx, [...state.freshParcels], now);
  await updateParcels(tx, [...state.dirtyParcels], now);
}
