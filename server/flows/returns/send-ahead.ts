import * as catalog from '../../domains/catalog/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import type { Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Return } from '../../domains/returns/rules.ts';
import { resolve } from '../../domains/returns/rules.ts';
import type { ApproveReturnInput, ExchangeInput } from '../../domains/returns/schema.ts';
import * as returns from '../../domains/returns/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request } from '../../platform/verb.ts';
import { openSales } from '../backorders/sell-beyond-stock.ts';
import { begin, settleOrder, type World } from '../world.ts';
import { advanceBirth } from './advance-birth.ts';
import { planAhead, planExchanged, sendInstead } from './exchange.ts';
import { lockReturns, sayOf } from './return-world.ts';

/**
 * A replacement that leaves before the goods come back. Its units are promised with the approval; they leave when what they cost is held of
 * the customer's card, or at once where somebody says why it goes without.
 */
export interface Approving extends World {
  readonly catalog: catalog.CatalogState;
}

/** What approving these returns may need; a replacement brings its goods. */
export async function lockApproving(tx: Tx, requests: readonly Request<ApproveReturnInput>[]): Promise<Approving> {
  const found = await returns.findReturns(
    tx,
    requests.map(({ input }) => input.returnId),
  );
  const wanted = requests.flatMap(({ input: { returnId, advance = [] } }) => {
    const one = found.get(returnId);
    return one ? advance.map(({ sku }) => ({ merchantId: one.merchantId, code: sku })) : [];
  });
  const goods = await catalog.load(
    tx,
    wanted.map(({ merchantId }) => merchantId),
    wanted,
  );
  const skus = [...goods.skus.values()].map((sku) => ({ skuId: sku.id, merchantId: sku.merchantId }));
  const needs = skus.length > 0 ? { supply: true, skus, goodsOf: new Set<string>() } : {};
  const world = await lockReturns(tx, requests, { nodes: true, ...needs });
  if (skus.length > 0) await openSales(tx, world, (requests[0] as Request<unknown>).ctx);
  return { ...world, catalog: goods };
}

/** The card that paid, and may be asked to hold something else. */
export const cardOf = (world: World, orderId: string): Payment | undefined =>
  payments
    .ofOrder(world.payments, orderId)
    .findLast(({ method, token, authorizedMinor }) => method === 'card' && token !== null && authorizedMinor > 0n);

export function sendAhead(
  world: Approving,
  order: Order,
  one: Return,
  wanted: ExchangeInput,
  why: string | null,
  ctx: Ctx,
): void {
  resolve(one.terms, 'exchange', 'exchange');
  if (why === null && !cardOf(world, order.row.id))
    throw new DomainError(
      'state_refuses',
      'No card of this order can be asked to hold what the replacement costs. Say why it goes without, or send it when the goods are back.',
    );
  const plan = planAhead(order, one, returns.linesOf(world.returns, one), wanted, world.catalog);
  const lineIds = sendInstead(world, order, one, plan, planExchanged(world, order, plan), ctx, true);
  Object.assign(one, { advanceStatus: 'securing', advanceMinor: plan.costMinor, advanceWhy: why });
  settleOrder(world, order, 'reship', ctx);
  const goods = plan.goods.map(({ lineId, good, quantity }) => ({ lineId, sku: good.sku.code, name: good.name, quantity }));
  const data = { amountMinor: plan.costMinor, goods, secured: why === null };
  sayOf(world, order, one, { type: 'return.replacement_asked', data, ...(why === null ? {} : { reason: why }) }, ctx);
  begin(world, advanceBirth, order, { state: { returnId: one.id, lineIds } }, ctx);
}
