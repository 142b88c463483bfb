import { z } from 'zod';
import { GIFT_CARD_REASONS, MAX_CODE_TYPED } from '../../domains/gift-cards/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { GIFT_CARD_STATUSES } from '../../kernel/vocabulary.ts';
import { type GiftCardRow, listGiftCards, readGiftCardRow } from '../../views/gift-cards.ts';
import { isCustomerOf } from '../../views/owners.ts';
import { lookUpCard } from '../gift-card-door.ts';
import { procedure, router } from '../trpc.ts';
import { amount, currency, id, page, pageOf, pageQuery, time, timeOrNull, timestamp, upper, uppers, words } from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Gift cards';
const status = z.enum(uppers(GIFT_CARD_STATUSES));
const giftCard = z.string().min(1).max(60).meta({ description: 'The gift card’s id.' });

const fields = {
  id,
  status,
  last4: z.string().meta({ description: 'The last four characters of its code.' }),
  currency,
  initial_minor: z.int(),
  balance_minor: z.int().meta({ description: 'What is on it, holds included.' }),
  held_minor: z.int().meta({ description: 'What orders hold of it.' }),
  reason: z.string(),
  note: z.string().nullable(),
  customer_id: id.nullable(),
  approval_id: id.nullable().meta({ description: 'Set where a second person has to agree first.' }),
  expires_at: timestamp.nullable(),
  created_at: timestamp,
};
const resource = z.object(fields).meta({ id: 'GiftCard' });
const issued = z
  .object({
    ...fields,
    code: z.string().meta({ description: 'The code, in this answer and nowhere else. Keep it from logs.', example: '7K2M-…' }),
  })
  .meta({ id: 'IssuedGiftCard' });
const balance = z
  .object({ id, last4: z.string(), currency, available_minor: z.int(), expires_at: timestamp.nullable() })
  .meta({ id: 'GiftCardBalance' });

const resourceOf = (card: GiftCardRow): z.infer<typeof resource> => ({
  id: card.id,
  status: upper(card.status),
  last4: card.last4,
  currency: card.currency,
  initial_minor: Number(card.initialMinor),
  balance_minor: Number(card.balanceMinor),
  held_minor: Number(card.heldMinor),
  reason: card.reason,
  note: card.note,
  customer_id: card.customerId,
  approval_id: card.approvalId,
  expires_at: timeOrNull(card.expiresAt),
  created_at: time(card.createdAt),
});

const issueInput = z.strictObject({
  amount_minor: amount.min(1),
  currency,
  reason: z.enum(GIFT_CARD_REASONS),
  note: words(500).optional(),
  customer_id: id.optional().meta({ description: 'Whom it is for, if that is known.' }),
  expires_at: timestamp.optional(),
});

/** Status a client may ask for, and the verb that leads there. */
const WANTED = { FROZEN: 'freeze', ACTIVE: 'unfreeze', VOID: 'void' } as const;

/** Gift cards of the merchant. */
export const giftCardsRouter = router({
  issue: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/gift-cards',
        id: 'issueGiftCard',
        tag: TAG,
        summary: 'Issue a gift card',
        description:
          'The answer holds the code, once; a repeat under the same Idempotency-Key gets the same one. A large one is worth nothing until a second person has agreed.',
        status: 201,
        example: { amount_minor: 5000, currency: 'EUR', reason: 'sold' },
        refuses: ['not_found', 'currency_mismatch', 'amount_out_of_range'],
      }),
    )
    .input(issueInput)
    .output(issued)
    .mutation(async ({ ctx, input }) => {
      const { scope } = ctx;
      if (input.customer_id && !(await isCustomerOf(ctx.pool, input.customer_id, scope.merchantId)))
        throw new DomainError('not_found', 'There is no such customer.');
      const made = await perform(ctx, ctx.app.flows.issueGiftCard, {
        merchantId: scope.merchantId ?? '',
        amountMinor: BigInt(input.amount_minor),
        currency: input.currency,
        reason: input.reason,
        note: input.note,
        customerId: input.customer_id,
        expiresAt: input.expires_at === undefined ? undefined : new Date(input.expires_at),
      });
      exchangeOf(ctx).location = `/api/v1/gift-cards/${made.id}`;
      return { ...resourceOf(await readGiftCardRow(ctx.pool, scope, made.id)), code: made.code };
    }),

  list: procedure
    .meta(
      operation({ method: 'GET', path: '/gift-cards', id: 'listGiftCards', tag: TAG, summary: 'List gift cards, newest first' }),
    )
    .input(
      z.strictObject({
        ...pageQuery,
        status: status.optional(),
        last4: z.string().length(4).optional().meta({ description: 'The last four characters of a code.' }),
        customer_id: id.optional(),
      }),
    )
    .output(pageOf(resource))
    .query(async ({ ctx, input }) => {
      const found = await listGiftCards(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        status: GIFT_CARD_STATUSES.find((known) => upper(known) === input.status),
        last4: input.last4,
        customerId: input.customer_id,
      });
      return page(found, resourceOf);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/gift-cards/{gift_card}', id: 'getGiftCard', tag: TAG, summary: 'Get a gift card' }))
    .input(z.strictObject({ gift_card: giftCard }))
    .output(resource)
    .query(async ({ ctx, input }) => resourceOf(await readGiftCardRow(ctx.pool, ctx.scope, input.gift_card))),

  lookUp: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/gift-cards/lookup',
        id: 'lookUpGiftCard',
        tag: TAG,
        summary: 'Find a gift card by its code',
        description: 'Whatever cannot be spent is answered 404 alike. Guesses are limited. Changes nothing.',
        example: { code: '7K2M-9QXD-4T1B-ZR5C-W8HP' },
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ code: z.string().min(1).max(MAX_CODE_TYPED) }))
    .output(balance)
    .mutation(async ({ ctx, input }) => {
      const card = await lookUpCard(ctx, ctx.scope.merchantId ?? '', input.code);
      return {
        id: card.id,
        last4: card.last4,
        currency: card.currency,
        available_minor: Number(card.availableMinor),
        expires_at: timeOrNull(card.expiresAt),
      };
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/gift-cards/{gift_card}',
        id: 'updateGiftCard',
        tag: TAG,
        summary: 'Freeze, unfreeze or void a gift card',
        description: 'VOID takes off what no order holds, and cannot be taken back.',
        example: { status: 'FROZEN', reason: 'Reported as stolen' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ gift_card: giftCard, status: z.enum(['FROZEN', 'ACTIVE', 'VOID']), reason: words(500) }))
    .output(resource)
    .mutation(async ({ ctx, input }) => {
      const card = await readGiftCardRow(ctx.pool, ctx.scope, input.gift_card);
      const action = WANTED[input.status];
      await perform(ctx, ctx.app.flows.changeGiftCard, { giftCardId: card.id, action, reason: input.reason });
      return resourceOf(await readGiftCardRow(ctx.pool, ctx.scope, card.id));
    }),
});
