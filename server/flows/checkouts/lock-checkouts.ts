import * as checkouts from '../../domains/checkouts/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Tx } from '../../platform/db.ts';
import { newOutbox, type Outbox } from '../../platform/outbox.ts';
import type { Locked, Request } from '../../platform/verb.ts';

/** Checkouts under their lock, and what became of the payments that were begun for them. */
export interface LockedCheckouts extends Locked {
  readonly checkouts: checkouts.CheckoutsState;
  /** By the order that was placed to pay. Read after the lock: an order that was confirmed, or cancelled unpaid, stays so. */
  readonly attempts: ReadonlyMap<string, orders.AttemptState>;
  readonly outbox: Outbox;
}

export async function lockCheckouts(
  tx: Tx,
  requests: readonly Request<{ readonly checkoutId: string }>[],
): Promise<LockedCheckouts> {
  const state = await checkouts.lock(
    tx,
    requests.map(({ input }) => input.checkoutId),
  );
  const attempts = await orders.findAttempts(
    tx,
    [...state.byId.values()].flatMap((checkout) => checkout.orderId ?? []),
  );
  return { applied: 0, checkouts: state, attempts, outbox: newOutbox() };
}
