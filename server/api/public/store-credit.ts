import { z } from 'zod';
import { STORE_CREDIT_STATUSES } from '../../domains/store-credit/rules.ts';
import { STORE_CREDIT_REASONS } from '../../domains/store-credit/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { readLiabilities } from '../../views/liabilities.ts';
import { isCustomerOf } from '../../views/owners.ts';
import { listStoreCredit, readStoreCredit, type StoreCreditRow } from '../../views/store-credit.ts';
import { procedure, router } from '../trpc.ts';
import { amount, currency, id, page, pageOf, pageQuery, time, timestamp, upper, uppers, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Store credit';
const storeCredit = z.string().min(1).max(60).meta({ description: 'The store credit’s id.' });

const resource = z
  .object({
    id,
    customer_id: id,
    currency,
    status: z.enum(uppers(STORE_CREDIT_STATUSES)),
    balance_minor: z.int().meta({ description: 'What the customer has, holds included.' }),
    held_minor: z.int().meta({ description: 'What orders hold of it.' }),
    created_at: timestamp,
  })
  .meta({ id: 'StoreCredit' });

const resourceOf = (credit: StoreCreditRow): z.infer<typeof resource> => ({
  id: credit.id,
  customer_id: credit.customerId,
  currency: credit.currency,
  status: upper(credit.status),
  balance_minor: Number(credit.balanceMinor),
  held_minor: Number(credit.heldMinor),
  created_at: time(credit.createdAt),
});

const issued = z
  .object({
    id: id.meta({ description: 'The customer’s store credit.' }),
    status: z.enum(['ISSUED', 'AWAITING_APPROVAL']),
    balance_minor: z.int(),
    approval_id: id.nullable().meta({ description: 'Set where a second person has to agree first.' }),
  })
  .meta({ id: 'IssuedStoreCredit' });

const sums = {
  issued_minor: z.int(),
  redeemed_minor: z.int(),
  returned_minor: z.int(),
  withdrawn_minor: z.int(),
  expired_minor: z.int(),
};
const kind = z.enum(['gift_card', 'store_credit']);
const liabilities = z
  .object({
    owed: z.array(z.object({ kind, currency, outstanding_minor: z.int(), held_minor: z.int(), ...sums })),
    months: z.array(z.object({ month: z.string().meta({ example: '2026-11' }), kind, currency, ...sums })),
    gift_cards_ending: z.array(z.object({ month: z.string().nullable(), currency, cards: z.int(), outstanding_minor: z.int() })),
  })
  .meta({ id: 'Liabilities' });

interface Sums {
  readonly issuedMinor: bigint;
  readonly redeemedMinor: bigint;
  readonly returnedMinor: bigint;
  readonly withdrawnMinor: bigint;
  readonly expiredMinor: bigint;
}
const sumsOf = (row: Sums) => ({
  issued_minor: Number(row.issuedMinor),
  redeemed_minor: Number(row.redeemedMinor),
  returned_minor: Number(row.returnedMinor),
  withdrawn_minor: Number(row.withdrawnMinor),
  expired_minor: Number(row.expiredMinor),
});

/** What the merchant owes customers. */
export const storeCreditRouter = router({
  issue: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/store-credit',
        id: 'issueStoreCredit',
        tag: TAG,
        summary: 'Give a customer store credit',
        description: 'A large amount waits for a second person first.',
        status: 201,
        example: { customer_id: '019e0000-0000-7000-8000-000000000000', amount_minor: 1000, currency: 'EUR', reason: 'goodwill' },
        refuses: ['not_found', 'currency_mismatch', 'amount_out_of_range'],
      }),
    )
    .input(
      z.strictObject({
        customer_id: id,
        amount_minor: amount.min(1),
        currency,
        reason: z.enum(STORE_CREDIT_REASONS),
        note: words(500).optional(),
      }),
    )
    .output(issued)
    .mutation(async ({ ctx, input }) => {
      const { merchantId } = ctx.scope;
      if (!(await isCustomerOf(ctx.pool, input.customer_id, merchantId)))
        throw new DomainError('not_found', 'There is no such customer.');
      const made = await perform(ctx, ctx.app.flows.issueStoreCredit, {
        merchantId: merchantId ?? '',
        customerId: input.customer_id,
        amountMinor: BigInt(input.amount_minor),
        currency: input.currency,
        reason: input.reason,
        note: input.note,
      });
      return { id: made.id, status: upper(made.status), balance_minor: made.balanceMinor, approval_id: made.approvalId };
    }),

  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/store-credit',
        id: 'listStoreCredit',
        tag: TAG,
        summary: 'List store credit, newest first',
      }),
    )
    .input(z.strictObject({ ...pageQuery, customer_id: id.optional() }))
    .output(pageOf(resource))
    .query(async ({ ctx, input }) => {
      const request = { after: input.cursor, limit: input.limit, customerId: input.customer_id };
      return page(await listStoreCredit(ctx.pool, ctx.scope, request), resourceOf);
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/store-credit/{store_credit}',
        id: 'getStoreCredit',
        tag: TAG,
        summary: 'Get a store credit',
      }),
    )
    .input(z.strictObject({ store_credit: storeCredit }))
    .output(resource)
    .query(async ({ ctx, input }) => resourceOf(await readStoreCredit(ctx.pool, ctx.scope, input.store_credit))),

  deduct: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/store-credit/{store_credit}/deductions',
        id: 'deductStoreCredit',
        tag: TAG,
        summary: 'Take store credit back',
        description: 'Up to what no order holds.',
        status: 201,
        example: { amount_minor: 500, reason: 'Given twice' },
        refuses: ['insufficient_funds', 'amount_out_of_range'],
      }),
    )
    .input(z.strictObject({ store_credit: storeCredit, amount_minor: amount.min(1), reason: words(500) }))
    .output(resource)
    .mutation(async ({ ctx, input }) => {
      const credit = await readStoreCredit(ctx.pool, ctx.scope, input.store_credit);
      const wish = {
        action: 'deduct',
        storeCreditId: credit.id,
        amountMinor: BigInt(input.amount_minor),
        reason: input.reason,
      } as const;
      await perform(ctx, ctx.app.flows.changeStoreCredit, wish);
      return resourceOf(await readStoreCredit(ctx.pool, ctx.scope, credit.id));
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/store-credit/{store_credit}',
        id: 'updateStoreCredit',
        tag: TAG,
        summary: 'Freeze or unfreeze a store credit',
        example: { status: 'FROZEN', reason: 'Under review' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ store_credit: storeCredit, status: z.enum(['ACTIVE', 'FROZEN']), reason: words(500) }))
    .output(resource)
    .mutation(async ({ ctx, input }) => {
      const credit = await readStoreCredit(ctx.pool, ctx.scope, input.store_credit);
      const action = input.status === 'FROZEN' ? 'freeze' : 'unfreeze';
      await perform(ctx, ctx.app.flows.changeStoreCredit, { action, storeCreditId: credit.id, reason: input.reason });
      return resourceOf(await readStoreCredit(ctx.pool, ctx.scope, credit.id));
    }),

  liabilities: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/liabilities',
        id: 'getLiabilities',
        tag: TAG,
        summary: 'What is owed by gift cards and store credit',
        description: 'Now, by month of movement, and by the month in which gift cards end. Months are in UTC.',
      }),
    )
    .input(z.strictObject({}))
    .output(liabilities)
    .query(async ({ ctx }) => {
      const report = await readLiabilities(ctx.pool, ctx.scope);
      return {
        owed: report.rows.map((row) => ({
          kind: row.kind,
          currency: row.currency,
          outstanding_minor: Number(row.outstandingMinor),
          held_minor: Number(row.heldMinor),
          ...sumsOf(row),
        })),
        months: report.months.map((row) => ({ month: row.month, kind: row.kind, currency: row.currency, ...sumsOf(row) })),
        gift_cards_ending: report.endings.map((row) => ({
          month: row.month,
          currency: row.currency,
          cards: row.cards,
          outstanding_minor: Number(row.outstandingMinor),
        })),
      };
    }),
});
