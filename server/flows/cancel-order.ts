import { CUSTOMER_CANCELS, mayCancel } from '../domains/orders/rules.ts';
import type { CancelOrderInput } from '../domains/orders/schema.ts';
import * as orders from '../domains/orders/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { UNDO_WINDOW_MS } from '../kernel/undo.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { cancelIntent } from './cancel-intent.ts';
import { type CancelPreview, carryOutCancel, previewCancel, saidWhy } from './cancel-plan.ts';
import { cancelSaga } from './cancel-saga.ts';
import { checkFingerprint } from './fingerprint.ts';
import { requestsFor } from './partners/at-partners.ts';
import { begin, lockWorld, orderOf, tell, type World, writeWorld } from './world.ts';

/**
 * Cancels what has not shipped: units, or everything left. Stock returns and the receivable shrinks in the same transaction; money that
 * was only authorized is released by a saga, money that was taken already for these units goes back as a refund. What a person starts
 * in the console is `undoable`: only the wish is recorded, and a saga carries it out when the time to undo it is over.
 */
export interface CancelledOrder {
  readonly id: string;
  readonly number: string;
  readonly status: string;
  readonly cancelledMinor: number;
  readonly refundId: string | null;
  /** ISO time until which it waits and can be undone; null where it is done. */
  readonly undoUntil: string | null;
  /** A partner has some of the units, and is asked for them first: what they have not sent is cancelled when they say so. */
  readonly awaitingPartner?: true;
}

/** A cancel as the house asks for it. */
export interface CancelWish extends CancelOrderInput {
  /** Only where nobody has paid yet. Looked at under the order's lock: what was read before may be paid by now. */
  readonly onlyUnpaid?: true;
  /** By the customer themselves: only while nothing has shipped. Looked at under the lock too, so that a repeat is answered as before. */
  readonly byCustomer?: true;
}

const PAID_MEANWHILE = 'This order was paid meanwhile. Cancel it as an order that is paid, if it is not wanted any more.';
/** What customers are told who may not cancel for themselves. */
export const ASK_THE_SHOP = 'Part of this order has shipped or it is finished. Ask the shop for help.';

async function lock(tx: Tx, requests: readonly Request<CancelWish>[]): Promise<World> {
  const first = requests[0] as Request<CancelWish>;
  const orderIds = requests.map((request) => request.input.orderId);
  return lockWorld(
    tx,
    { orderIds, supply: true, stock: true, requests: true, ledger: true, numbers: { refund: requests.length } },
    first.ctx,
  );
}

function decide(world: World, request: Request<CancelWish>): CancelledOrder {
  const { input, ctx } = request;
  const order = orderOf(world, input.orderId);
  if (input.onlyUnpaid && order.row.confirmedAt !== null) throw new DomainError('state_refuses', PAID_MEANWHILE);
  if (input.byCustomer && !CUSTOMER_CANCELS.includes(order.row.status)) throw new DomainError('state_refuses', ASK_THE_SHOP);
  // A customer's or a program's cancel does not wait for an agent's: the agent's finds its units gone, and rests.
  const cancelling = input.undoable === true && cancelIntent(world, order.row.id) !== undefined;
  const allowed = mayCancel({ ...orders.facts(order), cancelling });
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const preview = previewCancel(world, order, input);
  checkFingerprint(input.fingerprint, preview);
  const atPartner = requestsFor(world, order.row.id, preview.units).length > 0;
  if (atPartner && !input.undoable) {
    intend(world, order, preview, request);
    const { id, number, status } = order.row;
    return { id, number, status, cancelledMinor: 0, refundId: null, undoUntil: null, awaitingPartner: true };
  }
  const undoUntil = input.undoable ? intend(world, order, preview, request) : null;
  const refundId = input.undoable ? null : carryOutCancel(world, order, preview, input, ctx);
  const { id, number, status } = order.row;
  return { id, number, status, cancelledMinor: preview.valueMinor, refundId, undoUntil };
}

/** Records the wish. No stock and no money moves before the saga has waited. */
function intend(world: World, order: orders.Order, preview: CancelPreview, { input, ctx }: Request<CancelWish>): string {
  // Nobody looks at an undo bar where it was not asked for.
  const until = new Date(ctx.now.getTime() + (input.undoable ? UNDO_WINDOW_MS : 0));
  const undoUntil = until.toISOString();
  const { reason, note = null } = input;
  const wish = { selection: input.units ?? null, ranges: preview.units, reason, note, undoUntil };
  begin(world, cancelSaga, order, { state: wish, notBefore: until }, ctx);
  tell(world, order, 'order.cancel_requested', { reason, valueMinor: preview.valueMinor, whole: preview.whole, undoUntil }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.cancel_requested',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      after: { units: preview.units, valueMinor: preview.valueMinor, undoUntil },
      reason: saidWhy(input),
    },
    ctx,
  );
  return undoUntil;
}

export const cancelOrder: Verb<CancelWish, World, CancelledOrder> = {
  name: 'cancel-order',
  lock,
  decide,
  write: writeWorld,
};
