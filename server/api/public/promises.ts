import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { SALES_CHANNELS } from '../../kernel/vocabulary.ts';
import { type AvailabilityView, readAvailability } from '../../views/availability.ts';
import { findNode } from '../../views/rest-lookups.ts';
import { readStock } from '../../views/stock.ts';
import { procedure, router } from '../trpc.ts';
import { words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Stock';
const sku = words(100);
const units = z.int().min(0).max(10_000_000);
/** What one question asks for at most. */
const MAX_SKUS = 200;

const dated = {
  available: z.int().meta({ description: 'Units that an order may be promised now.' }),
  beyond_stock: z.int().meta({ description: 'Of these, units that no node has yet: backorders and preorders.' }),
  beyond_stock_on: z.iso
    .date()
    .nullable()
    .meta({ description: 'When enough is expected for the first unit beyond the stock, where that is known.' }),
  later: z.array(z.object({ on: z.iso.date(), available: z.int() })).meta({
    description: 'How many there will be from stock on each day something is expected to come in, promises so far served first.',
  }),
};

const availability = z
  .object({
    sku: z.string(),
    ...dated,
    sellable: z.int().meta({ description: 'On hand less safety stock.' }),
    promised: z.int(),
    reserved: z.int().meta({ description: 'Of the promised units, those that carts hold.' }),
    safety: z.int(),
    shortfall: z.int(),
    channels: z
      .array(
        z.object({
          channel: z.enum(SALES_CHANNELS),
          ...dated,
          buffer: z.int().meta({ description: 'Units that are kept away from it.' }),
          cap: z.int().nullable().meta({ description: 'Units that it may be promised at once.' }),
          promised: z.int(),
        }),
      )
      .meta({ description: 'The channels that have a rule; every other one may have whatever there is.' }),
  })
  .meta({ id: 'Availability' });

type Dated = Pick<AvailabilityView, 'available' | 'beyondStock' | 'beyondStockOn' | 'later'>;
const datedOf = ({ available, beyondStock, beyondStockOn, later }: Dated) => ({
  available: Number(available),
  beyond_stock: Number(beyondStock),
  beyond_stock_on: beyondStockOn,
  later: later.map((day) => ({ on: day.on, available: Number(day.available) })),
});

function availabilityOf(view: AvailabilityView): z.infer<typeof availability> {
  return {
    sku: view.code,
    ...datedOf(view),
    sellable: Number(view.sellable),
    promised: Number(view.promised),
    reserved: Number(view.reserved),
    safety: Number(view.safety),
    shortfall: Number(view.shortfall),
    channels: view.channels.map((each) => ({
      channel: z.enum(SALES_CHANNELS).parse(each.channel),
      ...datedOf(each),
      buffer: Number(each.buffer),
      cap: each.cap === null ? null : Number(each.cap),
      promised: Number(each.promised),
    })),
  };
}

/** What may be promised of a SKU, to whom and when, and what decides it. */
export const promisesRouter = router({
  availability: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/products/{sku}/availability',
        id: 'getAvailability',
        tag: TAG,
        summary: 'Get what may be promised of a product, now and later',
      }),
    )
    .input(z.strictObject({ sku }))
    .output(availability)
    .query(async ({ ctx, input }) => {
      const asked = { region: ctx.app.settings.region, codes: [input.sku] };
      const [found] = await readAvailability(ctx.pool, ctx.scope, asked);
      if (!found?.stocked) throw new DomainError('not_found', `There is no stocked SKU ${input.sku}.`);
      return availabilityOf(found);
    }),

  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/availability',
        id: 'listAvailability',
        tag: TAG,
        summary: 'Get what may be promised of up to 200 products',
        description: 'In the order they were asked for; SKUs that do not exist or are not stocked are left out.',
      }),
    )
    .input(z.strictObject({ sku: z.array(sku).min(1).max(MAX_SKUS) }))
    .output(z.object({ data: z.array(availability) }).meta({ id: 'AvailabilityList' }))
    .query(async ({ ctx, input }) => {
      const asked = { region: ctx.app.settings.region, codes: [...new Set(input.sku)] };
      const found = await readAvailability(ctx.pool, ctx.scope, asked);
      return { data: found.filter((each) => each.stocked).map(availabilityOf) };
    }),

  setSafety: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/stock/{sku}/nodes/{node}',
        id: 'setSafetyStock',
        tag: TAG,
        summary: 'Set a node’s safety stock of a SKU',
        description: 'Safety stock is sold to nobody. Units that are promised cannot be set aside.',
        example: { safety: 5 },
        refuses: ['over_limit', 'state_refuses'],
      }),
    )
    .input(z.strictObject({ sku, node: words(100).meta({ description: 'The node’s code.', example: 'MAIN' }), safety: units }))
    .output(z.object({ sku: z.string(), node: z.string(), safety: z.int(), available: z.int() }).meta({ id: 'SafetyStock' }))
    .mutation(async ({ ctx, input }) => {
      const { id: skuId, merchantId } = await stockedSku(ctx, input.sku);
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const done = await perform(ctx, ctx.app.flows.setSafety, { merchantId, skuId, nodeId, safety: input.safety });
      return { sku: input.sku, node: input.node, safety: done.safety, available: done.available };
    }),

  setChannel: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/stock/{sku}/channels/{channel}',
        id: 'setChannelRule',
        tag: TAG,
        summary: 'Set what a channel may be promised of a SKU',
        description: 'Nothing that was promised is taken back. A buffer of 0 and a cap of null are no limit.',
        example: { buffer: 10, cap: 200 },
        refuses: ['state_refuses'],
      }),
    )
    .input(
      z.strictObject({ sku, channel: z.enum(SALES_CHANNELS), buffer: units.default(0), cap: units.nullable().default(null) }),
    )
    .output(
      z
        .object({
          sku: z.string(),
          channel: z.enum(SALES_CHANNELS),
          buffer: z.int(),
          cap: z.int().nullable(),
          promised: z.int(),
          available: z.int(),
        })
        .meta({ id: 'ChannelRule' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: skuId, merchantId } = await stockedSku(ctx, input.sku);
      const { channel, buffer, cap } = input;
      const done = await perform(ctx, ctx.app.flows.setChannel, { merchantId, skuId, channel, buffer, cap });
      return { sku: input.sku, channel, buffer: done.buffer, cap: done.cap, promised: done.promised, available: done.available };
    }),
});

async function stockedSku(ctx: { pool: Parameters<typeof readStock>[0]; scope: Parameters<typeof readStock>[1] }, code: string) {
  const { sku: found } = await readStock(ctx.pool, ctx.scope, code);
  if (!found.stocked) throw new DomainError('state_refuses', `The SKU ${code} is not stocked.`);
  return found;
}
