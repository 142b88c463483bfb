import { z } from 'zod';
import { type Aggregate, EVENT_TYPES } from '../../kernel/events.ts';
import type { ApiScope } from '../../kernel/vocabulary.ts';
import { listEvents } from '../../views/events.ts';
import { procedure, router } from '../trpc.ts';
import { id, pageQuery, time, timestamp } from './fields.ts';
import { operation } from './operation.ts';
import { snakeCase } from './problem.ts';

/** Which scopes let a key see events of which objects. Customers and wallets belong to the platform: their events are nobody's to list. */
const SEEN_WITH: Readonly<Record<Aggregate, readonly ApiScope[]>> = {
  order: ['orders:read'],
  approval: ['orders:read'],
  checkout: ['orders:read'],
  reservation: ['orders:read', 'stock:read'],
  channel: ['stock:read'],
  sku: ['stock:read', 'catalog:read'],
  purchase_order: ['stock:read'],
  stock_policy: ['stock:read'],
  transfer: ['stock:read'],
  stock_count: ['stock:read'],
  shipping_method: ['catalog:read'],
  invoice: ['orders:read'],
  invoice_profile: [],
  customer: [],
  wallet: [],
  money_request: [],
  reconciliation: [],
  gift_card: ['gift_cards:read'],
  store_credit: ['store_credit:read'],
  account: ['ledger:read'],
  payout: [],
  gl_account: [],
  node: ['stock:read'],
  routing_rules: [],
  return_policy: ['orders:read'],
  policy: ['orders:read'],
};

const event = z
  .object({
    id,
    type: z.string().meta({ example: 'order.confirmed' }),
    object: z.string().meta({ description: 'order, sku, approval, checkout, account …' }),
    object_id: id,
    object_version: z.int().meta({ description: 'Orders the events of one object, without gaps.' }),
    data: z.record(z.string(), z.unknown()),
    actor: z.string(),
    at: timestamp,
  })
  .meta({ id: 'Event' });

/** Everything that happened, for whoever keeps a copy. */
export const eventsRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/events',
        id: 'listEvents',
        tag: 'Events',
        summary: 'List events, oldest first',
        description:
          'For reconciliation: keep `next_cursor` and send it as `after` next time, also when `has_more` was false. No event ever appears before a cursor that you were given. Events of one object are ordered by `object_version`.',
      }),
    )
    .input(
      z.strictObject({
        after: pageQuery.cursor.meta({ description: 'next_cursor of the page before; from the beginning unless said.' }),
        limit: pageQuery.limit,
        type: z.array(z.enum(EVENT_TYPES)).optional(),
        object_id: id.optional(),
      }),
    )
    .output(
      z.object({
        data: z.array(event),
        next_cursor: z.string().nullable().meta({ description: 'Where to go on, now or later.' }),
        has_more: z.boolean(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const scopes = ctx.principal.scopes;
      const aggregates = (Object.keys(SEEN_WITH) as Aggregate[]).filter((name) =>
        SEEN_WITH[name].some((scope) => scopes.includes(scope)),
      );
      const found = await listEvents(ctx.pool, {
        merchantId: ctx.scope.merchantId ?? '',
        aggregates,
        types: input.type,
        aggregateId: input.object_id,
        after: input.after,
        limit: input.limit,
      });
      return {
        data: found.items.map((row) => ({
          id: row.id,
          type: row.type,
          object: row.aggregate,
          object_id: row.aggregateId,
          object_version: Number(row.aggregateVersion),
          data: snakeCase(row.data) as Record<string, unknown>,
          actor: row.actor,
          at: time(row.at),
        })),
        next_cursor: found.next,
        has_more: found.more,
      };
    }),
});
