import { type Checkout, type CheckoutTender, demandOpen, sameTender, withTender } from '../../domains/checkouts/rules.ts';
import type { ChooseTenderInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import { audit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { writeCheckouts } from './create-checkout.ts';
import { type LockedCheckouts, lockCheckouts } from './lock-checkouts.ts';

/** Keeps what somebody wants to pay with beside the card. Nothing is held before they pay, and codes are not kept: a gift card is named by its id. */
export interface ChosenTenders {
  readonly id: string;
  readonly tenders: number;
  readonly version: number;
}

function decide(world: LockedCheckouts, { input, ctx }: Request<ChooseTenderInput>): ChosenTenders {
  const checkout = checkouts.checkoutOf(world.checkouts, input.checkoutId);
  demandOpen(checkout, world.attempts.get(checkout.orderId ?? ''), ctx.now);
  const tenders = after(checkout, input);
  if (tenders.length !== checkout.tenders.length) {
    checkouts.change(world.checkouts, checkout, { tenders }, ctx);
    world.applied++;
    const { type, id } = input.tender;
    audit(
      world.outbox,
      {
        action: 'checkout.tenders_changed',
        entity: 'checkout',
        entityId: checkout.id,
        merchantId: checkout.merchantId,
        after: { [input.use ? 'added' : 'removed']: { type, id }, tenders: tenders.length },
      },
      ctx,
    );
  }
  return { id: checkout.id, tenders: tenders.length, version: Number(checkout.version) };
}

function after(checkout: Checkout, { tender, use }: ChooseTenderInput): readonly CheckoutTender[] {
  return use ? withTender(checkout.tenders, tender) : checkout.tenders.filter((one) => !sameTender(one, tender));
}

export const chooseTender: Verb<ChooseTenderInput, LockedCheckouts, ChosenTenders> = {
  name: 'choose-tender',
  lock: lockCheckouts,
  decide,
  write: writeCheckouts,
};
