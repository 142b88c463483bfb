import type { Connection } from '../../domains/channels/rules.ts';
import * as channels from '../../domains/channels/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import { together } from '../../platform/together.ts';
import type { Locked } from '../../platform/verb.ts';

/** Locked connections and what is told of them. */
export interface ChannelWorld extends Locked {
  readonly channels: channels.ChannelsState;
  readonly outbox: Outbox;
}

export async function lockChannelWorld(tx: Tx, ids: readonly string[]): Promise<ChannelWorld> {
  return { applied: 0, channels: await channels.lock(tx, ids), outbox: newOutbox() };
}

export async function writeChannelWorld(tx: Tx, world: ChannelWorld, now: Date): Promise<void> {
  await together(channels.write(tx, world.channels, now), writeOutbox(tx, world.outbox));
}

export function connectionOf(world: ChannelWorld, id: string): Connection {
  const found = world.channels.byId.get(id);
  if (!found) throw new DomainError('not_found', 'There is no such connection.');
  return found;
}

/** An event of a connection, under its next version. */
export function tellOf(
  world: ChannelWorld,
  connection: Connection,
  type: EventType,
  data: Readonly<Record<string, unknown>>,
  ctx: Ctx,
): void {
  world.applied++;
  channels.changed(world.channels, connection);
  const { id, merchantId, version } = connection;
  emit(world.outbox, { aggregate: 'channel', aggregateId: id, aggregateVersion: version, merchantId, type, data }, ctx);
}

/** The same, and an audit row: somebody did it. */
export function tellAndAudit(
  world: ChannelWorld,
  connection: Connection,
  type: EventType,
  change: { readonly before?: Record<string, unknown>; readonly after: Record<string, unknown>; readonly reason?: string },
  ctx: Ctx,
): void {
  tellOf(world, connection, type, change.after, ctx);
  audit(
    world.outbox,
    { action: type, entity: 'channel', entityId: connection.id, merchantId: connection.merchantId, ...change },
    ctx,
  );
}
