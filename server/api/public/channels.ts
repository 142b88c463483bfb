import { z } from 'zod';
import { connectChannelInput } from '../../domains/channels/schema.ts';
import {
  type ChannelRow,
  type DriftRow,
  type ListingRow,
  listChannels,
  listListings,
  readChannel,
} from '../../views/channels.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, time, timeOrNull, timestamp, upper, words } from './fields.ts';
import { skusNamed } from './named-goods.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Channels';
const count = z.int().min(0);
const at = timestamp.nullable();

const connection = z
  .object({
    id,
    name: z.string(),
    kind: z.string().meta({ example: 'marketplace' }),
    channel: z
      .string()
      .meta({ description: 'What its orders are sold through: name it when you place one.', example: 'marketplace' }),
    state: z
      .enum(['CURRENT', 'SENDING', 'FAILING', 'PAUSED'])
      .meta({ description: 'FAILING: the channel does not answer, and is tried again.' }),
    listings: count,
    unsent: count.meta({ description: 'Listings whose newest quantity the channel has not acknowledged.' }),
    waiting_since: at,
    differences: count.meta({ description: 'Listings where the channel said that it has something else.' }),
    last_error: z.string().nullable(),
    answered_at: at,
    reported_at: at,
  })
  .meta({ id: 'ChannelConnection' });
const listing = z
  .object({
    sku: z.string(),
    listing_id: z.string().meta({ description: 'What the channel calls it.' }),
    sent: count.nullable(),
    acknowledged: count.nullable(),
    version: z.int().nullable().meta({ description: 'Of the supply, as it was acknowledged.' }),
    acknowledged_at: at,
    current: z.boolean(),
    listed: z.boolean().meta({ description: 'False: it was taken off, and the channel is told that there is nothing.' }),
  })
  .meta({ id: 'ChannelListing' });
const difference = z
  .object({
    id,
    sku: z.string(),
    kind: z.enum(['QUANTITY', 'MISSING', 'BEHIND', 'AHEAD']),
    ours: z.int(),
    theirs: z.int().nullable(),
    status: z
      .enum(['OPEN', 'IGNORED', 'CLOSED'])
      .meta({ description: 'One that is being counted is OPEN until its counts are done.' }),
    counts: z.array(z.string()).meta({ description: 'Numbers of the counts on which it was looked for last.' }),
    first_seen_at: timestamp,
    last_seen_at: timestamp,
    times_seen: count,
  })
  .meta({ id: 'ChannelDifference' });

const whole = (value: bigint | null): number | null => (value === null ? null : Number(value));

const connectionOf = (row: ChannelRow): z.infer<typeof connection> => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  channel: row.channel,
  state: upper(row.state),
  listings: row.listings,
  unsent: row.unsent,
  waiting_since: timeOrNull(row.waitingSince),
  differences: row.differences,
  last_error: row.lastError,
  answered_at: timeOrNull(row.answeredAt),
  reported_at: timeOrNull(row.reportedAt),
});
const listingOf = (row: ListingRow): z.infer<typeof listing> => ({
  sku: row.skuCode,
  listing_id: row.ref,
  sent: whole(row.sentQuantity),
  acknowledged: whole(row.ackedQuantity),
  version: whole(row.ackedVersion),
  acknowledged_at: timeOrNull(row.ackedAt),
  current: !row.waits && row.problem === null,
  listed: !row.takenOff,
});
const differenceOf = (row: DriftRow): z.infer<typeof difference> => ({
  id: row.id,
  sku: row.skuCode,
  kind: upper(row.kind),
  ours: Number(row.ours),
  theirs: whole(row.theirs),
  status: upper(row.status === 'counting' ? 'open' : row.status),
  counts: row.counts.map(({ number }) => number),
  first_seen_at: time(row.firstSeenAt),
  last_seen_at: time(row.lastSeenAt),
  times_seen: row.timesSeen,
});

const changed = z
  .object({ id, name: z.string(), status: z.enum(['ON', 'PAUSED']), version: z.int() })
  .meta({ id: 'ChangedChannel' });
const changedOf = (done: { id: string; name: string; status: 'on' | 'paused'; version: number }): z.infer<typeof changed> => ({
  ...done,
  status: upper(done.status),
});
/** As the house takes them: whatever is wrong with one is said of it. */
const { kind, name, url, secret } = connectChannelInput.shape;
const facts = {
  name,
  url: url.meta({ description: 'One of the addresses that the operator allows.', example: 'https://bazaar.example' }),
  secret: secret.meta({ description: 'Both sides sign with it. It is never shown again.' }),
};

