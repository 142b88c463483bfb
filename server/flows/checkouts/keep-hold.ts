import { type CheckoutHold, demandOpen } from '../../domains/checkouts/rules.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { writeCheckouts } from './create-checkout.ts';
import { type LockedCheckouts, lockCheckouts } from './lock-checkouts.ts';

/** Writes down which units are kept for a checkout, or that none are any more. */
interface KeepHoldInput {
  readonly checkoutId: string;
  readonly hold: CheckoutHold | null;
}

export interface KeptHold {
  readonly id: string;
  readonly until: string | null;
  /** What was held before and is not any more. */
  readonly letGo: string | null;
}

function decide(world: LockedCheckouts, { input, ctx }: Request<KeepHoldInput>): KeptHold {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  const { hold } = input;
  const before = checkout.hold;
  if (hold) demandOpen(checkout, world.attempts.get(checkout.orderId ?? ''), ctx.now);
  const letGo = before && before.reservationId !== hold?.reservationId ? before.reservationId : null;
  if (!hold && !before) return { id: checkout.id, until: null, letGo };
  checkouts.change(world.checkouts, checkout, { hold }, ctx);
  world.applied++;
  audit(
    world.outbox,
    {
      action: hold ? 'checkout.held' : 'checkout.let_go',
      entity: 'checkout',
      entityId: checkout.id,
      merchantId: checkout.merchantId,
      before: { reservationId: before?.reservationId ?? null },
      after: { reservationId: hold?.reservationId ?? null, until: hold?.until ?? null },
    },
    ctx,
  );
  return { id: checkout.id, until: hold?.until ?? null, letGo };
}

export const keepHold: Verb<KeepHoldInput, LockedCheckouts, KeptHold> = {
  name: 'hold-checkout',
  // A repeat holds the same units: their reservation answers a repeated key as before.
  lock: lockCheckouts,
  decide,
  write: writeCheckouts,
};
