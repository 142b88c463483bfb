import { z } from 'zod';
import { MAX_REORDER_ROWS, MAX_REORDER_UNITS } from '../../domains/replenishment/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { listLots } from '../../views/lots.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { readStock } from '../../views/stock.ts';
import { listExpiringLots, listLowStock, listReorderPoints } from '../../views/stock-alerts.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, time, timeOrNull, timestamp, words } from './fields.ts';
import { skusNamed } from './named-goods.ts';
import { operation, perform } from './operation.ts';

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

const reorderPoint = z.object({
  sku: words(100),
  node: node.nullable().meta({ description: 'A node’s code. Null: over all nodes.' }),
  point: z
    .int()
    .min(0)
    .max(MAX_REORDER_UNITS)
    .meta({ description: 'It is ordered again once no more units than these are left.' }),
  quantity: z.int().min(1).max(MAX_REORDER_UNITS).meta({ description: 'How many at a time.' }),
});

/** What runs low, when it is ordered again, and what is kept by lot. */
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

  points: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock/{sku}/reorder-points',
        id: 'listReorderPoints',
        tag: TAG,
        summary: 'List when a SKU is ordered again',
      }),
    )
    .input(z.strictObject({ sku: words(100) }))
    .output(z.object({ data: z.array(reorderPoint.extend({ low: z.boolean() }).meta({ id: 'ReorderPoint' })) }))
    .query(async ({ ctx, input }) => {
      const { sku } = await readStock(ctx.pool, ctx.scope, input.sku);
      const found = await listReorderPoints(ctx.pool, ctx.scope, sku.id);
      const data = found.map((row) => ({
        sku: sku.code,
        node: row.nodeCode,
        point: Number(row.point),
        quantity: Number(row.quantity),
        low: row.isLow,
      }));
      return { data };
    }),

  setPoints: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/reorder-points',
        id: 'setReorderPoints',
        tag: TAG,
        summary: 'Set when SKUs are ordered again',
        description: 'All rows are set, or none. A row without `point` and `quantity` takes the rule of its place away.',
        example: { rows: [{ sku: 'MUG-RED', point: 20, quantity: 48 }] },
        refuses: ['not_found', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        rows: z
          .array(reorderPoint.partial({ node: true, point: true, quantity: true }).strict())
          .min(1)
          .max(MAX_REORDER_ROWS),
      }),
    )
    .output(z.object({ changed: z.int() }).meta({ id: 'ReorderPointsSet' }))
    .mutation(async ({ ctx, input }) => {
      const { rows } = input;
      const half = rows.findIndex((row) => (row.point === undefined) !== (row.quantity === undefined));
      if (half >= 0)
        throw new DomainError('invalid_request', 'Send point and quantity together, or neither.', {
          field: `rows.${half}.point`,
        });
      const skuOf = await skusNamed(
        ctx,
        rows.map((row) => row.sku),
      );
      const nodes = new Map<string, string>();
      for (const code of new Set(rows.flatMap((row) => row.node ?? [])))
        nodes.set(code, await findNode(ctx.pool, ctx.scope, code));
      return perform(ctx, ctx.app.flows.stockWork.setReorderPoints, {
        merchantId: ctx.scope.merchantId ?? '',
        rows: rows.map(({ sku, node: code, point, quantity }) => ({
          skuId: skuOf(sku),
          nodeId: code ? (nodes.get(code) as string) : null,
          rule: point === undefined || quantity === undefined ? null : { point, quantity },
        })),
      });
    }),
});
