import type pg from 'pg';
import { kindOf, type StockOutcome } from '../../domains/channels/provider.ts';
import { type ChannelMessage, type Connection, MOST_ERRORS, waitAfter } from '../../domains/channels/rules.ts';
import * as channels from '../../domains/channels/service.ts';
import * as inventory from '../../domains/inventory/service.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import { systemContext } from '../../platform/system-context.ts';
import type { ChannelPorts } from './ports.ts';
import { lockChannelWorld, tellOf, writeChannelWorld } from './tell.ts';

/**
 * Tells channels what they may be promised. Every change of a listed SKU's supply leaves a mark in its own transaction; marks become dirty
 * listings, of which a message takes many at once: the new absolute quantity of each with the version of the supply that says so. One
 * message per connection is on its way, and it is sent under its own id until the channel has answered. Whoever dies leaves marks, dirty
 * listings or a message behind, each of which the next one finds.
 */
export interface StockSender {
  /** Looks once: begins to send whatever is due, and returns how much there was. */
  pass(signal?: AbortSignal): Promise<number>;
  /** Resolves when everything that this process began to send has been answered. */
  settled(): Promise<void>;
}

export interface SenderDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly ports: ChannelPorts;
  readonly clock: () => Date;
}

/** Marks that one transaction turns into dirty listings. */
const MARKS = 5_000;

export function createStockSender(deps: SenderDeps): StockSender {
  const running = new Map<string, Promise<void>>();
  const failed: unknown[] = [];
  return {
    async pass(signal) {
      let found = await takeMarks(deps);
      for (const id of await channels.findDue(deps.pool, deps.clock())) {
        if (running.has(id)) continue;
        found++;
        const work = sendAll(deps, id, signal)
          .catch((error: unknown) => void failed.push(error))
          .finally(() => running.delete(id));
        running.set(id, work);
      }
      // What failed was no answer of a channel's: it is told by the next look, and tried again by whoever looks then.
      if (failed.length > 0) throw failed.shift();
      return found;
    },
    async settled() {
      while (running.size > 0) await Promise.all(running.values());
      if (failed.length > 0) throw failed.shift();
    },
  };
}

/** Turns marks into dirty listings, however many changes of a SKU there were. */
async function takeMarks({ pool }: SenderDeps): Promise<number> {
  for (let total = 0; ; ) {
    const taken = await withTx(pool, async (tx) => {
      forgetLocks(tx);
      const marks = await inventory.takeMarks(tx, MARKS);
      if (marks.length > 0) await channels.markDirty(tx, marks);
      return marks.length;
    });
    total += taken;
    if (taken < MARKS) return total;
  }
}

async function sendAll(deps: SenderDeps, connectionId: string, signal?: AbortSignal): Promise<void> {
  while (!signal?.aborted) {
    const taken = await take(deps, connectionId);
    if (taken === null) return;
    if (taken === 'nothing to say') continue;
    const { connection, message } = taken;
    if (!(await settle(deps, message, await call(deps, connection, message)))) return;
  }
}

/** Not given up when the process is told to stop: an answer is worth waiting for. */
async function call({ ports }: SenderDeps, connection: Connection, message: ChannelMessage): Promise<StockOutcome> {
  const items = message.items.map(({ ref, quantity, version }) => ({ ref, quantity, version }));
  try {
    return await ports.portOf(connection).sendStock({ id: message.id, connectionId: connection.id, items });
  } catch (error) {
    // An address that is not allowed any more, or a secret that another data key sealed: a person has to repair the connection.
    return { kind: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Takes what a connection has to send now; null where that is nothing, or somebody else does. */
function take(
  { pool, clock }: SenderDeps,
  connectionId: string,
): Promise<{ readonly connection: Connection; readonly message: ChannelMessage } | 'nothing to say' | null> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const now = clock();
    const connection = await channels.lockFree(tx, connectionId);
    if (connection?.status !== 'on' || isLater(connection.nextAt, now) || isLater(connection.leasedUntil, now)) return null;
    const { home, channel, kind } = connection;
    const offers = (skuIds: readonly string[]) => inventory.offersTo(tx, home, skuIds, channel);
    const limit = kindOf(kind).traits.itemsPerMessage;
    const message = await channels.takeMessage(tx, connection, offers, { limit, now });
    return message === null || message === 'nothing to say' ? message : { connection, message };
  });
}

const isLater = (at: Date | null, now: Date): boolean => at !== null && at > now;

/** Records how a message ended. Returns whether the channel may be told more now. */
function settle({ pool, home, clock }: SenderDeps, message: ChannelMessage, outcome: StockOutcome): Promise<boolean> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const ctx = systemContext('channels', home, clock());
    const world = await lockChannelWorld(tx, [message.connectionId]);
    const connection = world.channels.byId.get(message.connectionId);
    const open = await channels.isOpen(tx, message);
    if (!connection || !open) return false;
    const answered = outcome.kind === 'succeeded';
    // Somebody else sends it again meanwhile: only what the channel took is worth telling.
    if (!answered && open.attempts !== message.attempts) return false;
    connection.leasedUntil = null;
    world.channels.dirty.add(connection);
    const skuIds = message.items.map((item) => item.skuId);
    if (outcome.kind === 'succeeded') {
      await channels.lockItems(tx, world.channels, connection.id, skuIds);
      await channels.acknowledge(tx, world.channels, open, outcome.items, ctx.now);
      const before = connection.failures;
      Object.assign(connection, { failures: 0, nextAt: null, lastError: null, answeredAt: ctx.now });
      if (before > 0) tellOf(world, connection, 'channel.recovered', { failures: before }, ctx);
    } else {
      const why = outcome.kind === 'failed' ? outcome.message : outcome.reason;
      if (outcome.kind === 'failed' || (outcome.kind === 'unknown' && open.attempts >= MOST_ERRORS)) {
        await channels.lockItems(tx, world.channels, connection.id, skuIds);
        await channels.refuse(tx, world.channels, open, why, ctx.now);
      }
      connection.failures += 1;
      const wait = waitAfter(connection.failures, outcome.kind === 'failed' ? 0 : outcome.retryAfterMs);
      Object.assign(connection, { nextAt: new Date(ctx.now.getTime() + wait), lastError: why.slice(0, 500) });
      if (connection.failures === 1) tellOf(world, connection, 'channel.failing', { reason: connection.lastError }, ctx);
    }
    await writeChannelWorld(tx, world, ctx.now);
    return answered;
  });
}
