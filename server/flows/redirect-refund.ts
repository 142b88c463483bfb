import { needsRedirect } from '../domains/refunds/rules.ts';
import type { Redirect, RedirectLegInput } from '../domains/refunds/schema.ts';
import * as refunds from '../domains/refunds/service.ts';
import * as wallet from '../domains/wallet/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import { sagasOf } from '../platform/saga-rows.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { lockWorld, orderOf, tell, type World, wake, writeWorld } from './world.ts';

/**
 * Says where a part of a refund goes that its tender does not take: a card that has expired, an account that is closed. There once more, to the
 * customer's store credit or wallet, or it was paid by hand, which somebody else than who asked for the refund says. `nobody` gives the
 * refund up: what settled of it stays settled, and its units are free again.
 */
export interface RedirectedLeg {
  readonly refundId: string;
  readonly legId: string;
  readonly orderId: string;
  readonly to: Redirect;
}

interface Redirecting extends World {
  /** The customers whose wallets are open, by order. */
  readonly haveWallets: ReadonlySet<string>;
}

async function lock(tx: Tx, requests: readonly Request<RedirectLegInput>[]): Promise<Redirecting> {
  const orderIds = requests.map(({ input }) => input.orderId);
  const world = await lockWorld(tx, { orderIds }, (requests[0] as Request<RedirectLegInput>).ctx);
  const owners = [...world.orders.byId.values()].flatMap(({ row: { id, customerId, currency } }) =>
    customerId ? [{ id, customerId, currency }] : [],
  );
  const found = owners.length > 0 ? await wallet.find(tx, owners) : [];
  return { ...world, haveWallets: new Set(owners.flatMap(({ id }, at) => (found[at] ? [id] : []))) };
}

function decide(world: Redirecting, { input, ctx }: Request<RedirectLegInput>): RedirectedLeg {
  const order = orderOf(world, input.orderId);
  const { to, reference = null } = input;
  const refund = refunds.ofOrder(world.refunds, order.row.id).find(({ id }) => id === input.refundId);
  const leg = refund && refunds.legsOf(world.refunds, refund.id).find(({ id }) => id === input.legId);
  if (!refund || !leg) throw new DomainError('not_found', 'The order has no such refund, or the refund no such part.');
  if (!needsRedirect(leg) || refund.status !== 'pending')
    throw new DomainError('state_refuses', 'This part of the refund does not wait for a decision: it is on its way, or settled.');
  if ((to === 'store_credit' || to === 'wallet') && order.row.customerId === null)
    throw new DomainError('state_refuses', 'This order has no customer who could have credit. Pay it by hand, and say so.');
  if (to === 'wallet' && !world.haveWallets.has(order.row.id))
    throw new DomainError('state_refuses', 'The customer has no open wallet in this currency. Choose store credit instead.');
  if (to === 'by_hand' && ctx.actor === refund.requestedBy)
    throw new DomainError('own_request', 'Somebody else than who asked for the refund confirms that it was paid by hand.');
  const why = leg.failure;
  leg.failure = null;
  leg.tries = 0;
  if (to === 'nobody') Object.assign(leg, { status: 'failed', settledAt: ctx.now });
  else if (to !== 'original') Object.assign(leg, { destination: to, reference, redirectedBy: ctx.actor });
  refunds.changed(world.refunds, leg);
  const about = { refundId: refund.id, refundNumber: refund.number, legId: leg.id, amountMinor: leg.amountMinor, to };
  tell(world, order, 'refund.redirected', about, ctx);
  audit(
    world.outbox,
    {
      action: 'refund.redirected',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before: { failure: why },
      after: { ...about, reference },
    },
    ctx,
  );
  for (const saga of sagasOf(world.sagas, order.row.id)) if (saga.state.refundId === refund.id) wake(world, saga, ctx);
  return { refundId: refund.id, legId: leg.id, orderId: order.row.id, to };
}

export const redirectRefund: Verb<RedirectLegInput, Redirecting, RedirectedLeg> = {
  name: 'redirect-refund',
  lock,
  decide,
  write: writeWorld,
};
