import { type Drift, mayAnswer } from '../../domains/channels/rules.ts';
import type { ResolveDriftInput } from '../../domains/channels/schema.ts';
import * as channels from '../../domains/channels/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { writeCounting } from '../stock-work/count-stock.ts';
import { type DriftSheets, lockSheetsOf, type OpenedCount, openSheets } from './count-drift.ts';
import { type ChannelWorld, connectionOf, lockChannelWorld, tellAndAudit, writeChannelWorld } from './tell.ts';

export interface ResolvedDrift {
  readonly id: string;
  readonly status: Drift['status'];
  /** The sheets on which it is looked for. */
  readonly counts: readonly OpenedCount[];
}

interface World extends ChannelWorld {
  readonly now: Date;
  readonly sheets: DriftSheets | null;
}

async function lock(tx: Tx, requests: readonly Request<ResolveDriftInput>[]): Promise<World> {
  const { ctx } = requests[0] as Request<ResolveDriftInput>;
  const world = await lockChannelWorld(
    tx,
    requests.map(({ input }) => input.connectionId),
  );
  const { byId, drift } = world.channels;
  const skuIds = [...drift.values()].map((row) => row.skuId);
  for (const id of byId.keys()) await channels.lockItems(tx, world.channels, id, skuIds);
  const counted = requests.flatMap(({ input, ctx: by }) => {
    const asked = drift.get(input.driftId);
    const connection = byId.get(input.connectionId);
    return input.answer === 'count' && asked && connection ? [{ drift: asked, connection, ctx: by }] : [];
  });
  return { ...world, now: ctx.now, sheets: await lockSheetsOf(tx, counted) };
}

/** A person says what is right: ours, so it is told again; nobody knows, so the shelf is counted; or the difference may stay. */
export const resolveDrift: Verb<ResolveDriftInput, World, ResolvedDrift> = {
  name: 'resolve-drift',
  lock,
  decide: (world, { input, ctx }) => {
    const connection = connectionOf(world, input.connectionId);
    const drift = world.channels.drift.get(input.driftId);
    if (drift?.connectionId !== connection.id)
      throw new DomainError('not_found', 'There is no such open difference: a later report may have agreed.');
    const may = mayAnswer(drift, input.answer);
    if (!may.ok) throw new DomainError('state_refuses', may.why);
    const counts = input.answer === 'count' && world.sheets ? openSheets(world.sheets, drift) : [];
    if (input.answer === 'count' && counts.length === 0)
      throw new DomainError('state_refuses', 'No node has these goods, so there is nothing to count. Send ours again.');
    if (input.answer === 'count') {
      const ids = counts.map(({ id }) => id);
      channels.beginCount(world.channels, drift, ids, ctx);
    } else channels.close(world.channels, drift, input.answer, input.reason ?? null, ctx);
    const listing = world.channels.listings.get(channels.listingKey(connection.id, drift.skuId));
    if (input.answer === 'send_again' && listing) {
      channels.tellAgain(world.channels, listing, ctx.now);
      connection.nextAt = null;
    }
    const { skuId, kind, ours, theirs } = drift;
    const numbers = counts.map(({ number }) => number);
    const after = { skuId, kind, ours, theirs, answer: input.answer, ...(numbers.length > 0 ? { counts: numbers } : {}) };
    tellAndAudit(world, connection, 'channel.drift_resolved', { after, ...(input.reason ? { reason: input.reason } : {}) }, ctx);
    return { id: drift.id, status: drift.status, counts };
  },
  write: async (tx, world) => {
    if (world.sheets?.counting) await writeCounting(tx, world.sheets.counting);
    await writeChannelWorld(tx, world, world.now);
  },
};
