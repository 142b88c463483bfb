import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { Sku, SkuFacts, SkuRecord } from './rules.ts';
import {
  findSkuIds,
  insertSkus,
  lockMerchants,
  lockSkus,
  type Merchant,
  readMerchants,
  readRecords,
  readSkus,
  readTraits,
  type SkuTraits,
  updateGateways,
  updateOrderTerms,
  updateSkus,
} from './store.ts';

export type { Merchant } from './store.ts';

/** What placement needs of the catalog: configuration, read without locks. */
export interface CatalogState {
  readonly merchants: Map<string, Merchant>;
  readonly skus: Map<string, Sku>;
}

/**
 * What placing orders needs of these merchants and codes. Reads without locks: a price that changes meanwhile is the old one or
 * the new one.
 */
export async function load(
  db: Queryable,
  merchantIds: readonly string[],
  codes: readonly { merchantId: string; code: string }[],
): Promise<CatalogState> {
  const merchants = await readMerchants(db, [...new Set(merchantIds)]);
  const distinct = new Map(codes.map((pair) => [`${pair.merchantId}:${pair.code}`, pair]));
  const skus = await readSkus(db, [...distinct.values()]);
  return {
    merchants: new Map(merchants.map((merchant) => [merchant.id, merchant])),
    skus: new Map(skus.map((sku) => [`${sku.merchantId}:${sku.code}`, sku])),
  };
}

/** SKUs by id, as they stand: configuration, read without locks. */
export async function find(db: Queryable, ids: readonly string[]): Promise<Map<string, SkuRecord>> {
  const rows = ids.length > 0 ? await readRecords(db, [...new Set(ids)]) : [];
  return new Map(rows.map((row) => [row.id, row]));
}

/** What routing needs of SKUs, by id. */
export async function traits(db: Queryable, ids: readonly string[]): Promise<Map<string, SkuTraits>> {
  const rows = ids.length > 0 ? await readTraits(db, [...new Set(ids)]) : [];
  return new Map(rows.map((row) => [row.id, row]));
}

/** Adds SKUs. Their codes must be new to their merchant. */
export function addSkus(tx: Tx, skus: readonly Sku[], now: Date): Promise<void> {
  return insertSkus(tx, skus, now);
}

/** A catalogue under its lock: the merchants whose codes cannot change meanwhile, and the SKUs that a batch names. */
export interface EditingState {
  readonly merchants: Map<string, Merchant>;
  readonly byId: Map<string, SkuRecord>;
  /** By `merchantId:code`. */
  readonly byCode: Map<string, SkuRecord>;
  readonly fresh: Set<string>;
  readonly dirty: Set<string>;
}

export interface EditingKeys {
  /** Whose catalogues gain SKUs. */
  readonly merchantIds: readonly string[];
  readonly skuIds: readonly string[];
  readonly codes: readonly { merchantId: string; code: string }[];
}

/** Locks merchants first, so that the codes found afterwards stay free or taken until COMMIT. */
export async function lockForEditing(tx: Tx, keys: EditingKeys): Promise<EditingState> {
  const merchantIds = [...new Set(keys.merchantIds)];
  let merchants: Merchant[] = [];
  if (merchantIds.length > 0) {
    lockStep(tx, 'merchants');
    merchants = await lockMerchants(tx, merchantIds);
  }
  const named = keys.codes.length > 0 ? await findSkuIds(tx, keys.codes) : [];
  const ids = [...new Set([...keys.skuIds, ...named.map((sku) => sku.id)])];
  if (ids.length > 0) lockStep(tx, 'skus');
  return editingState(merchants, ids.length > 0 ? await lockSkus(tx, ids) : []);
}

/** The same without locks: what a preview plans on. */
export async function loadForEditing(db: Queryable, keys: EditingKeys): Promise<EditingState> {
  const merchants = await readMerchants(db, [...new Set(keys.merchantIds)]);
  const named = keys.codes.length > 0 ? await findSkuIds(db, keys.codes) : [];
  return editingState(merchants, await readRecords(db, [...keys.skuIds, ...named.map((sku) => sku.id)]));
}

function editingState(merchants: readonly Merchant[], skus: readonly SkuRecord[]): EditingState {
  return {
    merchants: new Map(merchants.map((merchant) => [merchant.id, merchant])),
    byId: new Map(skus.map((sku) => [sku.id, sku])),
    byCode: new Map(skus.map((sku) => [codeKey(sku), sku])),
    fresh: new Set(),
    dirty: new Set(),
  };
}

export function codeKey(sku: { readonly merchantId: string; readonly code: string }): string {
  return `${sku.merchantId}:${sku.code}`;
}

export function addSku(state: EditingState, sku: SkuRecord): void {
  state.byId.set(sku.id, sku);
  state.byCode.set(codeKey(sku), sku);
  state.fresh.add(sku.id);
}

/** Applies a planned change; the version goes up by one. */
export function changeSku(state: EditingState, sku: SkuRecord, after: Partial<SkuFacts>): SkuRecord {
  const next: SkuRecord = { ...sku, ...after, version: sku.version + 1n };
  state.byId.set(next.id, next);
  state.byCode.set(codeKey(next), next);
  if (!state.fresh.has(next.id)) state.dirty.add(next.id);
  return next;
}

export async function write(tx: Tx, state: EditingState, now: Date): Promise<void> {
  const rows = (ids: ReadonlySet<string>): SkuRecord[] => [...ids].map((id) => state.byId.get(id) as SkuRecord);
  await insertSkus(tx, rows(state.fresh), now);
  await updateSkus(tx, rows(state.dirty), now);
}

/** Which payment gateways take these merchants' payments from now on. */
export const setPaymentGateways = updateGateways;

/** What these merchants' policies say to new orders. */
export const setOrderTerms = updateOrderTerms;
