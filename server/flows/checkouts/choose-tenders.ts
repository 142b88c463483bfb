import { type Checkout, type CheckoutTender, demandOpen, sameTender, withTender } from '../../domains/checkouts/rules.ts';
import type { ChooseTenderInput } from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import * as orders from '../../domains/orders/service.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, newOutbox, type Outbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { writeCheckouts } from './create-checkout.ts';

/** Keeps what somebody wants to pay with beside the card. Nothing is held before they pay, and codes are not kept: a gift card is named by its id. */
export interface ChosenTenders {
  readonly id: string;
  readonly tenders: number;
  readonly version: number;
}

interface Choosing extends Locked {
  readonly checkouts: checkouts.CheckoutsState;
  readonly attempts: ReadonlyMap<string, orders.AttemptState>;
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<ChooseTenderInput>[]): Promise<Choosing> {
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

function decide(world: Choosing, { input, ctx }: Request<ChooseTenderInput>): ChosenTenders {
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

export const chooseTender: Verb<ChooseTenderInput, Choosing, ChosenTenders> = {
  name: 'choose-tender',
  lock,
  decide,
  write: writeCheckouts,
};
