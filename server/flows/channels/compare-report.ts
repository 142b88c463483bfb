import type pg from 'pg';
import { kindOf } from '../../domains/channels/provider.ts';
import type { ReportedListing } from '../../domains/channels/rules.ts';
import * as channels from '../../domains/channels/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import type { ChannelPorts } from './ports.ts';
import { lockChannelWorld, tellOf, writeChannelWorld } from './tell.ts';

/**
 * A channel says what it has. That is compared with what it acknowledged and never changes our stock: where it differs, and nothing is on its
 * way, somebody has work. A later report that agrees ends it.
 */
export interface ChannelReport {
  readonly connectionId: string;
  readonly source: 'fetched' | 'received';
  readonly listings: readonly ReportedListing[];
  /** Of what moment it speaks. */
  readonly at: Date;
}

/** Compares a report; null where there is no such connection. */
export function compareReport(pool: pg.Pool, report: ChannelReport, ctx: Ctx): Promise<channels.Compared | null> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockChannelWorld(tx, [report.connectionId]);
    const connection = world.channels.byId.get(report.connectionId);
    if (!connection) return null;
    await channels.lockItems(tx, world.channels, connection.id, null);
    const found = await channels.compareReport(tx, world.channels, connection, report, ctx);
    const { opened, closed } = found;
    if (opened > 0) tellOf(world, connection, 'channel.drifted', { opened, closed }, ctx);
    else if (closed > 0) tellOf(world, connection, 'channel.agreed', { closed }, ctx);
    await writeChannelWorld(tx, world, ctx.now);
    return found;
  });
}

/** Asks one channel what it has, and compares. A channel that does not answer is asked again in a while. */
export async function fetchReport(
  { pool, ports }: { readonly pool: pg.Pool; readonly ports: ChannelPorts },
  connectionId: string,
  ctx: Ctx,
  signal?: AbortSignal,
): Promise<channels.Compared | { readonly trouble: string } | null> {
  const connection = await channels.readConnection(pool, connectionId);
  if (!connection) return null;
  const said = await ports.portOf(connection).fetchReport(connectionId, signal);
  if (said.kind !== 'report') return { trouble: said.kind === 'failed' ? said.message : said.reason };
  return compareReport(pool, { connectionId, source: 'fetched', listings: said.listings, at: ctx.now }, ctx);
}

/** Asks every channel whose report is due; each is taken by one process. Returns how many were compared. */
export async function fetchReports(
  deps: { readonly pool: pg.Pool; readonly ports: ChannelPorts },
  ctxOf: () => Ctx,
  signal?: AbortSignal,
): Promise<number> {
  let compared = 0;
  for (const id of await channels.findReportsDue(deps.pool, ctxOf().now)) {
    if (signal?.aborted) break;
    if (!(await takeTurn(deps.pool, id, ctxOf().now))) continue;
    const found = await fetchReport(deps, id, ctxOf(), signal);
    if (found && !('trouble' in found)) compared++;
  }
  return compared;
}

/** Puts the next report off, before this one is asked for: nobody else asks. */
function takeTurn(pool: pg.Pool, id: string, now: Date): Promise<boolean> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockChannelWorld(tx, [id]);
    const connection = world.channels.byId.get(id);
    if (!connection || connection.reportDueAt > now) return false;
    connection.reportDueAt = new Date(now.getTime() + kindOf(connection.kind).traits.reportEveryMs);
    world.channels.dirty.add(connection);
    await channels.write(tx, world.channels, now);
    return true;
  });
}
