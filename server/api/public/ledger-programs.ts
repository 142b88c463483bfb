import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { isId } from '../../kernel/ids.ts';
import { type AccountRow, readAccount, readFrozenBy } from '../../views/accounts.ts';
import type { ApiContext } from '../context.ts';
import { procedure } from '../trpc.ts';
import { amount, currency, id, uppers, words } from './fields.ts';
import { account, accountOf } from './ledger-resources.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Ledger';

const ownCode = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,39}$/)
  .refine((code) => !isId(code), 'must not look like an id')
  .meta({
    description: 'What you call the account by: unique with its currency, never changed. Lower case; “funding” is taken.',
    example: 'loyalty',
  });
const reason = z
  .string()
  .regex(/\S.*\S.*\S/s, 'must say why, in a few words')
  .max(500);
const limit = amount.meta({ description: 'How far it may fall below zero, holds included, in minor units.' });

type Action = 'freeze' | 'unfreeze' | 'close' | 'set_limit';
type ScopedContext = ApiContext & { readonly scope: { readonly merchantId: string | null; readonly customerId: null | string } };

/** An account of the caller's programs. What the house keeps is not operated from outside. */
async function programOf(ctx: ScopedContext, accountId: string, action: Action): Promise<AccountRow> {
  const row = await readAccount(ctx.pool, ctx.scope, accountId.toLowerCase());
  if (row.kind === 'program') return row;
  const detail =
    row.kind === 'program_funding'
      ? 'Programs are funded from this account: it stays open. Freeze or close the programs instead.'
      : `Waybill keeps this account. ${action === 'set_limit' ? 'Change' : 'Freeze and close'} accounts of your programs.`;
  throw new DomainError('state_refuses', detail);
}

async function operate(
  ctx: ScopedContext,
  accountId: string,
  action: Exclude<Action, 'set_limit'>,
  why: string,
): Promise<z.infer<typeof account>> {
  const row = await programOf(ctx, accountId, action);
  if (action === 'unfreeze' && row.frozen && !(await readFrozenBy(ctx.pool, row.id)).startsWith('api_key:'))
    throw new DomainError('state_refuses', 'The platform has frozen this account. Ask its support to release it.');
  await perform(ctx, ctx.app.flows.ledger.operateAccount, { accountId: row.id, operation: { action }, reason: why.trim() });
  return accountOf(await readAccount(ctx.pool, ctx.scope, row.id));
}

const state = (action: Exclude<Action, 'set_limit'>, summary: string, description: string, why: string) =>
  procedure
    .meta(
      operation({
        method: 'POST',
        path: `/ledger/accounts/{account}/${action}`,
        id: `${action}Account`,
        tag: TAG,
        summary,
        description,
        example: { reason: why },
        refuses: ['state_refuses', 'account_closed'],
      }),
    )
    .input(z.strictObject({ account: id, reason }))
    .output(account)
    .mutation(({ ctx, input }) => operate(ctx, input.account, action, input.reason));

/** Accounts of a merchant's own programs. */
export const programProcedures = {
  open: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/ledger/accounts',
        id: 'openAccount',
        tag: TAG,
        summary: 'Open an account of your own programs',
        description:
          'Points, a promotion’s budget, what a seller on your marketplace has: money moves between such accounts of yours by journals, and never to or from accounts that Waybill keeps. With the first one in a currency comes “funding”, which programs are filled from and which may run either way.',
        status: 201,
        example: { own_code: 'loyalty', name: 'Loyalty points', currency: 'EUR', normal_side: 'CREDIT' },
        refuses: ['already_exists'],
      }),
    )
    .input(
      z.strictObject({
        own_code: ownCode,
        name: words(100).meta({ description: 'For people.' }),
        currency,
        normal_side: z
          .enum(uppers(['debit', 'credit']))
          .optional()
          .meta({ description: 'CREDIT unless said: what you owe, or have set aside. DEBIT for what you have elsewhere.' }),
        limited: z
          .boolean()
          .optional()
          .meta({ description: 'true unless said. One that is not limited may run either way, as a counterpart of others.' }),
        credit_limit_minor: limit.optional(),
      }),
    )
    .output(account)
    .mutation(async ({ ctx, input }) => {
      const limited = input.limited ?? true;
      if (!limited && input.credit_limit_minor)
        throw new DomainError('invalid_request', 'An account that is not limited has no credit limit.', {
          field: 'credit_limit_minor',
        });
      const { id: made } = await perform(ctx, ctx.app.flows.ledger.openAccount, {
        merchantId: ctx.scope.merchantId ?? '',
        ownCode: input.own_code,
        name: input.name.trim(),
        currency: input.currency,
        normalSide: input.normal_side === 'DEBIT' ? 'debit' : 'credit',
        limited,
        creditLimitMinor: BigInt(input.credit_limit_minor ?? 0),
      });
      exchangeOf(ctx).location = `/api/v1/ledger/accounts/${made}`;
      return accountOf(await readAccount(ctx.pool, ctx.scope, made));
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/ledger/accounts/{account}',
        id: 'updateAccount',
        tag: TAG,
        summary: 'Change the credit limit of an account of your programs',
        description: 'Not below what is used of it, holds included.',
        example: { credit_limit_minor: 50_000, reason: 'A season with more returns' },
        refuses: ['state_refuses', 'account_closed', 'amount_out_of_range'],
      }),
    )
    .input(z.strictObject({ account: id, credit_limit_minor: limit, reason }))
    .output(account)
    .mutation(async ({ ctx, input }) => {
      const row = await programOf(ctx, input.account, 'set_limit');
      await perform(ctx, ctx.app.flows.ledger.operateAccount, {
        accountId: row.id,
        operation: { action: 'set_limit', creditLimitMinor: BigInt(input.credit_limit_minor) },
        reason: input.reason.trim(),
      });
      return accountOf(await readAccount(ctx.pool, ctx.scope, row.id));
    }),

  freeze: state(
    'freeze',
    'Freeze an account of your programs',
    'It neither gives nor takes any more; what is held may still be posted or voided.',
    'Under review',
  ),
  unfreeze: state('unfreeze', 'Let a frozen account of your programs go', 'Not where the platform froze it.', 'Reviewed'),
  close: state(
    'close',
    'Close an account of your programs',
    'For good, with a balance of zero and no open hold. Its history stays.',
    'The season is over',
  ),
};
