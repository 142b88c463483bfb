import { type Checkout, demandOpen, isOverdue, settled } from '../../domains/checkouts/rules.ts';
import type { CheckoutIdInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { writeCheckouts } from './create-checkout.ts';
import { type LockedCheckouts, lockCheckouts } from './lock-checkouts.ts';

/** What ends a checkout, or opens it again: its order's fate, its time limit, the shop. And the link that an agent sends. */
export interface SettledCheckout {
  readonly id: string;
  readonly state: Checkout['state'];
}

function move(
  world: LockedCheckouts,
  checkout: Checkout,
  after: checkouts.CheckoutChange & { state: Checkout['state'] },
  ctx: Ctx,
) {
  const before = checkout.state;
  checkouts.change(world.checkouts, checkout, after, ctx);
  world.applied++;
  audit(
    world.outbox,
    {
      action: `checkout.${after.state === 'open' ? 'reopened' : after.state}`,
      entity: 'checkout',
      entityId: checkout.id,
      merchantId: checkout.merchantId,
      before: { state: before },
      after: { state: after.state, orderId: checkout.orderId },
    },
    ctx,
  );
}

/** Follows the order that was placed for it, and ends what nobody paid in time. Changes nothing where there is nothing to follow. */
function settle(world: LockedCheckouts, { input, ctx }: Request<CheckoutIdInput>): SettledCheckout {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  const next = settled(checkout, world.attempts.get(checkout.orderId ?? ''));
  if (next === 'paid') move(world, checkout, { state: 'paid', paidAt: ctx.now }, ctx);
  else if (next === 'open') move(world, checkout, { state: 'open' }, ctx);
  if (isOverdue(checkout, ctx.now)) move(world, checkout, { state: 'expired' }, ctx);
  return { id: checkout.id, state: checkout.state };
}

/** The shop withdraws it. What is being paid at this moment is not taken away under the customer's hands. */
function cancel(world: LockedCheckouts, { input, ctx }: Request<CheckoutIdInput>): SettledCheckout {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  if (checkout.state === 'cancelled') return { id: checkout.id, state: 'cancelled' };
  demandOpen(checkout, world.attempts.get(checkout.orderId ?? ''), ctx.now);
  move(world, checkout, { state: 'cancelled' }, ctx);
  return { id: checkout.id, state: checkout.state };
}

/** Has the link sent to the customer: whoever sends mail is told by the event, which holds ids and no personal data. */
function sendLink(world: LockedCheckouts, { input, ctx }: Request<CheckoutIdInput>): SettledCheckout {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  demandOpen(checkout, world.attempts.get(checkout.orderId ?? ''), ctx.now);
  if (!checkout.customer.email)
    throw new DomainError('invalid_request', 'Give the customer’s e-mail address first.', { field: 'email' });
  checkouts.change(world.checkouts, checkout, { linkSentAt: ctx.now }, ctx);
  world.applied++;
  const about = { aggregate: 'checkout', aggregateId: checkout.id, aggregateVersion: checkout.version } as const;
  const data = { checkoutId: checkout.id, quoteId: checkout.quoteId, currency: checkout.currency, lines: checkout.lines.length };
  emit(world.outbox, { ...about, merchantId: checkout.merchantId, type: 'checkout.link_sent', data }, ctx);
  audit(
    world.outbox,
    { action: 'checkout.link_sent', entity: 'checkout', entityId: checkout.id, merchantId: checkout.merchantId, after: data },
    ctx,
  );
  return { id: checkout.id, state: checkout.state };
}

const verb = (
  name: string,
  decide: Verb<CheckoutIdInput, LockedCheckouts, SettledCheckout>['decide'],
): Verb<CheckoutIdInput, LockedCheckouts, SettledCheckout> => ({ name, lock: lockCheckouts, decide, write: writeCheckouts });

export const settleCheckout = verb('settle-checkout', settle);
export const cancelCheckout = verb('cancel-checkout', cancel);
export const sendCheckoutLink = verb('send-checkout-link', sendLink);
