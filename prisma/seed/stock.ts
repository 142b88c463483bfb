import { mapLimit } from './map-limit.ts';
import { isInStore, type PlannedOrder, RESERVED_FOR_SHORTAGE, STORE_ONLY } from './plan.ts';
import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;
const RECEIVED_DAYS_AGO = 75;
const IN_FLIGHT = 256;

interface Receipt {
  readonly shop: Shop;
  readonly skuId: string;
  readonly code: string;
  readonly nodeId: string;
  readonly units: number;
}

/** Receives what the stories will sell and some more, so that nothing is sold out by accident; a few goods run low. */
export async function receiveStock(stage: Stage, shops: readonly Shop[], plan: readonly PlannedOrder[]): Promise<number> {
  const demand = new Map<string, number>();
  for (const { shop, lines } of plan)
    for (const { sku, quantity } of lines) demand.set(`${shop.slug}:${sku}`, (demand.get(`${shop.slug}:${sku}`) ?? 0) + quantity);
  const receipts = shops.flatMap((shop) => receiptsOf(shop, demand));
  const now = new Date(stage.base.getTime() - RECEIVED_DAYS_AGO * DAY_MS);
  await mapLimit(receipts, IN_FLIGHT, ({ shop, skuId, code, nodeId, units }) =>
    stage.flows.adjustStock(
      { merchantId: shop.id, skuId, nodeId, reason: 'received', delta: units },
      contextOf(stage, stage.actors.warehouse, now),
      `seed:stock:${shop.slug}:${code}:${nodeId}`,
    ),
  );
  await putAway(stage);
  for (const shop of shops) await keepBack(stage, shop, now);
  return receipts.length;
}

/** What some goods keep back: at a node from everybody, and from a channel. Less than the stories leave of them. */
async function keepBack(stage: Stage, shop: Shop, now: Date): Promise<void> {
  const { flows, actors } = stage;
  const [first, , third, , fifth] = shop.goods;
  const nodeId = shop.nodes[0]?.id;
  if (!first || !third || !fifth || !nodeId) return;
  const ctx = contextOf(stage, actors.warehouse, now);
  const name = (what: string): string => `seed:${what}:${shop.slug}`;
  await flows.setSafety({ merchantId: shop.id, skuId: first.skuId, nodeId, safety: 3 }, ctx, name('safety'));
  const rules = [
    { skuId: first.skuId, channel: 'marketplace', buffer: 4, cap: null },
    { skuId: third.skuId, channel: 'marketplace', buffer: 0, cap: 200 },
    { skuId: fifth.skuId, channel: 'shop', buffer: 5, cap: null },
  ] as const;
  for (const [at, rule] of rules.entries()) await flows.setChannel({ merchantId: shop.id, ...rule }, ctx, name(`channel-${at}`));
}

/** Where goods lie: an aisle and a shelf by the SKU's code. No verb writes bins yet, and nothing but the picker's way depends on them. */
async function putAway({ pool }: Stage): Promise<void> {
  await pool.query(
    `UPDATE node_stock s SET bin = chr(65 + k.h % 6) || '-' || lpad((1 + k.h / 6 % 24)::text, 2, '0')
     FROM (SELECT id, ('x' || left(md5(code), 6))::bit(24)::int AS h FROM skus) k WHERE k.id = s.sku_id AND s.bin IS NULL`,
  );
}

function receiptsOf(shop: Shop, demand: ReadonlyMap<string, number>): Receipt[] {
  const main = shop.nodes[0];
  const store = shop.nodes[1];
  if (!main) throw new Error(`${shop.name} has no node`);
  const common = shop.goods.length - RESERVED_FOR_SHORTAGE - STORE_ONLY;
  return shop.goods.flatMap(({ skuId, code }, index): Receipt[] => {
    const wanted = demand.get(`${shop.slug}:${code}`) ?? 0;
    const receipt = (nodeId: string, units: number): Receipt[] => (units > 0 ? [{ shop, skuId, code, nodeId, units }] : []);
    if (index >= common + STORE_ONLY) return receipt(main.id, wanted);
    // Every seventh good is nearly sold out; the others have enough for weeks.
    const spare = index % 7 === 3 ? index % 4 : 12 + ((index * 37) % 160);
    if (!store) return receipt(main.id, wanted + spare);
    if (index >= common) return receipt(store.id, wanted + spare);
    return [...receipt(main.id, wanted + spare), ...(isInStore(index) ? receipt(store.id, 3 + (index % 11)) : [])];
  });
}
