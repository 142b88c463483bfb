import { type Movement, stockKey } from '../../domains/inventory/rules.ts';
import * as inventory from '../../domains/inventory/service.ts';
import type { LotUnits } from '../../domains/lots/rules.ts';
import type { Ctx } from '../../kernel/context.ts';
import { emit } from '../../platform/outbox.ts';
import { nameLots } from '../adjust-stock.ts';
import type { World } from '../world.ts';

/**
 * Moves units of one SKU at one node and says so: `stock.adjusted` wakes whoever waits for units, `stock.short` says that some are missing.
 * `reference` is the id of the paper they moved by. The caller writes the audit row: one paper moves many SKUs.
 */
export function moveStock(
  world: World,
  planned: Movement,
  cause: { readonly reason: string; readonly why?: string; readonly reference: string; readonly number: string },
  ctx: Ctx,
  lots: readonly LotUnits[] = [],
): void {
  const [change] = inventory.apply(
    world.inventory,
    [planned],
    { reason: cause.why ?? `${cause.reason}: ${cause.number}`, reference: cause.reference },
    ctx,
  );
  const supply = world.inventory.supply.get(planned.skuId);
  const stock = world.inventory.stock.get(stockKey(planned.skuId, planned.nodeId as string));
  if (!change || !supply || !stock) throw new Error('A movement was planned on stock that is not locked');
  world.applied++;
  nameLots(world, lots);
  const short = change.short > 0n || change.shortfall > 0n;
  emit(
    world.outbox,
    {
      aggregate: 'sku',
      aggregateId: planned.skuId,
      aggregateVersion: supply.version,
      merchantId: stock.merchantId,
      type: short ? 'stock.short' : 'stock.adjusted',
      data: {
        nodeId: planned.nodeId,
        reason: cause.reason,
        delta: change.onHand,
        onHand: stock.onHand,
        short: change.short,
        shortfall: change.shortfall,
        reference: cause.number,
      },
    },
    ctx,
  );
}
