import { z } from 'zod';
import { API_SCOPES } from '../../kernel/vocabulary.ts';
import { readMerchant } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, time, timestamp } from './fields.ts';
import { operation } from './operation.ts';

/** Who the key belongs to. */
export const merchantRouter = router({
  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/merchant',
        id: 'getMerchant',
        tag: 'Merchant',
        summary: 'Get the merchant that the API key belongs to',
        description: 'Any key may ask: a good first call.',
      }),
    )
    .input(z.strictObject({}))
    .output(
      z
        .object({
          id,
          slug: z.string(),
          name: z.string(),
          currency,
          country: z.string(),
          prices_include_tax: z.boolean(),
          created_at: timestamp,
          key: z.object({ mode: z.enum(['test', 'live']), scopes: z.array(z.enum(API_SCOPES)) }),
        })
        .meta({ id: 'Merchant' }),
    )
    .query(async ({ ctx }) => {
      const merchant = await readMerchant(ctx.pool, ctx.scope.merchantId ?? '');
      return {
        id: merchant.id,
        slug: merchant.slug,
        name: merchant.name,
        currency: merchant.currency,
        country: merchant.country,
        prices_include_tax: merchant.pricesIncludeTax,
        created_at: time(merchant.createdAt),
        key: { mode: ctx.principal.mode, scopes: [...ctx.principal.scopes] },
      };
    }),
});
