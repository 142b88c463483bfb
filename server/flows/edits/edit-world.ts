import * as catalog from '../../domains/catalog/service.ts';
import type { EditChange, EditLinesInput } from '../../domains/orders/schema.ts';
import * as orders from '../../domains/orders/service.ts';
import type { ShippingMethod } from '../../domains/shipping/rules.ts';
import * as shipping from '../../domains/shipping/service.ts';
import * as taxes from '../../domains/taxes/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Tx } from '../../platform/db.ts';
import { openSales } from '../backorders/sell-beyond-stock.ts';
import { lockWorld, type World } from '../world.ts';

/** The locked world of orders whose lines change, with what pricing looks things up in. */
export interface EditWorld extends World {
  readonly catalog: catalog.CatalogState;
  readonly rates: taxes.RateTable;
  readonly methods: ReadonlyMap<string, ShippingMethod[]>;
}

const skusAdded = (changes: readonly EditChange[]): string[] =>
  changes.flatMap((change) => (change.change === 'add' ? [change.sku] : []));

/** Locks the orders, the supply of what is added and of what they have, their money; `refunds`: how many the batch may start. */
export async function lockEditing(
  tx: Tx,
  inputs: readonly EditLinesInput[],
  ctx: Ctx,
  options: { readonly refunds: number },
): Promise<EditWorld> {
  const orderIds = inputs.map((input) => input.orderId);
  const merchantIds = await orders.findMerchants(tx, orderIds);
  const codes = inputs.flatMap((input) => skusAdded(input.changes));
  const named = merchantIds.flatMap((merchantId) => codes.map((code) => ({ merchantId, code })));
  const wanted = await catalog.load(tx, merchantIds, named);
  const skus = [...wanted.skus.values()].flatMap((sku) => (sku.stocked ? [{ skuId: sku.id, merchantId: sku.merchantId }] : []));
  const rates = await taxes.load(tx, merchantIds);
  const methods = await shipping.load(tx, merchantIds);
  const world = await lockWorld(
    tx,
    {
      orderIds,
      skus,
      supply: true,
      stock: true,
      requests: true,
      pickups: true,
      ledger: true,
      editsOf: new Set(orderIds),
      numbers: { refund: options.refunds },
    },
    ctx,
  );
  await openSales(tx, world, ctx);
  // The orders' own goods, for lines that grow and for what a delivery weighs.
  const own = [...world.orders.byId.values()].flatMap(({ row, lines }) =>
    lines.flatMap((line) => (line.skuCode ? [{ merchantId: row.merchantId, code: line.skuCode }] : [])),
  );
  const found = await catalog.load(tx, merchantIds, [...named, ...own]);
  return { ...world, catalog: found, rates, methods };
}
