import { z } from 'zod';
import {
  assignPayInInput,
  payMerchantInput,
  removeBankAccountInput,
  topUpByBankInput,
  topUpByCardInput,
  withdrawInput,
} from '../domains/rails/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { ibanProblem } from '../kernel/iban.ts';
import { text } from '../kernel/inputs.ts';
import { listMerchants } from '../views/people.ts';
import {
  countPayIns,
  listBankAccounts,
  listMerchantPayouts,
  listPayIns,
  readMerchantPayable,
  readOnTheWay,
  readTopUpView,
} from '../views/rails.ts';
import type { Scope } from './authorise.ts';
import { assertFreshSignIn } from './fresh-sign-in.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const walletId = z.uuid();

const iban = z
  .string()
  .max(60)
  .refine((value) => ibanProblem(value) === null, 'This is no account number (IBAN): check each character.');

/** Whose procedures these are: the matrix lets customers in only, each to their own. */
function me({ scope }: { readonly scope: Scope }): string {
  if (scope.customerId === null) throw new DomainError('forbidden');
  return scope.customerId;
}

/** What waits in suspense is the platform's to find out. */
function platform({ scope }: { readonly scope: Scope }): void {
  if (scope.merchantId !== null) throw new DomainError('not_found', 'Only the platform sees its own accounts.');
}

/** Money into and out of a customer's own wallets. */
export const railsRouter = router({
  topUpByCard: procedure.input(keyed(topUpByCardInput.omit({ returnUrl: true }))).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    const returnUrl = `${ctx.app.settings.origin}/account/wallet/top-up?w=${input.walletId}&back=1`;
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.rails.topUpByCard({ ...wanted, returnUrl }, who, key));
  }),

  topUpByBank: procedure.input(keyed(topUpByBankInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return submit(ctx, input, ctx.app.flows.rails.topUpByBank);
  }),

  topUp: procedure.input(z.object({ id: z.string() })).query(({ ctx, input }) => readTopUpView(ctx.pool, ctx.scope, input.id)),

  /** Card fields of the provider, which a page shows in a frame. */
  cardFields: procedure.query(({ ctx }) => ({ url: ctx.app.settings.cardFieldsUrl })),

  onTheWay: procedure.input(z.object({ walletId })).query(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    return readOnTheWay(ctx.pool, input.walletId);
  }),

  collectionAccount: procedure
    .input(z.object({ currency: z.string().regex(/^[A-Z]{3}$/) }))
    .query(({ ctx, input }) => ctx.app.flows.rails.collectionAccount(input.currency)),

  bankAccounts: procedure.query(({ ctx }) => listBankAccounts(ctx.pool, { customerId: me(ctx) })),

  addBankAccount: procedure.input(keyed(z.object({ iban, holder: text(140) }))).mutation(async ({ ctx, input }) => {
    const owner = { customerId: me(ctx) };
    await assertFreshSignIn(ctx, 'add the account');
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.rails.addBankAccount({ ...wanted, owner }, who, key));
  }),

  removeBankAccount: procedure.input(keyed(removeBankAccountInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'bank_account', input.bankAccountId);
    return submit(ctx, input, ctx.app.flows.rails.removeBankAccount);
  }),

  withdraw: procedure.input(keyed(withdrawInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'wallet', input.walletId);
    await own(ctx, 'bank_account', input.bankAccountId);
    return submit(ctx, input, ctx.app.flows.rails.withdraw);
  }),
});

/** What finance does: money that named nobody, and what merchants are owed. */
export const payoutsRouter = router({
  payIns: procedure.input(pageInput).query(({ ctx, input }) => {
    platform(ctx);
    return listPayIns(ctx.pool, input);
  }),

  countPayIns: procedure.query(({ ctx }) => {
    platform(ctx);
    return countPayIns(ctx.pool);
  }),

  assignPayIn: procedure.input(keyed(assignPayInInput)).mutation(({ ctx, input }) => {
    platform(ctx);
    return submit(ctx, input, ctx.app.flows.rails.assignPayIn);
  }),

  merchants: procedure.query(({ ctx }) => {
    platform(ctx);
    return listMerchants(ctx.pool, ctx.scope);
  }),

  owed: procedure.input(z.object({ merchantId: z.uuid() })).query(async ({ ctx, input: { merchantId } }) => {
    platform(ctx);
    const [owed, accounts] = [await readMerchantPayable(ctx.pool, merchantId), await listBankAccounts(ctx.pool, { merchantId })];
    return { owed, accounts };
  }),

  list: procedure.input(pageInput.extend({ merchantId: z.uuid() })).query(({ ctx, input }) => {
    platform(ctx);
    return listMerchantPayouts(ctx.pool, input);
  }),

  addAccount: procedure.input(keyed(z.object({ merchantId: z.uuid(), iban, holder: text(140) }))).mutation(({ ctx, input }) => {
    platform(ctx);
    return submit(ctx, input, ({ merchantId, ...typed }, who, key) =>
      ctx.app.flows.rails.addBankAccount({ ...typed, owner: { merchantId } }, who, key),
    );
  }),

  pay: procedure.input(keyed(payMerchantInput)).mutation(({ ctx, input }) => {
    platform(ctx);
    return submit(ctx, input, ctx.app.flows.rails.payMerchant);
  }),
});
