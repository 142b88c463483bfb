import { z } from 'zod';
import { COUNT_LINE_STATUSES, COUNT_STATUSES } from '../../domains/counts/rules.ts';
import { type CountChoice, MAX_COUNT_LINES } from '../../domains/counts/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type CountPage, listCounts, readCount } from '../../views/counts.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, reference, time, timeOrNull, timestamp, upper, uppers, words } from './fields.ts';
import { type Caller, lineNamed, skusNamed, writtenSheet } from './named-goods.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Stock counts';
const status = z.enum(uppers(COUNT_STATUSES));
const count = reference('count');

const summary = z
  .object({
    id,
    number: z.string().meta({ example: 'EU-I10001' }),
    status,
    node: z.string(),
    blind: z.boolean(),
    lines: z.int(),
    counted: z.int(),
    differing: z.int(),
    waiting: z.int().meta({ description: 'Differences that wait for a second person.' }),
    created_at: timestamp,
  })
  .meta({ id: 'StockCountSummary' });

const detail = z
  .object({
    id,
    number: z.string(),
    status,
    node: z.string(),
    blind: z.boolean().meta({ description: 'Whoever counts is not told what the record says: on_hand and expected are null.' }),
    note: z.string().nullable(),
    version: z.int(),
    approval_id: id.nullable(),
    created_at: timestamp,
    ended_at: timestamp.nullable(),
    lines: z.array(
      z.object({
        id,
        sku: z.string(),
        bin: z.string().nullable(),
        status: z.enum(uppers(COUNT_LINE_STATUSES)),
        on_hand: z.int().nullable(),
        seen_version: z.int().meta({ description: 'Send it back with the figure: units that moved since make the figure void.' }),
        expected: z.int().nullable(),
        counted: z.int().nullable(),
      }),
    ),
  })
  .meta({ id: 'StockCount' });

const written = z.object({ id, number: z.string(), status, version: z.int() }).meta({ id: 'WrittenStockCount' });
const whole = (value: bigint | null): number | null => (value === null ? null : Number(value));

const detailOf = (found: CountPage): z.infer<typeof detail> => ({
  id: found.id,
  number: found.number,
  status: upper(found.status),
  node: found.nodeCode,
  blind: found.blind,
  note: found.note,
  version: Number(found.version),
  approval_id: found.approvalId,
  created_at: time(found.createdAt),
  ended_at: timeOrNull(found.endedAt),
  lines: found.lines.map((line) => ({
    id: line.id,
    sku: line.skuCode,
    bin: line.bin,
    status: upper(line.status),
    on_hand: whole(line.onHand),
    seen_version: Number(line.version),
    expected: whole(line.expected),
    counted: whole(line.counted),
  })),
});

/** What is counted: some SKUs, some bins, or everything at the node. */
async function choiceOf(ctx: Caller, input: { skus?: string[] | undefined; bins?: string[] | undefined }): Promise<CountChoice> {
  if (input.skus && input.bins)
    throw new DomainError('invalid_request', 'Choose by skus or by bins, not by both.', { field: 'bins' });
  if (input.bins) return { by: 'bins', bins: input.bins };
  if (!input.skus) return { by: 'all' };
  const skuOf = await skusNamed(ctx, input.skus);
  return { by: 'skus', skuIds: [...new Set(input.skus.map(skuOf))] };
}

