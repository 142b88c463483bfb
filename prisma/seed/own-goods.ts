import type { Ctx } from '../../server/kernel/context.ts';
import { newId } from '../../server/kernel/ids.ts';
import type { NodeKind } from '../../server/kernel/vocabulary.ts';
import type { Shop } from './shops.ts';
import type { Stage } from './stories.ts';

/** A good that only one story of the demo sells, so that nobody else's orders change how it ends. */
export interface OwnGood {
  readonly sku: string;
  readonly name: string;
  readonly price: string;
  readonly weightGrams: number;
}

export async function addGood(stage: Stage, shop: Shop, good: OwnGood, ctx: Ctx): Promise<string> {
  const { sku, name, price, weightGrams } = good;
  const usual = { taxClass: 'standard', stocked: true, barcode: null, description: null };
  const wish = { merchantId: shop.id, code: sku, name, price, weightGrams, ...usual };
  return (await stage.flows.createSku(wish, ctx, `seed:sku:${sku}`)).id;
}

interface OwnNode {
  readonly node: string;
  readonly kind: NodeKind;
  readonly name: string;
  readonly city: string;
  readonly postalCode: string;
  readonly priority: number;
}

/** Opens a node of a shop; the same one when it was opened before. */
export async function addNode({ pool, home }: Stage, shop: Shop, own: OwnNode, at: Date): Promise<string> {
  const { node, kind, name, city, postalCode, priority } = own;
  const address = { name, line1: 'Messering 1', city, postalCode, country: 'DE' };
  await pool.query(
    `INSERT INTO nodes (id, merchant_id, home, code, name, kind, address, priority, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
    [newId(), shop.id, home, node, name, kind, address, priority, at],
  );
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM nodes WHERE merchant_id = $1 AND code = $2', [shop.id, node]);
  return rows[0]?.id as string;
}

/** Units of a good arrive at a node. */
export async function receive(stage: Stage, shop: Shop, good: { skuId: string; nodeId: string; units: number }, ctx: Ctx) {
  const { skuId, nodeId, units } = good;
  const wish = { merchantId: shop.id, skuId, nodeId, reason: 'received', delta: units } as const;
  await stage.flows.adjustStock(wish, ctx, `seed:stock:${skuId}:${nodeId}`);
}
