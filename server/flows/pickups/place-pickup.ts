import * as fulfilment from '../../domains/fulfilment/service.ts';
import { availableAtNode, stockKey } from '../../domains/inventory/rules.ts';
import type { Line } from '../../domains/orders/rules.ts';
import type { PlaceOrderInput } from '../../domains/orders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { traitsAt } from '../partners/at-partners.ts';
import { configsOf } from '../routing/config.ts';
import type { World } from '../world.ts';

/** Reads the nodes where the orders of a batch are to be fetched; a batch of orders that are all sent asks for nothing. */
export async function loadCounters(tx: Tx, world: World, inputs: readonly PlaceOrderInput[]): Promise<void> {
  const merchants = inputs.flatMap((input) => (input.pickup ? [input.merchantId] : []));
  if (merchants.length === 0) return;
  await fulfilment.loadNodes(tx, world.fulfilment, merchants);
  for (const [merchantId, config] of await configsOf(tx, world.fulfilment.nodes)) world.routing.configs.set(merchantId, config);
}

/** A store whose settings say that nobody fetches there has no counter. */
const isOpenCounter = (world: World, merchantId: string, nodeId: string): boolean =>
  world.routing.configs.get(merchantId)?.settings.get(nodeId)?.pickUp !== false;

/** Refuses an order that could not be fetched there: no counter, or not all of the goods. */
export function checkPickup(world: World, input: PlaceOrderInput, lines: readonly Line[]): void {
  if (!input.pickup) return;
  const { nodeId } = input.pickup;
  if (input.shipTo)
    throw new DomainError('invalid_request', 'An order is fetched or sent: leave out the delivery address or the pick-up.', {
      field: 'pickup',
    });
  if (!traitsAt(world, input.merchantId, nodeId)?.collectHere || !isOpenCounter(world, input.merchantId, nodeId))
    throw new DomainError('invalid_request', 'Customers cannot fetch orders at this node. Choose a store.', { field: 'pickup' });
  const wanted = Map.groupBy(
    lines.filter((line) => line.stocked && line.skuId),
    (line) => line.skuId as string,
  );
  const missing = [...wanted].flatMap(([skuId, own]) => {
    const stock = world.inventory.stock.get(stockKey(skuId, nodeId));
    const requested = own.reduce((sum, line) => sum + line.quantity, 0);
    const available = stock ? Number(availableAtNode(stock)) : 0;
    return requested > available ? [{ sku: own[0]?.skuCode ?? '', requested, available }] : [];
  });
  if (missing.length === 0) return;
  const list = missing.map((m) => `${m.sku} (${m.requested} asked, ${m.available} there)`).join(', ');
  throw new DomainError('out_of_stock', `This store does not have enough of ${list}.`, { skus: missing });
}
