import { z } from 'zod';
import { TRANSFER_STATUSES } from '../../domains/transfers/rules.ts';
import { MAX_TRANSFER_LINES } from '../../domains/transfers/schema.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { listTransfers, readTransfer, type TransferPage } from '../../views/stock-transfers.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, reference, time, timeOrNull, timestamp, upper, uppers, words } from './fields.ts';
import { lineNamed, skusNamed, writtenSheet } from './named-goods.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Stock transfers';
const status = z.enum(uppers(TRANSFER_STATUSES));
const transfer = reference('transfer');
const node = words(100).meta({ description: 'A node’s code.', example: 'MAIN' });
const units = z.int().min(0).max(10_000_000);

const summary = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-T10001' }),
    status,
    from: z.string(),
    to: z.string(),
    requested: z.int(),
    in_transit: z.int().meta({ description: 'Units that left one node and are not at the other yet: nobody can buy them.' }),
    received: z.int(),
    created_at: timestamp,
  })
  .meta({ id: 'StockTransferSummary' });

const detail = z
  .object({
    id,
    number: z.string(),
    status,
    from: z.string(),
    to: z.string(),
    note: z.string().nullable(),
    version: z.int(),
    created_at: timestamp,
    sent_at: timestamp.nullable(),
    ended_at: timestamp.nullable(),
    lines: z.array(
      z.object({
        id,
        sku: z.string(),
        requested: z.int(),
        sent: z.int(),
        received: z.int(),
        lost: z.int(),
        extra: z.int(),
        in_transit: z.int(),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'StockTransfer' });

const written = z.object({ id, number: z.string(), status, version: z.int() }).meta({ id: 'WrittenStockTransfer' });
const detailOf = (found: TransferPage): z.infer<typeof detail> => ({
  id: found.id,
  number: found.number,
  status: upper(found.status),
  from: found.fromCode,
  to: found.toCode,
  note: found.note,
  version: Number(found.version),
  created_at: time(found.createdAt),
  sent_at: timeOrNull(found.sentAt),
  ended_at: timeOrNull(found.endedAt),
  lines: found.lines.map((line) => ({
    id: line.id,
    sku: line.skuCode,
    requested: Number(line.requested),
    sent: Number(line.sent),
    received: Number(line.received),
    lost: Number(line.lost),
    extra: Number(line.extra),
    in_transit: Number(line.inTransit),
    reason: line.reason,
  })),
});

/** Units on their way from one node to another. */
export const stockTransfersRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock-transfers',
        id: 'listStockTransfers',
        tag: TAG,
        summary: 'List transfers, newest first',
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ ...pageQuery, status: status.optional(), node: node.optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const wanted = TRANSFER_STATUSES.find((known) => upper(known) === input.status);
      const found = await listTransfers(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        status: wanted ? [wanted] : undefined,
        nodeId: input.node ? await findNode(ctx.pool, ctx.scope, input.node) : undefined,
      });
      return page(found, (row) => ({
        id: row.id,
        number: row.number,
        status: upper(row.status),
        from: row.fromCode,
        to: row.toCode,
        requested: Number(row.requested),
        in_transit: Number(row.inTransit),
        received: Number(row.received),
        created_at: time(row.createdAt),
      }));
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock-transfers/{transfer}',
        id: 'getStockTransfer',
        tag: TAG,
        summary: 'Get a transfer',
      }),
    )
    .input(z.strictObject({ transfer }))
    .output(detail)
    .query(async ({ ctx, input }) => detailOf(await readTransfer(ctx.pool, ctx.scope, input.transfer))),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-transfers',
        id: 'createStockTransfer',
        tag: TAG,
        summary: 'Ask for units at another node',
        description: 'Nothing moves until it is dispatched.',
        status: 201,
        example: { from: 'MAIN', to: 'STORE-1', lines: [{ sku: 'MUG-RED', quantity: 12 }] },
        refuses: ['not_found', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        from: node,
        to: node,
        note: words(500).optional(),
        lines: z
          .array(z.strictObject({ sku: words(100), quantity: units.min(1) }))
          .min(1)
          .max(MAX_TRANSFER_LINES),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const skuOf = await skusNamed(
        ctx,
        input.lines.map((line) => line.sku),
      );
      const done = await perform(ctx, ctx.app.flows.stockWork.createTransfer, {
        merchantId: ctx.scope.merchantId ?? '',
        fromNodeId: await findNode(ctx.pool, ctx.scope, input.from),
        toNodeId: await findNode(ctx.pool, ctx.scope, input.to),
        note: input.note?.trim(),
        lines: input.lines.map(({ sku, quantity }) => ({ skuId: skuOf(sku), quantity })),
      });
      exchangeOf(ctx).location = `/api/v1/stock-transfers/${done.number}`;
      return writtenSheet(done);
    }),

  dispatch: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-transfers/{transfer}/dispatch',
        id: 'dispatchStockTransfer',
        tag: TAG,
        summary: 'Send a transfer’s units',
        description:
          'They leave on hand and are in transit. Units that are allocated or promised stay. Without `lines` everything that was asked for leaves.',
        example: {},
        refuses: ['state_refuses', 'out_of_stock', 'over_limit', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        transfer,
        lines: z
          .array(z.strictObject({ sku: words(100), sent: units }))
          .max(MAX_TRANSFER_LINES)
          .optional(),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const found = await readTransfer(ctx.pool, ctx.scope, input.transfer);
      const lines = input.lines?.map(({ sku, sent }) => ({ lineId: lineNamed(found, sku), sent }));
      return writtenSheet(await perform(ctx, ctx.app.flows.stockWork.sendTransfer, { transferId: found.id, lines }));
    }),

  receive: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-transfers/{transfer}/receipts',
        id: 'receiveStockTransfer',
        tag: TAG,
        summary: 'Receive what arrived of a transfer',
        description:
          'With `finish` what is still in transit is lost. More or less than was sent needs a `reason`, so that nothing is lost silently.',
        example: { lines: [{ sku: 'MUG-RED', received: 11 }], finish: true, reason: 'One broken on the way' },
        refuses: ['state_refuses', 'over_limit', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        transfer,
        lines: z
          .array(z.strictObject({ sku: words(100), received: units }))
          .min(1)
          .max(MAX_TRANSFER_LINES),
        finish: z.boolean().optional(),
        reason: words(500).optional(),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const found = await readTransfer(ctx.pool, ctx.scope, input.transfer);
      const lines = input.lines.map(({ sku, received }) => ({ lineId: lineNamed(found, sku), received }));
      const wish = { transferId: found.id, lines, finish: input.finish, reason: input.reason?.trim() };
      return writtenSheet(await perform(ctx, ctx.app.flows.stockWork.receiveTransfer, wish));
    }),

  cancel: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-transfers/{transfer}/cancel',
        id: 'cancelStockTransfer',
        tag: TAG,
        summary: 'Cancel a transfer that was not sent',
        example: { reason: 'Sold here meanwhile' },
        refuses: ['state_refuses'],
      }),
    )
    .input(z.strictObject({ transfer, reason: words(500).optional() }))
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const { id: transferId } = await readTransfer(ctx.pool, ctx.scope, input.transfer);
      const wish = { transferId, reason: input.reason?.trim() };
      return writtenSheet(await perform(ctx, ctx.app.flows.stockWork.cancelTransfer, wish));
    }),
});
