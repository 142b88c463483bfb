import type { Shop } from './shops.ts';
import { contextOf, type Stage } from './stories.ts';

const DAY_MS = 86_400_000;
/** The best seller is sold out of nothing here: these goods have no part in the stories' shortages. */
const FIRST = 8;

const dayAfter = (base: Date, days: number): string => new Date(base.getTime() + days * DAY_MS).toISOString().slice(0, 10);

/** Goods on their way from suppliers and between nodes, and a count that somebody has begun: what the pages of stock work show. */
export async function workOnStock(stage: Stage, shop: Shop): Promise<void> {
  const flows = stage.flows.stockWork;
  const [main, store] = shop.nodes;
  if (!main || !store) return;
  const at = (daysAgo: number) => contextOf(stage, stage.actors.warehouse, new Date(stage.base.getTime() - daysAgo * DAY_MS));
  const goods = shop.goods.slice(FIRST, FIRST + 9);
  const skuId = (index: number): string => goods[index]?.skuId ?? '';
  const buy = (key: string, supplier: string, days: number | null, picks: readonly number[], order: boolean) =>
    flows.createPurchaseOrder(
      {
        merchantId: shop.id,
        nodeId: main.id,
        supplier,
        expectedOn: days === null ? null : dayAfter(stage.base, days),
        lines: picks.map((index) => ({ skuId: skuId(index), quantity: 24 + index * 6 })),
        order,
      },
      at(6),
      `seed:purchase:${shop.slug}:${key}`,
    );
  const policy = { overReceiptPercent: 5, countLimitUnits: 100, expiryWarningDays: 30 };
  await flows.savePolicy({ merchantId: shop.id, version: 0n, ...policy }, at(60), `seed:stock-policy:${shop.slug}`);
  const arriving = await buy('arriving', 'Alpine Textiles', 3, [0, 1, 2], true);
  await buy('later', 'Nordic Steelworks', 21, [3, 4], true);
  await buy('draft', 'Alpine Textiles', null, [5, 6], false);
  const { rows } = await stage.pool.query<{ id: string }>(
    'SELECT id FROM purchase_order_lines WHERE purchase_order_id = $1 ORDER BY position LIMIT 1',
    [arriving.id],
  );
  const [first] = rows;
  if (first)
    await flows.receivePurchaseOrder(
      { purchaseOrderId: arriving.id, lines: [{ lineId: first.id, received: 18, damaged: 1 }] },
      at(1),
      `seed:receipt:${shop.slug}`,
    );
  const lines = [{ skuId: skuId(0), quantity: 6 }];
  const ends = { fromNodeId: main.id, toNodeId: store.id };
  const moved = await flows.createTransfer({ merchantId: shop.id, ...ends, lines }, at(1), `seed:transfer:${shop.slug}`);
  await flows.sendTransfer({ transferId: moved.id }, at(0.5), `seed:transfer:${shop.slug}:sent`);
  const choice = { by: 'skus' as const, skuIds: [skuId(5), skuId(6), skuId(7)] };
  const count = { merchantId: shop.id, nodeId: main.id, blind: false, choice, note: 'Aisle of the month' };
  await flows.createCount(count, at(0.5), `seed:count:${shop.slug}`);
  await runLow(stage, shop, [5, 6, 7].map(skuId));
  await expireSoon(stage, shop, skuId(8));
}

/** Two goods that are down to their reorder point, of which a draft waits to be ordered, and one that is not. */
async function runLow(stage: Stage, shop: Shop, skuIds: readonly string[]): Promise<void> {
  const { flows, pool, actors } = stage;
  const { rows } = await pool.query<{ id: string; left: number }>(
    'SELECT sku_id AS id, greatest(sellable - promised, 0)::int AS left FROM sku_supply WHERE sku_id = ANY($1::uuid[])',
    [skuIds],
  );
  const left = new Map(rows.map((row) => [row.id, row.left]));
  const points = skuIds.map((skuId, index) => {
    const has = left.get(skuId) ?? 0;
    return { skuId, nodeId: null, rule: { point: index < 2 ? has + 2 : Math.floor(has / 3), quantity: 24 } };
  });
  const ctx = contextOf(stage, actors.warehouse, stage.base);
  await flows.stockWork.setReorderPoints({ merchantId: shop.id, rows: points }, ctx, `seed:reorder:${shop.slug}`);
  await flows.stockWork.sweepLowStock(ctx);
}

/** Goods that are kept by lot, of which one lot has two weeks left. */
async function expireSoon(stage: Stage, shop: Shop, skuId: string): Promise<void> {
  const nodeId = shop.nodes[0]?.id;
  if (!nodeId || !skuId) return;
  const { flows, actors, base } = stage;
  const ctx = contextOf(stage, actors.warehouse, base);
  await flows.stockWork.trackLots({ skuId }, ctx, `seed:lots:${shop.slug}`);
  const lots = [
    { code: 'L-2611', expiresOn: dayAfter(base, 14) },
    { code: 'L-2702', expiresOn: dayAfter(base, 90) },
  ];
  for (const lot of lots)
    await flows.adjustStock(
      { merchantId: shop.id, skuId, nodeId, reason: 'received', delta: 18, lot },
      ctx,
      `seed:lot:${shop.slug}:${lot.code}`,
    );
}
