import { createFlows } from '../../flows/flows.ts';
import { systemContext } from '../../platform/system-context.ts';
import type { TestDatabase } from '../../platform/testing/test-database.ts';
import { HOME } from './house.ts';

/** The one merchant of the simulation, made before the first seed. */
export interface Shop {
  readonly merchantId: string;
  readonly nodes: readonly string[];
  /** Ids of SKUs by code; GIFTWRAP is a service. */
  readonly skus: Readonly<Record<string, string>>;
}

export const STOCKED = ['MUG', 'TEE', 'BAG'] as const;

/** What each node has of each SKU: so little that orders meet. */
const SCARCE = 2;

/** Furnishes the shop, by the product's own means, and lets everybody forget that it happened. */
export async function openShop({ ownerPool: owner, pool }: TestDatabase): Promise<Shop> {
  const id = (last: number): string => `00000000-0000-7000-8000-${String(last).padStart(12, '0')}`;
  const merchantId = id(1);
  await owner.query(
    `INSERT INTO merchants (id, home, slug, name, currency, country, created_at) VALUES ($1, 'EU', 'acme', 'Acme', 'EUR', 'DE', now())`,
    [merchantId],
  );
  const nodes = [id(11), id(12)];
  await owner.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, priority, created_at)
     SELECT n, $1, 'EU', 'N' || i, 'N' || i, 'warehouse', i, now() FROM unnest($2::uuid[]) WITH ORDINALITY AS v(n, i)`,
    [merchantId, nodes],
  );
  const skus = { MUG: id(21), TEE: id(22), BAG: id(23), GIFTWRAP: id(24) };
  const prices = { MUG: '12.50', TEE: '19.99', BAG: '0.333', GIFTWRAP: '2.00' };
  for (const [code, sku] of Object.entries(skus))
    await owner.query(
      `INSERT INTO skus (id, merchant_id, code, name, stocked, price, currency, created_at, updated_at) VALUES ($1, $2, $3, $3, $4, $5, 'EUR', now(), now())`,
      [sku, merchantId, code, code !== 'GIFTWRAP', prices[code as keyof typeof prices]],
    );
  const flows = createFlows({ pool, home: HOME, outside: { payments: new Map(), carriers: new Map() } });
  for (const code of STOCKED)
    for (const nodeId of nodes)
      await flows.adjustStock(
        { merchantId, skuId: skus[code], nodeId, delta: SCARCE, reason: 'received' },
        systemContext('simulation', HOME),
      );
  // What was told of it was told before the first seed.
  await owner.query(`UPDATE event_deliveries SET status = 'done'; DELETE FROM graphile_worker._private_jobs`);
  return { merchantId, nodes, skus };
}
