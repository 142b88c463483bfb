import { z } from 'zod';
import { CAPACITY_UNITS, NODE_KINDS, type NodeFacts, nodeFacts, REROUTE_REASONS } from '../../domains/routing/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { findNode, findOrder } from '../../views/rest-lookups.ts';
import { listNodeSettings, type NodeRow, readNode } from '../../views/routing.ts';
import { procedure, router } from '../trpc.ts';
import { amount, fingerprint, id, reference, words } from './fields.ts';
import { operation, perform } from './operation.ts';

const TAG = 'Nodes';

const area = z
  .array(z.strictObject({ country: words(2), prefixes: z.array(words(20)).max(200) }))
  .max(300)
  .meta({ description: 'Countries, each whole or by the beginnings of its postal codes. Empty: everywhere.' });
const zone = z.strictObject({
  name: words(60),
  area,
  transit_days: z.int().min(0).max(60),
  bands: z
    .array(z.strictObject({ up_to_grams: z.int().min(1).nullable(), price_minor: amount }))
    .min(1)
    .max(20),
});

const settings = {
  priority: z.int().min(0).max(100_000),
  time_zone: words(60).meta({ example: 'Europe/Berlin' }),
  cutoff_minutes: z
    .int()
    .min(0)
    .max(1_440)
    .meta({ description: 'Minutes after midnight there; later orders leave a working day later.' }),
  handling_days: z.int().min(0).max(30),
  working_days: z.array(z.int().min(1).max(7)).min(1).max(7).meta({ description: '1 is Monday.' }),
  blackout_days: z.array(z.iso.date()).max(400),
  capacity_per_day: z.int().min(0).max(10_000_000).nullable().meta({ description: 'null: no limit.' }),
  capacity_unit: z.enum(CAPACITY_UNITS),
  area,
  zones: z.array(zone).max(50),
  handling_order_minor: amount,
  handling_unit_minor: amount,
  ship_from: z.boolean(),
  pick_up: z.boolean(),
};

const resource = z
  .object({
    id,
    code: z.string(),
    name: z.string(),
    kind: z.enum(NODE_KINDS),
    active: z.boolean(),
    ...settings,
    orders_today: z.int(),
    units_today: z.int(),
    version: z.int().meta({ description: '0: nobody described it; these are the defaults.' }),
  })
  .meta({ id: 'Node' });

type Resource = z.infer<typeof resource>;

function resourceOf({ facts, ...node }: NodeRow): Resource {
  return {
    id: node.id,
    code: node.code,
    name: node.name,
    kind: node.kind as Resource['kind'],
    active: node.active,
    priority: node.priority,
    time_zone: facts.timeZone,
    cutoff_minutes: facts.cutoffMinutes,
    handling_days: facts.handlingDays,
    working_days: [...facts.workingDays],
    blackout_days: [...facts.blackoutDays],
    capacity_per_day: facts.capacityPerDay,
    capacity_unit: facts.capacityUnit,
    area: facts.area,
    zones: facts.zones.map((each) => ({
      name: each.name,
      area: each.area,
      transit_days: each.transitDays,
      bands: each.bands.map((band) => ({ up_to_grams: band.upToGrams, price_minor: band.priceMinor })),
    })),
    handling_order_minor: facts.handlingOrderMinor,
    handling_unit_minor: facts.handlingUnitMinor,
    ship_from: facts.shipFrom,
    pick_up: facts.pickUp,
    orders_today: node.ordersToday,
    units_today: node.unitsToday,
    version: node.version,
  };
}

const change = z.strictObject({
  node: words(100),
  version: z.int().min(0).meta({ description: 'As you read it; refused with conflict if the node changed since.' }),
  ...z.strictObject(settings).partial().shape,
});

