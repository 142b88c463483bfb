import { CHANNEL_KINDS } from '../../domains/channels/provider.ts';
import type { Connection } from '../../domains/channels/rules.ts';
import type {
  AskReportInput,
  ChangeChannelInput,
  ConnectChannelInput,
  RelistInput,
  ResendChannelInput,
  SetListingInput,
} from '../../domains/channels/schema.ts';
import * as channels from '../../domains/channels/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { seal } from '../../platform/auth/secrets.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { type ChannelPorts, sealedFor } from './ports.ts';
import { type ChannelWorld, connectionOf, lockChannelWorld, tellAndAudit, writeChannelWorld } from './tell.ts';

/** What people do with channels' connections: connect, change, pause, tell everything again, rename a listing, and take one off. */
export interface ChangedChannel {
  readonly id: string;
  readonly name: string;
  readonly status: Connection['status'];
  readonly version: number;
}

export interface ResentChannel extends ChangedChannel {
  readonly listings: number;
}

interface World extends ChannelWorld {
  now: Date;
  readonly taken: ReadonlySet<string>;
  readonly resend: Map<string, number>;
}

const answer = ({ id, name, status, version }: Connection): ChangedChannel => ({ id, name, status, version: Number(version) });

async function lockWorld(tx: Tx, ids: readonly string[], ctx: Ctx, merchantIds: readonly string[] = []): Promise<World> {
  const world = await lockChannelWorld(tx, ids);
  const owners = [...merchantIds, ...[...world.channels.byId.values()].map((row) => row.merchantId)];
  const { rows } = await tx.query<{ merchantId: string; name: string }>({
    name: 'channels-names',
    text: 'SELECT merchant_id AS "merchantId", name FROM channel_connections WHERE merchant_id = ANY($1::uuid[])',
    values: [owners],
  });
  return { ...world, now: ctx.now, taken: new Set(rows.map((row) => `${row.merchantId} ${row.name}`)), resend: new Map() };
}

const write = (tx: Tx, world: World): Promise<void> => writeChannelWorld(tx, world, world.now);

function demandFree(world: World, merchantId: string, name: string): void {
  if (world.taken.has(`${merchantId} ${name}`))
    throw new DomainError('already_exists', `There is a connection ${name} already. Choose another name.`);
}

export interface Sealing {
  readonly dataKey: string;
  readonly ports: Pick<ChannelPorts, 'demandAllowed'>;
}

/** A new connection begins at once: everything is listed and told, and its first report is due soon. */
export function connectChannel({ dataKey, ports }: Sealing): Verb<ConnectChannelInput, World, ChangedChannel> {
  return {
    name: 'connect-channel',
    lock: (tx, requests) => {
      const { ctx } = requests[0] as Request<ConnectChannelInput>;
      const merchantIds = requests.map(({ input }) => input.merchantId);
      return lockWorld(tx, [], ctx, merchantIds);
    },
    decide: (world, { input, ctx }) => {
      const kind = CHANNEL_KINDS.get(input.kind);
      if (!kind)
        throw new DomainError(
          'invalid_request',
          `There is no kind of channel ${input.kind}: use ${[...CHANNEL_KINDS.keys()].join(', ')}.`,
        );
      ports.demandAllowed(input.url);
      demandFree(world, input.merchantId, input.name);
      const id = newId();
      const connection: Connection = {
        ...{ id, home: ctx.home, merchantId: input.merchantId, channel: kind.traits.channel, kind: input.kind },
        ...{
          name: input.name,
          url: input.url,
          secretSealed: seal(input.secret, sealedFor(id), dataKey),
          status: 'on',
          listAll: true,
        },
        ...{ version: 1n, leasedUntil: null, failures: 0, nextAt: null, lastError: null, answeredAt: null },
        ...{ reportDueAt: new Date(ctx.now.getTime() + FIRST_REPORT_MS), reportedAt: null },
      };
      channels.add(world.channels, connection);
      const after = { name: input.name, kind: input.kind, channel: connection.channel, url: input.url };
      tellAndAudit(world, connection, 'channel.connected', { after }, ctx);
      return answer(connection);
    },
    write,
  };
}

/** Time to be told everything. */
const FIRST_REPORT_MS = 60_000;

export function changeChannel({ dataKey, ports }: Sealing): Verb<ChangeChannelInput, World, ChangedChannel> {
  return {
    name: 'change-channel',
    lock: lockNamed,
    decide: (world, { input, ctx }) => {
      const connection = connectionOf(world, input.connectionId);
      const { name, url, secret, status } = input;
      if (url !== undefined) ports.demandAllowed(url);
      if (name !== undefined && name !== connection.name) demandFree(world, connection.merchantId, name);
      const before = { name: connection.name, url: connection.url, status: connection.status };
      if (name !== undefined) connection.name = name;
      if (url !== undefined) connection.url = url;
      if (secret !== undefined) connection.secretSealed = seal(secret, sealedFor(connection.id), dataKey);
      if (status !== undefined) connection.status = status;
      const after = { name: connection.name, url: connection.url, status: connection.status };
      const same = JSON.stringify(before) === JSON.stringify(after) && secret === undefined;
      if (same) return answer(connection);
      // Whoever repaired it does not want to wait for the next try.
      connection.nextAt = null;
      const paused = before.status !== after.status;
      const type = !paused ? 'channel.changed' : after.status === 'paused' ? 'channel.paused' : 'channel.resumed';
      tellAndAudit(world, connection, type, { before, after: { ...after, ...(secret ? { secret: 'changed' } : {}) } }, ctx);
      return answer(connection);
    },
    write,
  };
}

