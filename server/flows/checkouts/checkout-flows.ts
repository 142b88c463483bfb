import type pg from 'pg';
import { heldFor } from '../../domains/checkouts/rules.ts';
import type {
  CheckoutIdInput,
  ChooseTenderInput,
  CreateCheckoutInput,
  PayCheckoutInput,
} from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import { kindsThat } from '../../domains/nodes/provider.ts';
import type { CreateQuoteInput } from '../../domains/quotes/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { CreatedQuote } from '../create-quote.ts';
import type { ReservationFlows } from '../reservations/reservation-flows.ts';
import { type ChosenTenders, chooseTender } from './choose-tenders.ts';
import { createCheckout, type OpenedCheckout } from './create-checkout.ts';
import { holdUnits } from './hold-units.ts';
import { type KeptHold, keepHold } from './keep-hold.ts';
import { type PayingCheckout, payCheckout } from './pay-checkout.ts';
import { cancelCheckout, type SettledCheckout, sendCheckoutLink, settleCheckout } from './settle-checkouts.ts';
import { type CheckoutChangeInput, quotedUpdate, type UpdatedCheckout, updateCheckout } from './update-checkout.ts';

/** What can be done with a checkout. */
export interface CheckoutFlows {
  /** With `hold` its units are kept for a while, and refused where they are not there. */
  readonly create: Call<CreateCheckoutInput, OpenedCheckout>;
  /** Keeps the units again after their time was over. */
  readonly hold: Call<CheckoutIdInput, KeptHold>;
  /** Whoever held them does not want them any more. */
  readonly letGo: Call<CheckoutIdInput, KeptHold>;
  /** `again` has it quoted anew although nothing of it changed. */
  readonly update: Call<CheckoutChangeInput, UpdatedCheckout>;
  /** What is paid with beside the card. */
  readonly chooseTender: Call<ChooseTenderInput, ChosenTenders>;
  readonly pay: Call<PayCheckoutInput, PayingCheckout>;
  readonly cancel: Call<CheckoutIdInput, SettledCheckout>;
  readonly sendLink: Call<CheckoutIdInput, SettledCheckout>;
  /** Kinds of nodes where orders are fetched. */
  readonly counters: readonly string[];
  /** Follows the orders on their way, and ends what nobody paid in time. Returns how many changed. */
  sweep(ctx: Ctx): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly reservations: Pick<ReservationFlows, 'reserve' | 'release'>;
  readonly createQuote: Call<CreateQuoteInput, CreatedQuote>;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** One sweep settles this many at most; the next one takes the rest. */
const BATCH = 200;

export function createCheckoutFlows({ pool, reservations, createQuote, verb }: Deps): CheckoutFlows {
  const settle = verb(settleCheckout);
  const create = verb(createCheckout);
  const keep = verb(keepHold);
  const update = quotedUpdate(pool, createQuote, verb(updateCheckout));
  const release = async ({ letGo }: KeptHold, ctx: Ctx): Promise<void> => {
    // Forgotten first and given back then: whoever dies between leaves units that come back when their time is over.
    if (letGo) await reservations.release({ reservationId: letGo }, ctx, `let-go:${letGo}`).catch(unlessUsed);
  };
  return {
    async create({ hold, ...wish }, ctx, key = newId()) {
      const held = hold ? await holdUnits(pool, reservations, wish, ctx, key) : null;
      return create({ ...wish, held }, ctx, key);
    },
    async hold({ checkoutId }, ctx, key = newId()) {
      const found = await checkouts.find(pool, checkoutId);
      if (!found) throw new DomainError('not_found', 'There is no such checkout.');
      if (heldFor(found, ctx.now)) return { id: found.id, until: found.hold?.until ?? null, letGo: null };
      const held = await holdUnits(pool, reservations, found, ctx, key);
      const kept = await keep({ checkoutId, hold: held }, ctx, key);
      await release(kept, ctx);
      return kept;
    },
    async letGo({ checkoutId }, ctx, key) {
      const kept = await keep({ checkoutId, hold: null }, ctx, key);
      await release(kept, ctx);
      return kept;
    },
    update,
    chooseTender: verb(chooseTender),
    pay: cuttingPay(verb(payCheckout), update),
    counters: kindsThat((traits) => traits.collectHere),
    cancel: verb(cancelCheckout),
    sendLink: verb(sendCheckoutLink),
    async sweep(ctx) {
      const ids = await checkouts.unsettled(pool, ctx.now, BATCH);
      const results = await Promise.all(ids.map((checkoutId) => settle({ checkoutId }, ctx)));
      return results.filter((result) => result.state !== 'paying').length;
    },
  };
}

/** An order has taken the units over meanwhile: they are where they belong. */
function unlessUsed(error: unknown): void {
  if (!(error instanceof DomainError) || error.code !== 'state_refuses') throw error;
}

/** A checkout that takes what there is has its lines cut to it when less is there than was quoted; what is left has a new price, which is shown first. */
function cuttingPay(pay: CheckoutFlows['pay'], update: CheckoutFlows['update']): CheckoutFlows['pay'] {
  return async (input, ctx, key) => {
    try {
      return await pay(input, ctx, key);
    } catch (error) {
      const left =
        error instanceof DomainError && error.code === 'quote_changed' ? quantitiesOf(error) : new Map<string, number>();
      if (left.size > 0) await update({ checkoutId: input.checkoutId, left }, ctx);
      throw error;
    }
  };
}

function quantitiesOf({ data }: DomainError): Map<string, number> {
  const changes = (data?.changes ?? []) as readonly { readonly what: string; readonly sku?: string; readonly is?: unknown }[];
  return new Map(changes.flatMap(({ what, sku, is }) => (what === 'quantity' && sku ? [[sku, Number(is)] as const] : [])));
}
