import { z } from 'zod';
import { PURCHASE_STATUSES } from '../../domains/purchasing/rules.ts';
import { DomainError } from '../../kernel/errors.ts';
import { listPurchaseOrders, type PurchaseOrderPage, readPurchaseOrder } from '../../views/purchase-orders.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, reference, upper, words } from './fields.ts';
import { type Caller, skusNamed, writtenSheet } from './named-goods.ts';
import { exchangeOf, operation, perform } from './operation.ts';
import { day, detail, detailOf, lineIn, status, summary, summaryOf, written } from './purchase-resources.ts';

const TAG = 'Purchase orders';

/** The lines with their SKUs by id; refuses every code that is not there, all at once. */
async function linesOf<T extends z.infer<typeof lineIn>>(ctx: Caller, lines: readonly T[]) {
  const skuOf = await skusNamed(
    ctx,
    lines.map((line) => line.sku),
  );
  return lines.map(({ sku, quantity, unit_cost, expected_on }) => ({
    skuId: skuOf(sku),
    quantity,
    unitCost: unit_cost ?? null,
    expectedOn: expected_on ?? null,
  }));
}

const order = reference('purchase order');

/** What is bought of suppliers. */
export const purchaseOrdersRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/purchase-orders',
        id: 'listPurchaseOrders',
        tag: TAG,
        summary: 'List purchase orders, newest first',
      }),
    )
    .input(
      z.strictObject({
        ...pageQuery,
        status: status.optional(),
        q: words(100).optional().meta({ description: 'The beginning of a number, or words of the supplier.' }),
      }),
    )
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const wanted = PURCHASE_STATUSES.find((known) => upper(known) === input.status);
      const found = await listPurchaseOrders(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        q: input.q,
        status: wanted ? [wanted] : undefined,
      });
      return page(found, summaryOf);
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/purchase-orders/{purchase_order}',
        id: 'getPurchaseOrder',
        tag: TAG,
        summary: 'Get a purchase order with its receipts',
      }),
    )
    .input(z.strictObject({ purchase_order: order }))
    .output(detail)
    .query(async ({ ctx, input }) => detailOf(await readPurchaseOrder(ctx.pool, ctx.scope, input.purchase_order))),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/purchase-orders',
        id: 'createPurchaseOrder',
        tag: TAG,
        summary: 'Make a purchase order',
        description: 'A draft unless `order` is true: only what was ordered counts as inbound.',
        status: 201,
        example: {
          node: 'MAIN',
          supplier: 'Nordic Mugs AS',
          expected_on: '2026-12-01',
          order: true,
          lines: [{ sku: 'MUG-RED', quantity: 120, unit_cost: '4.10' }],
        },
        refuses: ['unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        node: words(100).meta({ description: 'The code of the node where the goods go.', example: 'MAIN' }),
        supplier: words(200),
        expected_on: day.nullable().optional(),
        currency: currency.optional(),
        note: words(1000).nullable().optional(),
        order: z.boolean().optional().meta({ description: 'Whether it is sent to the supplier at once.' }),
        lines: z.array(lineIn).min(1).max(500),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const done = await perform(ctx, ctx.app.flows.stockWork.createPurchaseOrder, {
        merchantId: ctx.scope.merchantId ?? '',
        nodeId: await findNode(ctx.pool, ctx.scope, input.node),
        supplier: input.supplier.trim(),
        expectedOn: input.expected_on,
        currency: input.currency,
        note: input.note?.trim(),
        order: input.order,
        lines: await linesOf(ctx, input.lines),
      });
      exchangeOf(ctx).location = `/api/v1/purchase-orders/${done.number}`;
      return writtenSheet(done);
    }),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/purchase-orders/{purchase_order}',
        id: 'updatePurchaseOrder',
        tag: TAG,
        summary: 'Change a purchase order',
        description:
          'Fields that are absent stay as they are. `lines`, where given, are all lines as they shall be: a line with its id stays, one without is new, ' +
          'one that is left out is taken off (of what was ordered, its open units are cancelled).',
        example: { version: 1, expected_on: '2026-12-08' },
        refuses: ['conflict', 'state_refuses', 'unknown_sku', 'over_limit'],
      }),
    )
    .input(
      z.strictObject({
        purchase_order: order,
        version: z.int().min(1).meta({ description: 'As you read it; refused with conflict if it changed since.' }),
        supplier: words(200).optional(),
        expected_on: day.nullable().optional(),
        note: words(1000).nullable().optional(),
        lines: z
          .array(lineIn.extend({ id: id.optional() }))
          .min(1)
          .max(500)
          .optional(),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const found = await readPurchaseOrder(ctx.pool, ctx.scope, input.purchase_order);
      const lines = input.lines && (await linesOf(ctx, input.lines)).map((line, at) => ({ ...line, id: input.lines?.[at]?.id }));
      const done = await perform(ctx, ctx.app.flows.stockWork.editPurchaseOrder, {
        purchaseOrderId: found.id,
        version: BigInt(input.version),
        supplier: input.supplier?.trim(),
        expectedOn: input.expected_on,
        note: input.note === null ? null : input.note?.trim(),
        lines,
      });
      return writtenSheet(done);
    }),

  move: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/purchase-orders/{purchase_order}/steps',
        id: 'movePurchaseOrder',
        tag: TAG,
        summary: 'Order, cancel or close a purchase order',
        description: '`close` gives up what has not arrived; `cancel` is for what nothing has arrived of.',
        example: { step: 'ORDER' },
        refuses: ['state_refuses'],
      }),
    )
    .input(
      z.strictObject({
        purchase_order: order,
        step: z.enum(['ORDER', 'CANCEL', 'CLOSE']),
        reason: words(500).optional(),
      }),
    )
    .output(written)
    .mutation(async ({ ctx, input }) => {
      const found = await readPurchaseOrder(ctx.pool, ctx.scope, input.purchase_order);
      const step = ({ ORDER: 'order', CANCEL: 'cancel', CLOSE: 'close' } as const)[input.step];
      const wish = { purchaseOrderId: found.id, step, reason: input.reason?.trim() };
      return writtenSheet(await perform(ctx, ctx.app.flows.stockWork.movePurchaseOrder, wish));
    }),

  receive: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/purchase-orders/{purchase_order}/receipts',
        id: 'receivePurchaseOrder',
        tag: TAG,
        summary: 'Receive goods of a purchase order',
        description: 'All of it or, where a line would take more than may arrive, nothing. Good units are sellable at once.',
        status: 201,
        example: { lines: [{ sku: 'MUG-RED', received: 118, damaged: 2 }] },
        refuses: ['state_refuses', 'over_limit', 'unknown_sku'],
      }),
    )
    .input(
      z.strictObject({
        purchase_order: order,
        note: words(500).optional(),
        lines: z
          .array(
            z.strictObject({
              line_id: id.optional().meta({ description: 'The line, where the order has several of the SKU.' }),
              sku: words(100).optional(),
              received: z.int().min(0).max(10_000_000),
              damaged: z.int().min(0).max(10_000_000).optional(),
              lot: words(60).optional(),
              expires_on: day.optional(),
            }),
          )
          .min(1)
          .max(500),
      }),
    )
    .output(
      z
        .object({ id, receipt_id: id, number: z.string(), status, version: z.int(), received: z.int(), damaged: z.int() })
        .meta({ id: 'PurchaseReceipt' }),
    )
    .mutation(async ({ ctx, input }) => {
      const found = await readPurchaseOrder(ctx.pool, ctx.scope, input.purchase_order);
      const lines = input.lines.map((line, at) => ({
        lineId: line.line_id ?? lineOfSku(found, line.sku, at),
        received: line.received,
        damaged: line.damaged,
        ...(line.lot ? { lot: { code: line.lot.trim(), expiresOn: line.expires_on } } : {}),
      }));
      const wish = { purchaseOrderId: found.id, note: input.note?.trim(), lines };
      const done = await perform(ctx, ctx.app.flows.stockWork.receivePurchaseOrder, wish);
      return { ...writtenSheet(done), receipt_id: done.receiptId, received: done.received, damaged: done.damaged };
    }),
});

/** The line of a SKU that still takes some, else its first. */
function lineOfSku(found: PurchaseOrderPage, sku: string | undefined, at: number): string {
  if (!sku) throw new DomainError('invalid_request', 'Name the line by line_id or by sku.', { field: `lines.${at}.sku` });
  const own = found.lines.filter((line) => line.skuCode === sku);
  const line = own.find((candidate) => candidate.open > 0n) ?? own[0];
  if (!line) throw new DomainError('unknown_sku', `${found.number} has no line of ${sku}.`, { skus: [sku] });
  return line.id;
}
