import { z } from 'zod';
import { DomainError } from '../../kernel/errors.ts';
import { PARCEL_REPORTS, type ShipmentStatus } from '../../kernel/vocabulary.ts';
import { findNode, findOrder, findShipment } from '../../views/rest-lookups.ts';
import { readRestOrder } from '../../views/rest-orders.ts';
import { listShipments, readShipment } from '../../views/shipments.ts';
import { procedure, router } from '../trpc.ts';
import {
  currency,
  fingerprint,
  id,
  page,
  pageOf,
  pageQuery,
  ranges,
  reference,
  selection,
  time,
  timeOrNull,
  timestamp,
  unitRanges,
  units,
  words,
} from './fields.ts';
import { operation, perform } from './operation.ts';
import { findBox } from './parcels.ts';
import { shipmentFate, shipmentOf, shipmentResource, shipmentStatus, statusesOf, statusOf } from './shipment-resources.ts';

const TAG = 'Shipments';
const order = reference('order');
const shipment = reference('shipment');

const grams = z.int().min(1).max(1_000_000);
const side = z.int().min(1).max(10_000).optional();
const boxes = z
  .array(
    z.strictObject({
      units,
      weight_grams: grams.optional().meta({ description: 'What the catalogue says its units weigh, unless said.' }),
      length_mm: side,
      width_mm: side,
      height_mm: side,
    }),
  )
  .min(1)
  .max(20)
  .optional()
  .meta({ description: 'How it is packed: every unit that leaves is in exactly one box. One box where absent.' });

const shipInput = {
  order,
  units: units.optional(),
  node: words(100).optional().meta({ description: 'Only what is allocated at the node with this code.' }),
  boxes,
};

const packed = (of: z.infer<typeof boxes>) =>
  of?.map((box) => ({
    units: selection(box.units) ?? [],
    weightGrams: box.weight_grams,
    lengthMm: box.length_mm,
    widthMm: box.width_mm,
    heightMm: box.height_mm,
  }));

const summary = z
  .object({
    id,
    number: z.string(),
    order_number: z.string(),
    status: shipmentStatus,
    fate: shipmentFate,
    node: z.string().nullable(),
    carrier: z.string().nullable(),
    tracking_number: z.string().nullable(),
    value_minor: z.int(),
    currency,
    created_at: timestamp,
    shipped_at: timestamp.nullable(),
    delivered_at: timestamp.nullable(),
  })
  .meta({ id: 'ShipmentSummary' });

const preview = z
  .object({
    fingerprint: z.string(),
    currency,
    shipments: z.array(z.object({ node_id: id, value_minor: z.int(), units: unitRanges })),
  })
  .meta({ id: 'ShipPreview' });