function lockNamed(tx: Tx, requests: readonly Request<{ readonly connectionId: string }>[]): Promise<World> {
  const { ctx } = requests[0] as Request<{ readonly connectionId: string }>;
  return lockWorld(
    tx,
    requests.map(({ input }) => input.connectionId),
    ctx,
  );
}

async function lockWithItems(
  tx: Tx,
  requests: readonly Request<{ readonly connectionId: string }>[],
  skusOf: ((world: World) => readonly string[]) | null,
): Promise<World> {
  const world = await lockNamed(tx, requests);
  for (const id of world.channels.byId.keys())
    await channels.lockItems(tx, world.channels, id, skusOf === null ? null : skusOf(world));
  return world;
}

export const resendChannel: Verb<ResendChannelInput, World, ResentChannel> = {
  name: 'resend-channel',
  lock: (tx, requests) => lockWithItems(tx, requests, null),
  decide: (world, { input, ctx }) => {
    const connection = connectionOf(world, input.connectionId);
    const listings = [...world.channels.listings.values()].filter((row) => row.connectionId === connection.id);
    for (const listing of listings) channels.tellAgain(world.channels, listing, ctx.now);
    connection.nextAt = null;
    tellAndAudit(world, connection, 'channel.resent', { after: { listings: listings.length } }, ctx);
    return { ...answer(connection), listings: listings.length };
  },
  write,
};

/** Has the channel asked what it has, as soon as somebody looks. */
export const askReport: Verb<AskReportInput, World, ChangedChannel> = {
  name: 'ask-channel-report',
  lock: lockNamed,
  decide: (world, { input, ctx }) => {
    const connection = connectionOf(world, input.connectionId);
    if (connection.status === 'paused') throw new DomainError('state_refuses', 'The connection is paused: resume it first.');
    connection.reportDueAt = ctx.now;
    tellAndAudit(world, connection, 'channel.report_asked', { after: {} }, ctx);
    return answer(connection);
  },
  write,
};

export const relistSku: Verb<RelistInput, World, { readonly skuId: string; readonly ref: string }> = {
  name: 'relist-sku',
  lock: (tx, requests) => lockWithItems(tx, requests, null),
  decide: (world, { input, ctx }) => {
    const connection = connectionOf(world, input.connectionId);
    const listing = world.channels.listings.get(channels.listingKey(connection.id, input.skuId));
    if (!listing) throw new DomainError('not_found', 'This SKU is not listed there.');
    const { ref } = input;
    if (listing.ref === ref) return { skuId: input.skuId, ref };
    const other = [...world.channels.listings.values()].find((row) => row.connectionId === connection.id && row.ref === ref);
    if (other) throw new DomainError('already_exists', `Another SKU is listed as ${ref} there.`);
    const before = { ref: listing.ref };
    // What the old listing acknowledged says nothing of the new one.
    Object.assign(listing, { ref, acked: null, ackedAt: null, problem: null });
    channels.tellAgain(world.channels, listing, ctx.now);
    tellAndAudit(world, connection, 'channel.relisted', { before, after: { skuId: input.skuId, ref } }, ctx);
    return { skuId: input.skuId, ref };
  },
  write,
};

export interface ListedSku {
  readonly skuId: string;
  readonly ref: string;
  readonly listed: boolean;
}

/** Takes a SKU off, whatever is on the shelf, or has it for sale there again. */
export const setListing: Verb<SetListingInput, World, ListedSku> = {
  name: 'set-listing',
  lock: (tx, requests) => {
    const wanted = requests.map(({ input }) => input.skuId);
    return lockWithItems(tx, requests, () => wanted);
  },
  decide: (world, { input, ctx }) => {
    const connection = connectionOf(world, input.connectionId);
    const { skuId, listed } = input;
    const listing = world.channels.listings.get(channels.listingKey(connection.id, skuId));
    if (!listing)
      throw new DomainError(
        'not_found',
        'This SKU is not listed there. It is listed by itself once it is for sale and has stock.',
      );
    const answered = { skuId, ref: listing.ref, listed };
    if (listing.takenOff !== listed) return answered;
    channels.setTakenOff(world.channels, listing, !listed, ctx.now);
    const change = { before: { listed: !listed }, after: answered };
    tellAndAudit(world, connection, listed ? 'channel.listed' : 'channel.delisted', change, ctx);
    return answered;
  },
  write,
};
