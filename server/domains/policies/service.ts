import type { Queryable, Tx } from '../../platform/db.ts';
import { NO_TERMS, type PlacingTerms, placingTerms, type Terms, type Version } from './rules.ts';
import type { TermsKind, TermsOf } from './schema.ts';
import { insertPolicies, type NewPolicy, readInForce, readVersions, type VersionRow } from './store.ts';

/** What merchants' policies say at a moment. Configuration, read without a lock: a policy that changes meanwhile is the old one or the new one. */
export async function read(db: Queryable, merchantIds: readonly string[], at: Date): Promise<Terms> {
  if (merchantIds.length === 0) return NO_TERMS;
  const rows = await readInForce(db, [...new Set(merchantIds)], at);
  return new Map(
    [...Map.groupBy(rows, (row) => row.merchantId)].map(([merchantId, own]) => [
      merchantId,
      Object.fromEntries(own.map(({ kind, version, terms }) => [kind, { version, terms }])),
    ]),
  );
}

/** The versions of merchants whose locks the caller holds, and what is added to them. */
export interface PoliciesState {
  readonly versions: VersionRow[];
  readonly added: NewPolicy[];
}

export async function load(tx: Tx, merchantIds: readonly string[]): Promise<PoliciesState> {
  return { versions: merchantIds.length === 0 ? [] : await readVersions(tx, merchantIds), added: [] };
}

export function lastVersion(state: PoliciesState, merchantId: string, kind: TermsKind): VersionRow | undefined {
  return state.versions.findLast((one) => one.merchantId === merchantId && one.kind === kind);
}

export function add<K extends TermsKind>(
  state: PoliciesState,
  policy: NewPolicy & { readonly kind: K; readonly terms: TermsOf[K] },
): void {
  const { merchantId, kind, version, effectiveFrom, terms } = policy;
  state.versions.push({ merchantId, kind, version, effectiveFrom, terms });
  state.added.push(policy);
}

/** What placing an order has to know, of the merchants to whose policies something was added. */
export function placingOf(state: PoliciesState): Map<string, PlacingTerms> {
  const changed = new Set(state.added.map((one) => one.merchantId));
  return new Map(
    [...changed].map((merchantId) => {
      const own = state.versions.filter((one) => one.merchantId === merchantId);
      const of = <K extends TermsKind>(kind: K) => own.filter((one) => one.kind === kind) as unknown as Version<K>[];
      return [merchantId, placingTerms(of('capture'), of('cancellation'))];
    }),
  );
}

export const write = (tx: Tx, state: PoliciesState): Promise<void> => insertPolicies(tx, state.added);