/** What is stored with what was sent in its place. */
function changed({ facts }: NodeRow, sent: z.infer<typeof change>): NodeFacts {
  const wanted = {
    timeZone: sent.time_zone ?? facts.timeZone,
    cutoffMinutes: sent.cutoff_minutes ?? facts.cutoffMinutes,
    handlingDays: sent.handling_days ?? facts.handlingDays,
    workingDays: sent.working_days ?? facts.workingDays,
    blackoutDays: sent.blackout_days ?? facts.blackoutDays,
    capacityPerDay: sent.capacity_per_day === undefined ? facts.capacityPerDay : sent.capacity_per_day,
    capacityUnit: sent.capacity_unit ?? facts.capacityUnit,
    area: sent.area ?? facts.area,
    zones:
      sent.zones?.map((each) => ({
        name: each.name,
        area: each.area,
        transitDays: each.transit_days,
        bands: each.bands.map((band) => ({ upToGrams: band.up_to_grams, priceMinor: band.price_minor })),
      })) ?? facts.zones,
    handlingOrderMinor: sent.handling_order_minor ?? facts.handlingOrderMinor,
    handlingUnitMinor: sent.handling_unit_minor ?? facts.handlingUnitMinor,
    shipFrom: sent.ship_from ?? facts.shipFrom,
    pickUp: sent.pick_up ?? facts.pickUp,
  };
  const parsed = nodeFacts.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DomainError('invalid_request', issue?.message ?? 'These settings cannot be read.', { field: issue?.path.join('.') });
}

/** Where goods leave from, and having another node send what one will not. */
export const nodesRouter = router({
  list: procedure
    .meta(operation({ method: 'GET', path: '/nodes', id: 'listNodes', tag: TAG, summary: 'List nodes with their settings' }))
    .input(z.strictObject({}))
    .output(z.object({ data: z.array(resource) }).meta({ id: 'Nodes' }))
    .query(async ({ ctx }) => ({ data: (await listNodeSettings(ctx.pool, ctx.scope, new Date())).map(resourceOf) })),

  get: procedure
    .meta(operation({ method: 'GET', path: '/nodes/{node}', id: 'getNode', tag: TAG, summary: 'Get one node with its settings' }))
    .input(z.strictObject({ node: words(100) }))
    .output(resource)
    .query(async ({ ctx, input }) =>
      resourceOf(await readNode(ctx.pool, ctx.scope, await findNode(ctx.pool, ctx.scope, input.node), new Date())),
    ),

  update: procedure
    .meta(
      operation({
        method: 'PATCH',
        path: '/nodes/{node}',
        id: 'updateNode',
        tag: TAG,
        summary: 'Describe what a node can do and costs',
        description: 'Fields that are absent stay as they are. Orders that wait are planned by it; what is allocated stays.',
        example: { version: 0, handling_order_minor: 90, capacity_per_day: 400 },
        refuses: ['conflict'],
      }),
    )
    .input(change)
    .output(z.object({ id, version: z.int(), changed: z.array(z.string()) }).meta({ id: 'UpdatedNode' }))
    .mutation(async ({ ctx, input }) => {
      const node = await readNode(ctx.pool, ctx.scope, await findNode(ctx.pool, ctx.scope, input.node), new Date());
      const facts = changed(node, input);
      const where = { merchantId: node.merchantId, nodeId: node.id, priority: input.priority ?? node.priority };
      const saved = await perform(ctx, ctx.app.flows.routing.saveNode, { ...facts, ...where, version: BigInt(input.version) });
      return { id: saved.nodeId, version: saved.version, changed: saved.changed.map(snake) };
    }),

  reroute: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/reroutes',
        id: 'rerouteOrder',
        tag: TAG,
        summary: 'Have another node send what waits at one',
        description:
          'The units are open again and their node is not asked for them any more. After five rounds the order is held.',
        status: 201,
        example: { node: 'MAIN', reason: 'shortage' },
        refuses: ['state_refuses', 'plan_changed'],
      }),
    )
    .input(
      z.strictObject({
        order: reference('order'),
        node: words(100),
        reason: z.enum(REROUTE_REASONS),
        note: words(300).optional(),
        fingerprint,
      }),
    )
    .output(z.object({ order_id: id, order_number: z.string(), units: z.int(), held: z.boolean() }).meta({ id: 'ReroutedOrder' }))
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const nodeId = await findNode(ctx.pool, ctx.scope, input.node);
      const { reason, note } = input;
      const wish = { orderId, nodeId, reason, note, fingerprint: input.fingerprint };
      const done = await perform(ctx, ctx.app.flows.routing.reroute, wish);
      return { order_id: done.orderId, order_number: done.number, units: done.units, held: done.held };
    }),
});

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
