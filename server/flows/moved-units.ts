import type { InventoryState } from '../domains/inventory/service.ts';
import type { Moved } from '../domains/lots/service.ts';

/** What moved on shelves, as lots see it. */
export function movedUnits({ inventory }: { readonly inventory: InventoryState }): Moved[] {
  return inventory.movements.flatMap((row) =>
    row.node_id !== null && row.on_hand_delta !== 0n
      ? [
          {
            id: row.id,
            skuId: row.sku_id,
            nodeId: row.node_id,
            merchantId: row.merchant_id,
            delta: row.on_hand_delta,
            shipmentId: row.shipment_id,
            at: row.at,
          },
        ]
      : [],
  );
}
