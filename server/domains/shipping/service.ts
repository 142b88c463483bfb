import type { Queryable, Tx } from '../../platform/db.ts';
import { lockStep } from '../../platform/locks.ts';
import type { ShippingMethod } from './rules.ts';
import { lockMethods, readMethods, writeMethods } from './store.ts';

/** The active shipping methods by merchant: configuration, read without locks. */
export async function load(db: Queryable, merchantIds: readonly string[]): Promise<ReadonlyMap<string, ShippingMethod[]>> {
  const methods = merchantIds.length > 0 ? await readMethods(db, [...new Set(merchantIds)]) : [];
  const byMerchant = new Map<string, ShippingMethod[]>();
  for (const method of methods) byMerchant.set(method.merchantId, [...(byMerchant.get(method.merchantId) ?? []), method]);
  return byMerchant;
}

/** Methods that people are about to describe anew, by `merchantId:code`. */
export interface ShippingState {
  readonly byCode: Map<string, ShippingMethod>;
  readonly fresh: Set<string>;
  readonly dirty: Set<string>;
}

export const keyOf = (method: Pick<ShippingMethod, 'merchantId' | 'code'>): string => `${method.merchantId}:${method.code}`;

/** The merchants are locked already, so that a code found to be free stays free until COMMIT. */
export async function lock(tx: Tx, pairs: readonly { merchantId: string; code: string }[]): Promise<ShippingState> {
  lockStep(tx, 'shipping_methods');
  const methods = await lockMethods(tx, pairs);
  return { byCode: new Map(methods.map((method) => [keyOf(method), method])), fresh: new Set(), dirty: new Set() };
}

export function put(state: ShippingState, method: ShippingMethod): void {
  const key = keyOf(method);
  if (state.byCode.has(key)) {
    if (!state.fresh.has(key)) state.dirty.add(key);
  } else state.fresh.add(key);
  state.byCode.set(key, method);
}

export async function write(tx: Tx, state: ShippingState, now: Date): Promise<void> {
  const methods = (keys: ReadonlySet<string>): ShippingMethod[] =>
    [...keys].map((key) => state.byCode.get(key) as ShippingMethod);
  await writeMethods(tx, methods(state.fresh), methods(state.dirty), now);
}