/** Channels that sell our stock elsewhere, as programs connect, watch and change them. */
export const channelsRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/channels',
        id: 'listChannels',
        tag: TAG,
        summary: 'List the channels that stock is sent to',
      }),
    )
    .input(z.strictObject({}))
    .output(z.object({ data: z.array(connection) }))
    .query(async ({ ctx }) => ({ data: (await listChannels(ctx.pool, ctx.scope)).map(connectionOf) })),

  listings: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/channels/{channel}/listings',
        id: 'listChannelListings',
        tag: TAG,
        summary: 'List what a channel was told and acknowledged, by SKU',
      }),
    )
    .input(z.strictObject({ channel: id, ...pageQuery }))
    .output(pageOf(listing))
    .query(async ({ ctx, input }) => {
      const { id: connectionId } = await readChannel(ctx.pool, ctx.scope, input.channel);
      return page(await listListings(ctx.pool, ctx.scope, { connectionId, after: input.cursor, limit: input.limit }), listingOf);
    }),

  differences: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/channels/{channel}/differences',
        id: 'listChannelDifferences',
        tag: TAG,
        summary: 'List where a channel has something else than it was told',
        description: 'The open ones first; fifty at most.',
      }),
    )
    .input(z.strictObject({ channel: id }))
    .output(z.object({ data: z.array(difference) }))
    .query(async ({ ctx, input }) => ({
      data: (await readChannel(ctx.pool, ctx.scope, input.channel)).drift.map(differenceOf),
    })),

  connect: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/channels',
        id: 'connectChannel',
        tag: TAG,
        summary: 'Connect a channel that sells your stock',
        description: 'Every active SKU with stock is listed by its code and told at once.',
        status: 201,
        example: { kind: 'marketplace', name: 'Bazaar', url: 'https://bazaar.example', secret: 'whsec_0123456789abcdef01234567' },
        refuses: ['already_exists'],
      }),
    )
    .input(z.strictObject({ kind: kind.meta({ example: 'marketplace' }), ...facts }))
    .output(changed)
    .mutation(async ({ ctx, input }) => {
      const wish = { ...input, merchantId: ctx.scope.merchantId ?? '' };
      const made = await perform(ctx, ctx.app.flows.channels.connect, wish);
      exchangeOf(ctx).location = '/api/v1/channels';
      return changedOf(made);
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/channels/{channel}',
        id: 'updateChannel',
        tag: TAG,
        summary: 'Change, pause or resume a channel',
        description: 'While it is paused nothing is sent; changes wait, and are told in one message when it is resumed.',
        example: { status: 'PAUSED' },
        refuses: ['already_exists'],
      }),
    )
    .input(
      z.strictObject({
        channel: id,
        name: facts.name.optional(),
        url: facts.url.optional(),
        secret: facts.secret.optional(),
        status: z.enum(['ON', 'PAUSED']).optional(),
      }),
    )
    .output(changed)
    .mutation(async ({ ctx, input: { channel, status, ...rest } }) => {
      const { id: connectionId } = await readChannel(ctx.pool, ctx.scope, channel);
      const wish = {
        ...rest,
        connectionId,
        ...(status ? { status: status === 'ON' ? ('on' as const) : ('paused' as const) } : {}),
      };
      return changedOf(await perform(ctx, ctx.app.flows.channels.change, wish));
    }),

  setListing: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/channels/{channel}/listings/{sku}',
        id: 'setChannelListing',
        tag: TAG,
        summary: 'Take a SKU off a channel, or list it again',
        description: 'What is taken off is told to the channel with a quantity of 0, whatever is on the shelf.',
        example: { listed: false },
        refuses: ['unknown_sku'],
      }),
    )
    .input(z.strictObject({ channel: id, sku: words(100), listed: z.boolean() }))
    .output(z.object({ sku: z.string(), listing_id: z.string(), listed: z.boolean() }).meta({ id: 'ListedSku' }))
    .mutation(async ({ ctx, input }) => {
      const { id: connectionId } = await readChannel(ctx.pool, ctx.scope, input.channel);
      const skuOf = await skusNamed(ctx, [input.sku]);
      const wish = { connectionId, skuId: skuOf(input.sku), listed: input.listed };
      const { ref, listed } = await perform(ctx, ctx.app.flows.channels.setListing, wish);
      return { sku: input.sku, listing_id: ref, listed };
    }),
});
