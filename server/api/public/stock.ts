import { z } from 'zod';
import { DEFAULT_PAY_DAYS, MAX_LIMIT_UNITS, POLICY_KINDS } from '../../domains/backorders/schema.ts';
import { ADJUSTMENT_REASONS, type AdjustStockInput } from '../../domains/inventory/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type BackorderPolicyView, readPolicies } from '../../views/backorders.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { listStock, readStock, type StockPage } from '../../views/stock.ts';
import { procedure, router } from '../trpc.ts';
import { id, page, pageOf, pageQuery, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Stock';
const sku = words(100);

const level = z
  .object({
    sku: z.string(),
    name: z.string(),
    on_hand: z.int(),
    allocated: z.int(),
    sellable: z.int(),
    promised: z.int(),
    available: z.int().meta({ description: 'Units that may be promised now.' }),
    shortfall: z.int().meta({ description: 'Promised units that are not there any more.' }),
  })
  .meta({ id: 'StockLevel' });

const detail = z
  .object({
    sku: z.string(),
    name: z.string(),
    supply: z.array(
      z.object({
        region: z.string(),
        sellable: z.int(),
        promised: z.int(),
        over_limit: z.int().meta({ description: 'Units that may be promised beyond stock.' }),
        shortfall: z.int(),
        available: z.int(),
        version: z.int(),
      }),
    ),
    nodes: z.array(
      z.object({
        node: z.string(),
        name: z.string(),
        on_hand: z.int(),
        allocated: z.int(),
        safety: z.int(),
        short: z.int(),
        bin: z.string().nullable(),
        version: z.int(),
      }),
    ),
  })
  .meta({ id: 'Stock' });

const adjustInput = z.strictObject({
  sku,
  node: words(100).meta({ description: 'The node’s code.', example: 'MAIN' }),
  reason: z.enum(ADJUSTMENT_REASONS),
  delta: z.int().min(-10_000_000).max(10_000_000).optional().meta({ description: 'Units more (or, negative, fewer).' }),
  counted: z.int().min(0).max(10_000_000).optional().meta({ description: 'Instead of delta: how many there are.' }),
  expected: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'With counted: what the record said before; refused with conflict if it says something else now.' }),
  note: words(500).optional(),
});

const policyInput = z.strictObject({
  sku,
  kind: z.enum(POLICY_KINDS),
  limit: z.int().min(0).max(MAX_LIMIT_UNITS).optional().meta({ description: 'Units that may be promised beyond stock at once.' }),
  lead_days: z
    .int()
    .min(0)
    .max(730)
    .optional()
    .meta({ description: 'Backorders: days until units come that no purchase order covers.' }),
  release_on: z.iso.date().optional().meta({ description: 'Preorders: nothing is promised for an earlier day.' }),
  stop_on: z.iso.date().optional().meta({ description: 'The first day on which nothing more is sold beyond stock.' }),
  stop_without_inbound: z.boolean().optional().meta({ description: 'Sell beyond stock only what purchase orders announce.' }),
  stop_at_waiting: z
    .int()
    .min(1)
    .max(MAX_LIMIT_UNITS)
    .optional()
    .meta({ description: 'Stop once so many units wait, until the policy is set again.' }),
  pay_days: z
    .int()
    .min(1)
    .max(60)
    .optional()
    .meta({ description: 'How long a customer has to pay whose bank does not hold the money any more.' }),
  note: words(500).optional(),
  version: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'The version you looked at; refused with conflict if another one counts.' }),
});

const policyResource = z
  .object({
    sku: z.string(),
    region: z.string(),
    version: z.int(),
    kind: z.enum(POLICY_KINDS),
    limit: z.int(),
    lead_days: z.int().nullable(),
    release_on: z.iso.date().nullable(),
    stop_on: z.iso.date().nullable(),
    stop_without_inbound: z.boolean(),
    stop_at_waiting: z.int().nullable(),
    stopped: z.enum(['waiting']).nullable(),
    pay_days: z.int(),
    waiting: z.int().meta({ description: 'Units that were sold and are not here yet.' }),
    over_limit: z.int().meta({ description: 'Units that may be promised beyond stock now, those that wait included.' }),
  })
  .meta({ id: 'BackorderPolicy' });

function policyOf(
  stock: StockPage,
  { policies, waiting }: { readonly policies: readonly BackorderPolicyView[]; readonly waiting: number },
  region: string,
): z.infer<typeof policyResource> {
  const policy = policies.find((one) => one.region === region);
  return {
    sku: stock.sku.code,
    region,
    version: policy?.version ?? 0,
    kind: policy?.kind ?? 'none',
    limit: Number(policy?.limitUnits ?? 0n),
    lead_days: policy?.leadDays ?? null,
    release_on: policy?.releaseOn ?? null,
    stop_on: policy?.stopOn ?? null,
    stop_without_inbound: policy?.stopWithoutInbound ?? false,
    stop_at_waiting: policy?.stopAtWaiting == null ? null : Number(policy.stopAtWaiting),
    stopped: policy?.stopped ?? null,
    pay_days: policy?.payDays ?? DEFAULT_PAY_DAYS,
    waiting,
    over_limit: Number(stock.supply.find((one) => one.region === region)?.limitOver ?? 0n),
  };
}

type Adjusting = z.infer<typeof adjustInput>;

function change(input: Adjusting): { delta: number } | { counted: number; expected: number } {
  if (input.delta !== undefined && input.counted === undefined && input.expected === undefined) {
    if (input.delta === 0) throw new DomainError('invalid_request', 'A change of 0 is none.', { field: 'delta' });
    return { delta: input.delta };
  }
  if (input.delta === undefined && input.counted !== undefined && input.expected !== undefined)
    return { counted: input.counted, expected: input.expected };
  throw new DomainError('invalid_request', 'Send either delta, or counted together with expected.', {
    field: input.delta === undefined ? 'counted' : 'delta',
  });
}

