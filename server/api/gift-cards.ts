import { z } from 'zod';
import { changeGiftCardInput, issueGiftCardInput, MAX_CODE_TYPED } from '../domains/gift-cards/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { GIFT_CARD_STATUSES } from '../kernel/vocabulary.ts';
import { listGiftCards, readGiftCard } from '../views/gift-cards.ts';
import { readLiabilities } from '../views/liabilities.ts';
import { isCustomerOf } from '../views/owners.ts';
import { yours } from './authorise.ts';
import { lookUpCard } from './gift-card-door.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Gift cards: what merchants owe whoever has a code. */
export const giftCardsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.enum(GIFT_CARD_STATUSES).optional(), last4: z.string().trim().length(4).optional() }))
    .query(({ ctx, input }) => listGiftCards(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readGiftCard(ctx.pool, ctx.scope, input.id)),

  /** The card of a code that a customer reads out. A mutation: it counts as a guess, and a code belongs into no address. */
  lookUp: procedure
    .input(z.object({ merchantId: z.uuid(), code: z.string().min(1).max(MAX_CODE_TYPED) }))
    .mutation(({ ctx, input }) => {
      yours(ctx.scope, { merchantId: input.merchantId, customerId: null });
      return lookUpCard(ctx, input.merchantId, input.code);
    }),

  issue: procedure.input(keyed(issueGiftCardInput)).mutation(async ({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId, customerId: null });
    if (input.customerId && !(await isCustomerOf(ctx.pool, input.customerId, ctx.scope.merchantId)))
      throw new DomainError('not_found', 'There is no such customer.');
    return submit(ctx, input, ctx.app.flows.issueGiftCard);
  }),

  change: procedure.input(keyed(changeGiftCardInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'giftCard', input.giftCardId);
    return submit(ctx, input, ctx.app.flows.changeGiftCard);
  }),

  /** What is owed by gift cards and store credit. */
  liabilities: procedure.query(({ ctx }) => readLiabilities(ctx.pool, ctx.scope)),
});