/** Reports may be late, but one from the future is a wrong clock. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** Sending orders out, and what is heard of them. */
export const shipmentsRouter = router({
  preview: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/shipments/preview',
        id: 'previewShipments',
        tag: TAG,
        summary: 'Show what would leave, and from where',
        description: 'Changes nothing.',
        example: {},
        refuses: ['state_refuses', 'over_limit'],
      }),
    )
    .input(z.strictObject(shipInput))
    .output(preview)
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const nodeId = input.node === undefined ? undefined : await findNode(ctx.pool, ctx.scope, input.node);
      const asked = { orderId, nodeId, units: selection(input.units), boxes: packed(input.boxes) };
      const plan = await ctx.app.flows.previewShip(asked, ctx.ctx());
      return {
        fingerprint: plan.fingerprint,
        currency: plan.currency,
        shipments: plan.shipments.map((each) => ({
          node_id: each.nodeId,
          value_minor: each.valueMinor,
          units: ranges(each.units),
        })),
      };
    }),

  create: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/orders/{order}/shipments',
        id: 'shipOrder',
        tag: TAG,
        summary: 'Ship what is allocated',
        description:
          'Makes one shipment per node. Each buys its label, takes its money and is then SHIPPED: look at it until it is.',
        status: 201,
        example: {},
        refuses: ['state_refuses', 'plan_changed', 'over_limit'],
      }),
    )
    .input(z.strictObject({ ...shipInput, fingerprint }))
    .output(
      z
        .object({
          order_id: id,
          order_number: z.string(),
          shipments: z.array(z.object({ id, number: z.string(), value_minor: z.int() })),
        })
        .meta({ id: 'ShippingOrder' }),
    )
    .mutation(async ({ ctx, input }) => {
      const { id: orderId } = await findOrder(ctx.pool, ctx.scope, input.order);
      const nodeId = input.node === undefined ? undefined : await findNode(ctx.pool, ctx.scope, input.node);
      const { fingerprint: shown } = input;
      const wanted = { orderId, nodeId, units: selection(input.units), boxes: packed(input.boxes), fingerprint: shown };
      const shipping = await perform(ctx, ctx.app.flows.shipOrder, wanted);
      return {
        order_id: shipping.orderId,
        order_number: shipping.number,
        shipments: shipping.shipments.map((each) => ({ id: each.id, number: each.number, value_minor: each.valueMinor })),
      };
    }),

  ofOrder: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/orders/{order}/shipments',
        id: 'listOrderShipments',
        tag: TAG,
        summary: 'List an order’s shipments',
      }),
    )
    .input(z.strictObject({ order }))
    .output(pageOf(shipmentResource))
    .query(async ({ ctx, input }) => {
      const found = await readRestOrder(ctx.pool, ctx.scope, input.order);
      return page({ items: found.shipments, next: null }, (each) => shipmentOf(each, found.order));
    }),

  list: procedure
    .meta(
      operation({ method: 'GET', path: '/shipments', id: 'listShipments', tag: TAG, summary: 'List shipments, newest first' }),
    )
    .input(z.strictObject({ ...pageQuery, status: z.array(shipmentStatus).optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const found = await listShipments(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        status: statusesOf(input.status),
      });
      return page(found, (row) => ({
        id: row.id,
        number: row.number,
        order_number: row.orderNumber,
        ...statusOf(row.status),
        node: row.nodeCode,
        carrier: row.carrier,
        tracking_number: row.trackingNumber,
        value_minor: Number(row.valueMinor),
        currency: row.currency,
        created_at: time(row.createdAt),
        shipped_at: timeOrNull(row.shippedAt),
        delivered_at: timeOrNull(row.deliveredAt),
      }));
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/shipments/{shipment}', id: 'getShipment', tag: TAG, summary: 'Get a shipment' }))
    .input(z.strictObject({ shipment }))
    .output(shipmentResource)
    .query(async ({ ctx, input }) => {
      const { number } = await findShipment(ctx.pool, ctx.scope, input.shipment);
      const found = await readShipment(ctx.pool, ctx.scope, number);
      return shipmentOf(found.shipment, found.order);
    }),

  addUpdate: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/shipments/{shipment}/updates',
        id: 'addShipmentUpdate',
        tag: TAG,
        summary: 'Report where a shipment is',
        description: 'Every report is kept; one that says less than is known already changes nothing.',
        status: 201,
        example: { status: 'DELIVERED', detail: 'Left with the neighbour' },
      }),
    )
    .input(
      z.strictObject({
        shipment,
        status: z.enum(PARCEL_REPORTS),
        box: z.int().min(1).max(20).optional().meta({ description: 'The number of the box; every one where absent.' }),
        proof: z
          .strictObject({
            name: words(200).optional(),
            place: words(200).optional(),
            signature: words(500).optional(),
            picture: words(500).optional(),
          })
          .optional()
          .meta({ description: 'What proves a delivery.' }),
        detail: words(500).optional(),
        occurred_at: timestamp.optional().meta({ description: 'Now, unless said (RFC 3339).' }),
      }),
    )
    .output(z.object({ id, status: shipmentStatus, fate: shipmentFate, changed: z.boolean() }).meta({ id: 'ShipmentUpdate' }))
    .mutation(async ({ ctx, input }) => {
      const { id: shipmentId, boxId } = await findBox(ctx, input.shipment, input.box);
      const occurredAt = input.occurred_at === undefined ? undefined : new Date(input.occurred_at);
      if (occurredAt && occurredAt.getTime() > ctx.ctx().now.getTime() + CLOCK_SKEW_MS)
        throw new DomainError('invalid_request', 'occurred_at is in the future.', { field: 'occurred_at' });
      const { status, detail = null, proof } = input;
      const update = { shipmentId, boxId, status, detail, occurredAt, ...(proof ? { proof } : {}) };
      const done = await perform(ctx, ctx.app.flows.updateShipment, update);
      return { id: done.id, ...statusOf(done.status as ShipmentStatus), changed: done.changed };
    }),
});