/** Shelves that are counted. */
export const stockCountsRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock-counts',
        id: 'listStockCounts',
        tag: TAG,
        summary: 'List counts, newest first',
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ ...pageQuery, status: status.optional(), node: words(100).optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const wanted = COUNT_STATUSES.find((known) => upper(known) === input.status);
      const found = await listCounts(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        status: wanted ? [wanted] : undefined,
        nodeId: input.node ? await findNode(ctx.pool, ctx.scope, input.node) : undefined,
      });
      return page(found, (row) => ({
        id: row.id,
        number: row.number,
        status: upper(row.status),
        node: row.nodeCode,
        blind: row.blind,
        lines: row.lines,
        counted: row.done,
        differing: row.blind && row.status === 'counting' ? 0 : row.differing,
        waiting: row.waiting,
        created_at: time(row.createdAt),
      }));
    }),

  get: procedure
    .meta(
      operation({ method: 'GET', path: '/stock-counts/{count}', id: 'getStockCount', tag: TAG, summary: 'Get a count’s sheet' }),
    )
    .input(z.strictObject({ count }))
    .output(detail)
    .query(async ({ ctx, input }) => detailOf(await readCount(ctx.pool, ctx.scope, input.count))),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-counts',
        id: 'createStockCount',
        tag: TAG,
        summary: 'Begin a count',
        description: 'Of the SKUs or the bins that are named, else of everything at the node.',
        status: 201,
        example: { node: 'MAIN', skus: ['MUG-RED'], blind: true },
        refuses: ['not_found', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        node: words(100).meta({ description: 'The node’s code.', example: 'MAIN' }),
        skus: z.array(words(100)).min(1).max(MAX_COUNT_LINES).optional(),
        bins: z.array(words(60)).min(1).max(200).optional(),
        blind: z.boolean().optional(),
        note: words(500).optional(),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const done = await perform(ctx, ctx.app.flows.stockWork.createCount, {
        merchantId: ctx.scope.merchantId ?? '',
        nodeId: await findNode(ctx.pool, ctx.scope, input.node),
        blind: input.blind ?? false,
        choice: await choiceOf(ctx, input),
        note: input.note?.trim(),
      });
      exchangeOf(ctx).location = `/api/v1/stock-counts/${done.number}`;
      return writtenSheet(done);
    }),

  record: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-counts/{count}/figures',
        id: 'recordStockCount',
        tag: TAG,
        summary: 'Write figures on a count’s sheet',
        description: 'Lines whose units moved since `seen_version` are void, named in `again`, and counted again.',
        example: { lines: [{ sku: 'MUG-RED', counted: 48 }] },
        refuses: ['state_refuses', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        count,
        lines: z
          .array(
            z.strictObject({
              sku: words(100),
              counted: z.int().min(0).max(10_000_000),
              seen_version: z.int().min(0).optional(),
            }),
          )
          .min(1)
          .max(MAX_COUNT_LINES),
      }),
    )
    .output(
      written
        .extend({ again: z.array(z.string()).meta({ description: 'SKUs to count again.' }) })
        .meta({ id: 'RecordedStockCount' }),
    )
    .mutation(async ({ ctx, input }) => {
      const found = await readCount(ctx.pool, ctx.scope, input.count);
      const lines = input.lines.map(({ sku, counted, seen_version }) => ({
        lineId: lineNamed(found, sku),
        counted,
        ...(seen_version === undefined ? {} : { seenVersion: seen_version }),
      }));
      const done = await perform(ctx, ctx.app.flows.stockWork.recordCount, { countId: found.id, lines });
      const again = found.lines.flatMap((line) => (done.again.includes(line.id) ? [line.skuCode] : []));
      return { ...writtenSheet(done), again };
    }),

  finish: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock-counts/{count}/finish',
        id: 'finishStockCount',
        tag: TAG,
        summary: 'Finish a count, or cancel it',
        description:
          'Differences are applied; those above the policy wait together for a second person. `CANCEL` applies nothing.',
        example: { outcome: 'FINISH', leave_uncounted: true },
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        count,
        outcome: z.enum(['FINISH', 'CANCEL']),
        leave_uncounted: z
          .boolean()
          .optional()
          .meta({ description: 'Finish although some lines were not counted: they stay as they are.' }),
        reason: words(500).optional(),
      }),
    )
    .output(written.extend({ applied: z.int(), waiting: z.int(), approval_id: id.nullable() }).meta({ id: 'FinishedStockCount' }))
    .mutation(async ({ ctx, input }) => {
      const found = await readCount(ctx.pool, ctx.scope, input.count);
      const done = await perform(ctx, ctx.app.flows.stockWork.endCount, {
        countId: found.id,
        outcome: input.outcome === 'FINISH' ? ('finish' as const) : ('cancel' as const),
        leaveUncounted: input.leave_uncounted,
        reason: input.reason?.trim(),
      });
      return { ...writtenSheet(done), applied: done.applied, waiting: done.waiting, approval_id: done.approvalId };
    }),
});