/** What is there, and what may be promised of it. */
export const stockRouter = router({
  list: procedure
    .meta(operation({ method: 'GET', path: '/stock', id: 'listStock', tag: TAG, summary: 'List stock levels by SKU' }))
    .input(
      z.strictObject({
        ...pageQuery,
        q: words(100).optional().meta({ description: 'The beginning of a SKU, or words of the name.' }),
        attention: z.boolean().optional().meta({ description: 'Only what is sold out or short.' }),
      }),
    )
    .output(pageOf(level))
    .query(async ({ ctx, input }) => {
      const found = await listStock(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        q: input.q,
        attention: input.attention,
      });
      return page(found, (row) => ({
        sku: row.code,
        name: row.name,
        on_hand: Number(row.onHand),
        allocated: Number(row.allocated),
        sellable: Number(row.sellable),
        promised: Number(row.promised),
        available: Number(row.available),
        shortfall: Number(row.shortfall),
      }));
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock/{sku}',
        id: 'getStock',
        tag: TAG,
        summary: 'Get one SKU’s stock by region and node',
      }),
    )
    .input(z.strictObject({ sku }))
    .output(detail)
    .query(async ({ ctx, input }) => {
      const found = await readStock(ctx.pool, ctx.scope, input.sku);
      return {
        sku: found.sku.code,
        name: found.sku.name,
        supply: found.supply.map((each) => ({
          region: each.region,
          sellable: Number(each.sellable),
          promised: Number(each.promised),
          over_limit: Number(each.limitOver),
          shortfall: Number(each.shortfall),
          available: Number(each.available),
          version: Number(each.version),
        })),
        nodes: found.nodes.map((each) => ({
          node: each.nodeCode,
          name: each.nodeName,
          on_hand: Number(each.onHand),
          allocated: Number(each.allocated),
          safety: Number(each.safety),
          short: Number(each.short),
          bin: each.bin,
          version: Number(each.version),
        })),
      };
    }),

  policy: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/stock/{sku}/backorder-policy',
        id: 'getBackorderPolicy',
        tag: TAG,
        summary: 'Get what may be sold of a SKU beyond its stock',
      }),
    )
    .input(z.strictObject({ sku }))
    .output(policyResource)
    .query(async ({ ctx, input }) => {
      const found = await readStock(ctx.pool, ctx.scope, input.sku);
      return policyOf(found, await readPolicies(ctx.pool, found.sku.id), ctx.ctx().home);
    }),

  setPolicy: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/stock/{sku}/backorder-policy',
        id: 'setBackorderPolicy',
        tag: TAG,
        summary: 'Set what may be sold of a SKU beyond its stock',
        description:
          'Replaces the policy by its next version. Selling less than before takes nothing back: units that were promised stay promised, which over_limit shows.',
        example: { kind: 'backorder', limit: 50, lead_days: 14, stop_without_inbound: true },
        refuses: ['conflict', 'state_refuses'],
      }),
    )
    .input(policyInput)
    .output(policyResource)
    .mutation(async ({ ctx, input }) => {
      const found = await readStock(ctx.pool, ctx.scope, input.sku);
      if (!found.sku.stocked) throw new DomainError('state_refuses', `The SKU ${input.sku} is not stocked.`);
      await perform(ctx, ctx.app.flows.setBackorderPolicy, {
        merchantId: found.sku.merchantId,
        skuId: found.sku.id,
        kind: input.kind,
        limitUnits: input.limit ?? 0,
        leadDays: input.lead_days,
        releaseOn: input.release_on,
        stopOn: input.stop_on,
        stopWithoutInbound: input.stop_without_inbound ?? false,
        stopAtWaiting: input.stop_at_waiting,
        payDays: input.pay_days ?? DEFAULT_PAY_DAYS,
        note: input.note,
        version: input.version,
      });
      const after = await readStock(ctx.pool, ctx.scope, input.sku);
      return policyOf(after, await readPolicies(ctx.pool, found.sku.id), ctx.ctx().home);
    }),

  adjust: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/stock/{sku}/adjustments',
        id: 'adjustStock',
        tag: TAG,
        summary: 'Change what is on hand at a node',
        description: 'Fewer than are promised is recorded as short, never refused: the shelf is right.',
        status: 201,
        example: { node: 'MAIN', reason: 'received', delta: 24 },
        refuses: ['conflict', 'state_refuses', 'over_limit'],
      }),
    )
    .input(adjustInput)
    .output(
      z
        .object({
          sku: z.string(),
          sku_id: id,
          node: z.string(),
          on_hand: z.int(),
          delta: z.int(),
          short: z.int(),
          shortfall: z.int(),
        })
        .meta({ id: 'StockAdjustment' }),
    )
    .mutation(async ({ ctx, input }) => {
      const wanted = change(input);
      const found = await readStock(ctx.pool, ctx.scope, input.sku);
      if (!found.sku.stocked) throw new DomainError('state_refuses', `The SKU ${input.sku} is not stocked.`);
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const where = { merchantId: found.sku.merchantId, skuId: found.sku.id, nodeId, reason: input.reason, note: input.note };
      const done = await perform(ctx, ctx.app.flows.adjustStock, { ...where, ...wanted } satisfies AdjustStockInput);
      return {
        sku: found.sku.code,
        sku_id: done.skuId,
        node: input.node,
        on_hand: done.onHand,
        delta: done.delta,
        short: done.short,
        shortfall: done.shortfall,
      };
    }),
});
