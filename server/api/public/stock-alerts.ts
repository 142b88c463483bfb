import { z } from 'zod';
import { listLots } from '../../views/lots.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { readStock } from '../../views/stock.ts';
import { listExpiringLots, listLowStock } from '../../views/stock-alerts.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, time, timeOrNull, timestamp, words } from './fields.ts';
import { operation } from './operation.ts';

const TAG = 'Stock';
const node = words(100).meta({ description: 'The node’s code.', example: 'MAIN' });
const day = z.iso.date().meta({ example: '2026-12-24' });

const alert = z
  .object({
    id,
    sku: z.string(),
    node: z.string().nullable().meta({ description: 'Null: over all nodes.' }),
    reorder_point: z.int(),
    reorder_quantity: z.int(),
    available: z.int().meta({ description: 'Left to sell; below zero where more was sold than there is.' }),
    inbound: z.int(),
    position: z
      .int()
      .meta({ description: 'What the point is compared with: available, and inbound where the merchant counts it.' }),
    to_order: z.int(),
    opened_at: timestamp,
    closed_at: timestamp.nullable(),
  })
  .meta({ id: 'StockAlert' });

const lot = z
  .object({
    sku: z.string(),
    node: z.string(),
    lot: z.string().meta({ description: 'Empty where nobody said which lot it is.' }),
    expires_on: day.nullable(),
    on_hand: z.int(),
  })
  .meta({ id: 'StockLot' });

/** What runs low, and what is kept by lot. */
export const stockAlertsRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock-alerts',
        id: 'listStockAlerts',
        tag: TAG,
        summary: 'List what runs low, newest first',
        description: 'One alert per crossing of a reorder point; it closes by itself.',
        refuses: ['not_found'],
      }),
    )
    .input(
      z.strictObject({
        ...pageQuery,
        node: node.optional(),
        closed: z.boolean().optional().meta({ description: 'Also those that are closed.' }),
      }),
    )
    .output(pageOf(alert))
    .query(async ({ ctx, input }) => {
      const found = await listLowStock(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        closed: input.closed,
        nodeId: input.node ? await findNode(ctx.pool, ctx.scope, input.node) : undefined,
      });
      return page(found, (row) => ({
        id: row.id,
        sku: row.code,
        node: row.nodeCode,
        reorder_point: Number(row.point),
        reorder_quantity: Number(row.quantity),
        available: Number(row.available),
        inbound: Number(row.inbound),
        position: Number(row.position),
        to_order: Number(row.toOrder),
        opened_at: time(row.openedAt),
        closed_at: timeOrNull(row.closedAt),
      }));
    }),

  expiring: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock-lots/expiring',
        id: 'listExpiringLots',
        tag: TAG,
        summary: 'List lots that expire soon, the soonest first',
        description: 'On a shelf, and within the days that the stock policy says.',
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ ...pageQuery, node: node.optional() }))
    .output(pageOf(lot))
    .query(async ({ ctx, input }) => {
      const found = await listExpiringLots(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        today: ctx.ctx().now.toISOString().slice(0, 10),
        nodeId: input.node ? await findNode(ctx.pool, ctx.scope, input.node) : undefined,
      });
      return page(found, (row) => ({
        sku: row.code,
        node: row.nodeCode,
        lot: row.lot,
        expires_on: row.expiresOn,
        on_hand: Number(row.onHand),
      }));
    }),

  lots: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock/{sku}/lots',
        id: 'listLotsOfSku',
        tag: TAG,
        summary: 'List a SKU’s lots, what expires first comes first',
      }),
    )
    .input(z.strictObject({ sku: words(100) }))
    .output(
      z
        .object({
          sku: z.string(),
          tracked: z.boolean().meta({ description: 'Whether it is kept by lot.' }),
          items: z.array(lot),
        })
        .meta({ id: 'StockLots' }),
    )
    .query(async ({ ctx, input }) => {
      const { sku } = await readStock(ctx.pool, ctx.scope, input.sku);
      const found = await listLots(ctx.pool, ctx.scope, sku.id);
      const items = (found ?? []).map((row) => ({
        sku: sku.code,
        node: row.nodeCode,
        lot: row.code,
        expires_on: row.expiresOn,
        on_hand: Number(row.onHand),
      }));
      return { sku: sku.code, tracked: found !== null, items };
    }),
});
