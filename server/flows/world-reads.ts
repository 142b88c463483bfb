import * as catalog from '../domains/catalog/service.ts';
import type * as fulfilment from '../domains/fulfilment/service.ts';
import { chart } from '../domains/ledger/schema.ts';
import { NODE_KINDS, type NodeTraits } from '../domains/nodes/provider.ts';
import type * as orders from '../domains/orders/service.ts';
import type { Payment } from '../domains/payments/rules.ts';
import * as wallet from '../domains/wallet/service.ts';
import type { Tx } from '../platform/db.ts';

/** What `lockWorld` reads beside what it locks. */

/** Whether a node was read whose kind has a trait. */
export function someNode({ nodes: read }: fulfilment.FulfilmentState, trait: (traits: NodeTraits) => boolean): boolean {
  return [...read.values()].flat().some((node) => {
    const kind = NODE_KINDS.get(node.kind);
    return kind !== undefined && trait(kind.traits);
  });
}

/** Whoever closes a wallet holds its account's lock: read under that, it stays so. */
export async function openWalletsOf(
  tx: Tx,
  tenders: readonly Pick<Payment, 'provider' | 'token' | 'currency'>[],
): Promise<ReadonlySet<string>> {
  const keys = tenders.flatMap(({ provider, token, currency }) =>
    provider === 'wallet' && token !== null ? [{ customerId: token, currency }] : [],
  );
  if (keys.length === 0) return new Set();
  const found = await wallet.find(tx, keys);
  return new Set(keys.filter((_, at) => found[at] !== undefined).map((key) => chart.wallet(key.customerId, key.currency).code));
}

/** Configuration, read without locks: a weight that changes meanwhile is the old one or the new one. */
export async function weigh(
  tx: Tx,
  found: readonly orders.Order[],
  of?: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const goods = found.filter((order) => of?.has(order.row.id)).flatMap((order) => order.lines.filter((line) => line.stocked));
  const skus = await catalog.find(
    tx,
    goods.flatMap((line) => line.skuId ?? []),
  );
  return new Map([...skus.values()].map((sku) => [sku.id, sku.weightGrams]));
}
