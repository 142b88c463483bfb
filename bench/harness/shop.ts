import { createFlows } from '../../server/flows/flows.ts';
import { newId } from '../../server/kernel/ids.ts';
import { API_SCOPES } from '../../server/kernel/vocabulary.ts';
import { newApiKey } from '../../server/platform/auth/api-keys.ts';
import { createPool } from '../../server/platform/db.ts';
import { type Database, once } from './cluster.ts';

/** What the load knows of the shop it buys in. */
export interface Shop {
  readonly merchantId: string;
  readonly skus: readonly string[];
  readonly emails: readonly string[];
  /** Of several keys, because each has a limit of its own. */
  readonly apiKeys: readonly string[];
}

const SKUS = 600;
const CUSTOMERS = 5_000;
const KEYS = 8;
/** Enough that nothing sells out while it is measured. */
const STOCK = 50_000_000;

/** Furnishes an empty database: one merchant with 600 SKUs in stock at two warehouses, 5,000 customers, API keys. */
export async function furnishShop(database: Database): Promise<Shop> {
  const pool = createPool({ connectionString: database.url, max: 4, name: 'bench-furnish' });
  const merchantId = newId();
  try {
    await pool.query(`INSERT INTO home_owner VALUES ('EU', 'EU') ON CONFLICT DO NOTHING`);
    await pool.query(
      `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'bench', 'Bench', 'EUR', 'DE', now())`,
      [merchantId],
    );
    const nodes = [newId(), newId()];
    for (const [index, id] of nodes.entries())
      await pool.query(
        `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at) VALUES ($1, $2, 'EU', $3, $3, 'warehouse', $4, now())`,
        [id, merchantId, `N${index + 1}`, index],
      );
    const skus = Array.from({ length: SKUS }, (_, index) => ({ id: newId(), code: `SKU-${index + 1}` }));
    await pool.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, weight_grams, price, currency, created_at, updated_at)
       SELECT i, $3, c, 'Article ' || c, true, 250, 12.50, 'EUR', now(), now() FROM unnest($1::uuid[], $2::text[]) AS v(i, c)`,
      [skus.map(({ id }) => id), skus.map(({ code }) => code), merchantId],
    );
    const emails = Array.from({ length: CUSTOMERS }, (_, index) => `customer${index + 1}@bench.example`);
    await pool.query(
      `INSERT INTO customers (id, email, email_normalized, name, country, created_at)
       SELECT i, e, e, 'Customer', 'DE', now() FROM unnest($1::uuid[], $2::text[]) AS v(i, e)`,
      [emails.map(() => newId()), emails],
    );
    const flows = createFlows({
      pool,
      home: 'EU',
      outside: { payments: new Map(), carriers: new Map() },
      clock: () => new Date(),
    });
    const ctx = { now: new Date(), actor: 'system:bench', traceId: newId(), requestId: newId(), home: 'EU' };
    await Promise.all(
      skus.map(({ id: skuId }) =>
        flows.adjustStock({ merchantId, skuId, nodeId: nodes[0] as string, delta: STOCK, reason: 'received' }, ctx),
      ),
    );
    const apiKeys: string[] = [];
    for (let index = 0; index < KEYS; index++) {
      const { key, prefix, hash } = newApiKey('test');
      await pool.query(
        `INSERT INTO api_keys (id, merchant_id, name, mode, prefix, key_hash, scopes, created_by, created_at)
         VALUES ($1, $2, 'Bench', 'test', $3, $4, $5, 'system:bench', now())`,
        [newId(), merchantId, prefix, hash, API_SCOPES],
      );
      apiKeys.push(key);
    }
    await flows.idle();
    return { merchantId, skus: skus.map(({ code }) => code), emails, apiKeys };
  } finally {
    await pool.end();
    await once(database.ownerUrl, 'VACUUM ANALYZE');
  }
}
