import type { Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import { type GlMapping, keyOf } from './rules.ts';
import type { GlKind } from './schema.ts';
import { lockMappings, makeMissing, writeMappings } from './store.ts';

/** Lines of the mapping that somebody is about to change, by `keyOf()`. */
export interface GlState {
  readonly byKey: Map<string, GlMapping>;
  readonly dirty: Set<string>;
}

export async function lock(
  tx: Tx,
  keys: readonly { readonly kind: GlKind; readonly merchantId: string | null }[],
  now: Date,
): Promise<GlState> {
  lockStep(tx, 'gl_accounts');
  const sorted = [...new Map(keys.map((key) => [keyOf(key.kind, key.merchantId), key]))].sort(([a], [b]) => (a < b ? -1 : 1));
  const wanted = sorted.map(([, key]) => key);
  await makeMissing(tx, wanted, now);
  const mappings = await lockMappings(tx, wanted);
  return { byKey: new Map(mappings.map((mapping) => [keyOf(mapping.kind, mapping.merchantId), mapping])), dirty: new Set() };
}

export function put(state: GlState, mapping: GlMapping): void {
  const key = keyOf(mapping.kind, mapping.merchantId);
  state.byKey.set(key, mapping);
  state.dirty.add(key);
}

export async function write(tx: Tx, state: GlState, now: Date): Promise<void> {
  const changed = [...state.dirty].map((key) => state.byKey.get(key) as GlMapping);
  await writeMappings(tx, changed, now);
}
