import type pg from 'pg';
import * as channels from '../../domains/channels/service.ts';
import * as inventory from '../../domains/inventory/service.ts';
import { type Queryable, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';

/** SKUs that one transaction lists. */
const BATCH = 500;

/**
 * Keeps listings in step with the catalogue: a SKU that has stock is listed by its code, and one that is not for sale is listed with nothing.
 * From the transaction on that lists a SKU every change of its supply leaves a mark. Returns how many listings changed.
 */
export async function followCatalogue(pool: pg.Pool, now: Date, only?: string): Promise<number> {
  const ids = only ? [only] : await findConnections(pool);
  let total = 0;
  for (const id of ids) {
    total += await followActive(pool, id, now);
    for (;;) {
      const listed = await listNew(pool, id, now);
      total += listed;
      if (listed < BATCH) break;
    }
  }
  return total;
}

async function findConnections(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'channels-all',
    text: 'SELECT id FROM channel_connections ORDER BY id',
  });
  return rows.map((row) => row.id);
}

/** Lists SKUs that a connection does not list yet. Their supply is locked, so that no change of it goes unmarked. */
function listNew(pool: pg.Pool, connectionId: string, now: Date): Promise<number> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const { rows } = await tx.query<{ skuId: string; merchantId: string; code: string }>({
      name: 'channels-unlisted',
      text: `SELECT k.id AS "skuId", k.merchant_id AS "merchantId", k.code FROM channel_connections c JOIN skus k ON k.merchant_id = c.merchant_id
             WHERE c.id = $1 AND c.list_all AND k.active AND k.stocked
               AND NOT EXISTS (SELECT FROM channel_listings l WHERE l.connection_id = c.id AND (l.sku_id = k.id OR l.ref = k.code))
             ORDER BY k.id LIMIT $2`,
      values: [connectionId, BATCH],
    });
    if (rows.length === 0) return 0;
    const connection = (await channels.lock(tx, [connectionId])).byId.get(connectionId);
    if (!connection) return 0;
    await inventory.lock(tx, { region: connection.home, supply: rows, stock: [] });
    await inventory.markListed(
      tx,
      connection.home,
      rows.map((row) => row.skuId),
    );
    await channels.list(tx, connection, rows, now);
    return rows.length;
  });
}

/** Takes over whether SKUs are for sale; the channel is told of those that changed. */
async function followActive(db: Queryable, connectionId: string, now: Date): Promise<number> {
  const { rowCount } = await db.query({
    name: 'channels-follow-catalogue',
    text: `UPDATE channel_listings l SET active = k.active, dirty_since = coalesce(l.dirty_since, $2)
           FROM skus k WHERE l.connection_id = $1 AND k.id = l.sku_id AND k.active <> l.active`,
    values: [connectionId, now],
  });
  return rowCount ?? 0;
}
