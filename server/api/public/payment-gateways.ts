import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { listGateways, listMerchantGateways, type StoredRule } from '../../views/payment-gateways.ts';
import { procedure, router } from '../trpc.ts';
import { currency, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Payments';

const rule = z.strictObject({
  gateway: words(40).meta({ description: 'One of those that are `available`.', example: 'card' }),
  currencies: z.array(currency).min(1).max(50).optional().meta({ description: 'What it takes for you; all where absent.' }),
  methods: z.array(words(40)).min(1).max(10).optional().meta({ description: 'All that it can take, where absent.' }),
  limits: z
    .record(z.string().regex(/^[A-Z]{3}$/), z.int().min(1))
    .optional()
    .meta({ description: 'The most that it takes of one order, in minor units by currency.', example: { EUR: 20_000 } }),
  ships_unpaid: z.boolean().optional().meta({
    description: 'Of debits and transfers: goods may leave before the money has come. They wait for it where absent.',
  }),
});

const rules = z
  .array(rule)
  .meta({ description: 'The preferred one first. Empty: nobody has said, and `card` takes everything.' });

const gateways = z
  .object({
    gateways: rules,
    available: z.array(
      z.object({
        gateway: z.string(),
        methods: z.array(z.string()),
        connected: z.boolean().meta({ description: 'Only connected gateways can be listed.' }),
        health: z.enum(['well', 'silent', 'away', 'not_connected']).meta({
          description:
            'As of now. `silent`: attempts of the last hour have no answer yet. `away`: it is left alone for a moment.',
        }),
      }),
    ),
  })
  .meta({ id: 'PaymentGateways' });

const ruleOf = ({ limits, shipsUnpaid, ...rest }: StoredRule): z.infer<typeof rule> => ({
  ...rest,
  ...(limits ? { limits } : {}),
  ...(shipsUnpaid === undefined ? {} : { ships_unpaid: shipsUnpaid }),
});

const fromBody = ({ limits, ships_unpaid: shipsUnpaid, ...rest }: z.infer<typeof rule>): StoredRule => ({
  ...rest,
  ...(limits ? { limits } : {}),
  ...(shipsUnpaid === undefined ? {} : { shipsUnpaid }),
});

/** Which gateways take the merchant's payments. */
export const paymentGatewaysRouter = router({
  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/payment-gateways',
        id: 'getPaymentGateways',
        tag: TAG,
        summary: 'Get which gateways take your payments, and how each does now',
      }),
    )
    .input(z.strictObject({}))
    .output(gateways)
    .query(async ({ ctx }) => {
      const [own] = await listMerchantGateways(ctx.pool, ctx.scope);
      const all = await listGateways(ctx.pool, ctx.app.gateways, ctx.ctx().now);
      return {
        gateways: (own?.gateways ?? []).map(ruleOf),
        available: all.map(({ name, methods, connected, health }) => ({
          gateway: name,
          methods: [...methods],
          connected,
          health,
        })),
      };
    }),
  set: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/payment-gateways',
        id: 'setPaymentGateways',
        tag: TAG,
        summary: 'Set which gateways take your payments',
        description:
          'The whole list, the preferred gateway first. It holds for orders that are placed from now on; payments that exist stay where they are. The next in the list is asked only where one says that nothing was charged.',
        example: { gateways: [{ gateway: 'adyen', currencies: ['EUR'] }, { gateway: 'card' }] },
      }),
    )
    .input(z.strictObject({ gateways: z.array(rule).min(1).max(20) }))
    .output(z.object({ gateways: rules }).meta({ id: 'PaymentGatewaysSet' }))
    .mutation(async ({ ctx, input }) => {
      const names = ctx.app.gateways.map(({ name }) => name);
      const strange = input.gateways.findIndex((one) => !names.includes(one.gateway));
      if (strange >= 0)
        throw new DomainError(
          'invalid_request',
          `There is no gateway called ${input.gateways[strange]?.gateway}. There are ${names.join(', ')}.`,
          { field: `gateways.${strange}.gateway` },
        );
      const merchantId = ctx.scope.merchantId ?? '';
      const set = await perform(ctx, ctx.app.flows.setPaymentGateways, { merchantId, gateways: input.gateways.map(fromBody) });
      return { gateways: set.gateways.map(ruleOf) };
    }),
});
