import { z } from 'zod';
import {
  type ChannelRow,
  type DriftRow,
  type ListingRow,
  listChannels,
  listListings,
  readChannel,
} from '../../views/channels.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, time, timeOrNull, timestamp, upper } from './fields.ts';
import { operation } from './operation.ts';

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

/** Channels that sell our stock elsewhere, as programs watch them. */
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
});
