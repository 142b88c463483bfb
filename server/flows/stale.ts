import { DomainError } from '../kernel/errors.ts';
import { lastChanges } from '../platform/audit.ts';
import type { Tx } from '../platform/db.ts';

/** Who changed each record last; read for those that somebody is about to change from an old version. */
export type LastChanges = Awaited<ReturnType<typeof lastChanges>>;

/** Looks up who changed the records whose locked version is not the one that was seen. */
export async function readLastChanges(
  tx: Tx,
  entity: 'sku' | 'shipping_method' | 'customer' | 'gl_account' | 'purchase_order' | 'node',
  seen: readonly { readonly id: string; readonly version: bigint }[],
  locked: ReadonlyMap<string, { readonly version: bigint }>,
): Promise<LastChanges> {
  const stale = seen.filter(({ id, version }) => {
    const record = locked.get(id);
    return record !== undefined && record.version !== version;
  });
  return stale.length === 0
    ? new Map()
    : lastChanges(tx, entity, [`${entity}.created`, `${entity}.changed`], [...new Set(stale.map(({ id }) => id))]);
}

/**
 * Refuses a change made from an old version with `conflict`. Its data says who changed the record since, so that the page can; an
 * item earlier in the same batch has no audit row yet, then nobody is named.
 */
export function refuseStale(
  what: string,
  record: { readonly id: string; readonly version: bigint },
  seen: bigint,
  changes: LastChanges,
): void {
  if (record.version === seen) return;
  const last = changes.get(record.id);
  throw new DomainError('conflict', `${what} changed since you opened it. Look at it again and repeat your change.`, {
    version: Number(record.version),
    ...(last ? { changedBy: last.actor, changedAt: last.at.toISOString() } : {}),
  });
}
