import { DEFAULT_PAY_DAYS } from '../../domains/backorders/schema.ts';
import * as backorders from '../../domains/backorders/service.ts';
import type { Order } from '../../domains/orders/service.ts';
import { isInternal, type Payment } from '../../domains/payments/rules.ts';
import * as payments from '../../domains/payments/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Saga } from '../../platform/saga.ts';
import { sagasOf } from '../../platform/saga-rows.ts';
import { begin, tell, type World } from '../world.ts';
import { RENEWAL_SAGA, renewalSaga } from './renew-payment.ts';

/** What lapses within this has lapsed: a capture that is sent now still has to arrive. */
const MARGIN_MS = 15 * 60_000;

/** Money that was asked for within this is not asked for again: a bank that holds it for minutes would be asked for ever. */
const FRESH_MS = 24 * 3_600_000;

/** The card whose authorization lapses first, of those that are open. */
function lapsingOf(tenders: readonly Payment[]): Payment | undefined {
  const at = (payment: Payment): number => payment.authorizationExpiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const open = tenders.filter((payment) => !isInternal(payment) && payment.holdId !== null);
  return open.sort((a, b) => at(a) - at(b))[0];
}

/** The saga that asks for the order's money again, while there is one. */
export function renewalOf(world: World, orderId: string): Saga | undefined {
  return sagasOf(world.sagas, orderId).find((saga) => saga.kind === RENEWAL_SAGA);
}

/** Whether the card's money was held before, by a payment that is no more. */
const wasRenewed = (world: World, orderId: string, card: Payment): boolean =>
  payments
    .ofOrder(world.payments, orderId)
    .some((other) => !isInternal(other) && other.authorizedMinor > 0n && other.createdAt < card.createdAt);

/** The provider says that the bank let go of the money before its day. */
export function noteLapse(world: World, card: Payment, ctx: Ctx): void {
  if (card.authorizationExpiresAt !== null && card.authorizationExpiresAt <= ctx.now) return;
  card.authorizationExpiresAt = ctx.now;
  payments.settle(world.payments, card, null);
}

/**
 * Has an order's authorization asked for again where it has lapsed, or will within `aheadMs`. True where one is being asked for: nothing of
 * the order may leave before that has ended.
 */
export function renewIfLapsed(world: World, order: Order, ctx: Ctx, aheadMs = MARGIN_MS): boolean {
  if (renewalOf(world, order.row.id)) return true;
  const card = lapsingOf(payments.ofOrder(world.payments, order.row.id));
  if (!card?.holdId || card.authorizationExpiresAt === null) return false;
  const left = card.authorizationExpiresAt.getTime() - ctx.now.getTime();
  if (left > aheadMs) return false;
  // What is over is asked for again at once, the first time.
  const again = left > 0 || wasRenewed(world, order.row.id, card);
  if (again && card.createdAt.getTime() > ctx.now.getTime() - FRESH_MS) return false;
  const rows = backorders.ofOrder(world.backorders, order.row.id, order.spans);
  const payDays = rows.reduce((most, row) => Math.max(most, row.payDays), 0) || DEFAULT_PAY_DAYS;
  const state = { lapsedId: card.id, provider: card.provider, payDays, offer: { token: card.token ?? '' }, made: [] };
  const lapsed = {
    paymentId: card.id,
    amountMinor: card.authorizedMinor - card.capturedMinor,
    expiresAt: card.authorizationExpiresAt,
  };
  tell(world, order, 'payment.lapsed', lapsed, ctx);
  begin(world, renewalSaga, order, { state }, ctx);
  return true;
}
