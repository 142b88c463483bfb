import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { readAccount } from '../../views/accounts.ts';
import { balanceAt, balanceAtVersion } from '../../views/balances.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, timeOrNull, timestamp, uppers } from './fields.ts';
import { operation } from './operation.ts';

const TAG = 'Ledger';

const balance = z
  .object({
    account_id: id,
    code: z.string().meta({ description: 'The account’s own name.', example: 'merchant_payable:…:EUR' }),
    kind: z.string(),
    currency,
    normal_side: z.enum(uppers(['debit', 'credit'])),
    version: z.int().meta({ description: 'Of the newest entry that counts; 0 before the first.' }),
    at: timestamp.nullable().meta({ description: 'The instant asked for, or that of the version; null for version 0.' }),
    balance_minor: z.int().meta({ description: 'Posted, on the account’s normal side. May be negative.' }),
    held_minor: z.int().meta({ description: 'Held by what was pending then, on the side that lowers the balance.' }),
    debits_minor: z.int(),
    credits_minor: z.int(),
  })
  .meta({ id: 'AccountBalance' });

/** What a merchant's own accounts hold, and held. */
export const ledgerRouter = router({
  balance: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/ledger/accounts/{account}/balance',
        id: 'getAccountBalance',
        tag: TAG,
        summary: 'Get an account’s balance, now or in the past',
        description:
          'Of now where neither version nor at is sent. A version is exact at once and for ever. An instant counts the entries dated then or before; requests that were under way at that instant may still join it for a minute.',
      }),
    )
    .input(
      z.strictObject({
        account: id,
        version: z.int().min(0).optional().meta({ description: 'After this version of the account.' }),
        at: timestamp
          .optional()
          .meta({ description: 'At this instant, entries of that instant included. Not together with version.' }),
      }),
    )
    .output(balance)
    .query(async ({ ctx, input }) => {
      if (input.version !== undefined && input.at !== undefined)
        throw new DomainError('invalid_request', 'Send either version or at, not both.', { field: 'at' });
      const found =
        input.at !== undefined
          ? await balanceAt(ctx.pool, ctx.scope, input.account, new Date(input.at), ctx.ctx().now)
          : await balanceAtVersion(
              ctx.pool,
              ctx.scope,
              input.account,
              input.version !== undefined
                ? BigInt(input.version)
                : (await readAccount(ctx.pool, ctx.scope, input.account)).version,
            );
      return {
        account_id: found.accountId,
        code: found.code,
        kind: found.kind,
        currency: found.currency,
        normal_side: found.normalSide === 'debit' ? 'DEBIT' : 'CREDIT',
        version: Number(found.version),
        at: timeOrNull(found.at),
        balance_minor: Number(found.balanceMinor),
        held_minor: Number(found.heldMinor),
        debits_minor: Number(found.debitsMinor),
        credits_minor: Number(found.creditsMinor),
      };
    }),
});
