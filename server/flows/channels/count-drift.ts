import type pg from 'pg';
import type { Connection, Drift } from '../../domains/channels/rules.ts';
import * as channels from '../../domains/channels/service.ts';
import type { CreateCountInput } from '../../domains/counts/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { type Queryable, type Tx, withTx } from '../../platform/db.ts';
import { forgetLocks } from '../../platform/locks.ts';
import type { Request } from '../../platform/verb.ts';
import { type ChangedCount, type Counting, create, lockNew } from '../stock-work/count-stock.ts';
import { lockChannelWorld, tellOf, writeChannelWorld } from './tell.ts';

/**
 * A difference that nobody can explain is looked for on the shelf: a blind sheet at every node whose units the channel is told of. Where a
 * sheet with those goods is being counted already, that one answers. When all of them are done, the record is right, and the channel is told
 * it again; where one was given up, or a second person did not believe it, the difference is work again.
 */
export interface OpenedCount {
  readonly id: string;
  readonly number: string;
}

/** The sheets of locked differences: those that are there, and what is needed to make the others. */
export interface DriftSheets {
  /** Null where every sheet is there already. */
  readonly counting: Counting | null;
  readonly there: ReadonlyMap<string, readonly OpenedCount[]>;
  readonly wishes: ReadonlyMap<string, readonly Request<CreateCountInput>[]>;
}

interface Place {
  readonly skuId: string;
  readonly nodeId: string;
  readonly id: string | null;
  readonly number: string | null;
}

/** Where a SKU's units are, or, where there are none, where they would be; with the sheet on which they wait to be counted. */
const PLACES = `
  WITH at AS (
    SELECT s.sku_id, s.node_id, s.on_hand > 0 OR s.allocated > 0 OR s.short > 0 AS has,
      bool_or(s.on_hand > 0 OR s.allocated > 0 OR s.short > 0) OVER (PARTITION BY s.sku_id) AS somewhere
    FROM node_stock s JOIN nodes n ON n.id = s.node_id AND n.active WHERE s.sku_id = ANY($1::uuid[]))
  SELECT at.sku_id AS "skuId", at.node_id AS "nodeId", c.id, c.number
  FROM at LEFT JOIN LATERAL (
    SELECT c.id, c.number FROM stock_count_lines l JOIN stock_counts c ON c.id = l.count_id
    WHERE l.sku_id = at.sku_id AND l.status = 'open' AND c.node_id = at.node_id AND c.status = 'counting' ORDER BY c.id LIMIT 1) c ON true
  WHERE at.has OR NOT at.somewhere ORDER BY at.sku_id, at.node_id`;

/** Plans the sheets of differences that are to be counted. Their connections are locked. */
export async function lockSheetsOf(
  tx: Tx,
  asked: readonly { readonly drift: Drift; readonly connection: Connection; readonly ctx: Ctx }[],
): Promise<DriftSheets | null> {
  if (asked.length === 0) return null;
  const skuIds = [...new Set(asked.map(({ drift }) => drift.skuId))];
  const { rows } = await tx.query<Place>({ name: 'channels-places', text: PLACES, values: [skuIds] });
  const places = Map.groupBy(rows, (row) => row.skuId);
  const there = new Map<string, OpenedCount[]>();
  const wishes = new Map<string, Request<CreateCountInput>[]>();
  for (const { drift, connection, ctx } of asked) {
    const own = places.get(drift.skuId) ?? [];
    there.set(
      drift.id,
      own.flatMap(({ id, number }) => (id && number ? [{ id, number }] : [])),
    );
    const missing = own.filter(({ id }) => id === null);
    wishes.set(
      drift.id,
      missing.map(({ nodeId }) => ({ input: wishOf(drift, nodeId, connection.name), ctx, key: newId() })),
    );
  }
  const all = [...wishes.values()].flat();
  return { counting: all.length > 0 ? await lockNew(tx, all) : null, there, wishes };
}

const wishOf = ({ merchantId, skuId }: Drift, nodeId: string, name: string): CreateCountInput => ({
  ...{ merchantId, nodeId, blind: true, choice: { by: 'skus', skuIds: [skuId] } },
  note: `${name} has another number.`,
});

/** Opens the sheets of a difference, and links them to it. */
export function openSheets({ counting, there, wishes }: DriftSheets, drift: Drift): OpenedCount[] {
  const made = counting ? (wishes.get(drift.id) ?? []).map((wish): ChangedCount => create(counting, wish)) : [];
  return [...(there.get(drift.id) ?? []), ...made.map(({ id, number }) => ({ id, number }))];
}

interface Counted {
  readonly id: string;
  readonly connectionId: string;
  readonly skuId: string;
  /** Whether every sheet told what is there. */
  readonly known: boolean;
  readonly numbers: string[];
}

/** A line says what is there once its figure agrees, is applied, or was allowed by a second person. */
const COUNTED = `
  SELECT d.id, d.connection_id AS "connectionId", d.sku_id AS "skuId", array_agg(c.number ORDER BY c.number) AS numbers,
    bool_and(c.status = 'finished' AND (l.status IN ('agreed', 'applied') OR (l.status = 'waiting' AND p.status = 'approved'))) AS known
  FROM channel_drift d JOIN channel_drift_counts k ON k.drift_id = d.id JOIN stock_counts c ON c.id = k.count_id
    JOIN stock_count_lines l ON l.count_id = c.id AND l.sku_id = d.sku_id LEFT JOIN approvals p ON p.id = c.approval_id
  WHERE d.status <> 'closed' AND d.status = 'counting' AND k.round = d.count_round
  GROUP BY d.id HAVING bool_and(c.status <> 'counting' AND NOT (l.status = 'waiting' AND p.status = 'pending')) ORDER BY d.id LIMIT 200`;

/** Ends the differences whose sheets are all done. Returns how many. */
export async function settleCounted(db: pg.Pool, ctxOf: () => Ctx, signal?: AbortSignal): Promise<number> {
  const found = await findCounted(db);
  for (const [connectionId, counted] of Map.groupBy(found, (row) => row.connectionId)) {
    if (signal?.aborted) break;
    await settle(db, connectionId, counted, ctxOf());
  }
  return found.length;
}

async function findCounted(db: Queryable): Promise<Counted[]> {
  return (await db.query<Counted>({ name: 'channels-counted', text: COUNTED })).rows;
}

function settle(pool: pg.Pool, connectionId: string, counted: readonly Counted[], ctx: Ctx): Promise<void> {
  return withTx(pool, async (tx) => {
    forgetLocks(tx);
    const world = await lockChannelWorld(tx, [connectionId]);
    const connection = world.channels.byId.get(connectionId);
    if (!connection) return;
    const skuIds = counted.map(({ skuId }) => skuId);
    await channels.lockItems(tx, world.channels, connectionId, skuIds);
    for (const { id, skuId, known, numbers } of counted) {
      const drift = world.channels.drift.get(id);
      if (drift?.status !== 'counting') continue;
      if (known)
        channels.endCount(world.channels, drift, world.channels.listings.get(channels.listingKey(connectionId, skuId)), ctx.now);
      else channels.reopen(world.channels, drift);
      connection.nextAt = null;
      tellOf(world, connection, known ? 'channel.drift_counted' : 'channel.drift_reopened', { skuId, counts: numbers }, ctx);
    }
    await writeChannelWorld(tx, world, ctx.now);
  });
}
