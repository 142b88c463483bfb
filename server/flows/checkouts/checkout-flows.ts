import type pg from 'pg';
import type {
  CheckoutIdInput,
  ChooseTenderInput,
  CreateCheckoutInput,
  PayCheckoutInput,
  UpdateCheckoutInput,
} from '../../domains/checkouts/schema.ts';
import * as checkouts from '../../domains/checkouts/service.ts';
import type { CreateQuoteInput } from '../../domains/quotes/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import type { CreatedQuote } from '../create-quote.ts';
import { type ChosenTenders, chooseTender } from './choose-tenders.ts';
import { createCheckout, type OpenedCheckout } from './create-checkout.ts';
import { type PayingCheckout, payCheckout } from './pay-checkout.ts';
import { cancelCheckout, type SettledCheckout, sendCheckoutLink, settleCheckout } from './settle-checkouts.ts';
import { quotedUpdate, type UpdatedCheckout, updateCheckout } from './update-checkout.ts';

/** What can be done with a checkout. */
export interface CheckoutFlows {
  readonly create: Call<CreateCheckoutInput, OpenedCheckout>;
  /** `again` has it quoted anew although nothing of it changed. */
  readonly update: Call<UpdateCheckoutInput & { readonly again?: boolean }, UpdatedCheckout>;
  /** What is paid with beside the card. */
  readonly chooseTender: Call<ChooseTenderInput, ChosenTenders>;
  readonly pay: Call<PayCheckoutInput, PayingCheckout>;
  readonly cancel: Call<CheckoutIdInput, SettledCheckout>;
  readonly sendLink: Call<CheckoutIdInput, SettledCheckout>;
  /** Follows the orders on their way, and ends what nobody paid in time. Returns how many changed. */
  sweep(ctx: Ctx): Promise<number>;
}

interface Deps {
  readonly pool: pg.Pool;
  readonly createQuote: Call<CreateQuoteInput, CreatedQuote>;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}

/** One sweep settles this many at most; the next one takes the rest. */
const BATCH = 200;

export function createCheckoutFlows({ pool, createQuote, verb }: Deps): CheckoutFlows {
  const settle = verb(settleCheckout);
  return {
    create: verb(createCheckout),
    update: quotedUpdate(pool, createQuote, verb(updateCheckout)),
    chooseTender: verb(chooseTender),
    pay: verb(payCheckout),
    cancel: verb(cancelCheckout),
    sendLink: verb(sendCheckoutLink),
    async sweep(ctx) {
      const ids = await checkouts.unsettled(pool, ctx.now, BATCH);
      const results = await Promise.all(ids.map((checkoutId) => settle({ checkoutId }, ctx)));
      return results.filter((result) => result.state !== 'paying').length;
    },
  };
}
