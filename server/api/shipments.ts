import { z } from 'zod';
import { shipmentUpdateInput } from '../domains/fulfilment/schema.ts';
import { finishPickingInput, startPickingInput } from '../domains/picking/schema.ts';
import { QUEUE_STAGES, SHIPMENT_STATUSES } from '../kernel/vocabulary.ts';
import { readPacking } from '../views/packing.ts';
import { nodeQueues, readQueue } from '../views/queue.ts';
import { listShipments, readShipment } from '../views/shipments.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

const nodeId = z.uuid().optional();

/** Shipments, and what waits to become one. */
export const shipmentsRouter = router({
  list: procedure
    .input(pageInput.extend({ status: z.array(z.enum(SHIPMENT_STATUSES)).max(SHIPMENT_STATUSES.length).optional(), nodeId }))
    .query(({ ctx, input }) => listShipments(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => readShipment(ctx.pool, ctx.scope, input.number)),

  ready: procedure
    .input(pageInput.extend({ nodeId, stage: z.enum(QUEUE_STAGES).optional(), list: z.string().trim().max(60).optional() }))
    .query(({ ctx, input }) => readQueue(ctx.pool, ctx.scope, input)),

  packing: procedure
    .input(z.object({ orderId: z.uuid(), nodeId: z.uuid() }))
    .query(({ ctx, input }) => readPacking(ctx.pool, ctx.scope, input)),

  nodes: procedure.query(({ ctx }) => nodeQueues(ctx.pool, ctx.scope)),

  startPicking: procedure.input(keyed(startPickingInput)).mutation(async ({ ctx, input }) => {
    await ownRound(ctx, input);
    return submit(ctx, input, ctx.app.flows.startPicking);
  }),

  /** Packed, or put back on the shelf. */
  finishPicking: procedure.input(keyed(finishPickingInput)).mutation(async ({ ctx, input }) => {
    await ownRound(ctx, input);
    return submit(ctx, input, ctx.app.flows.finishPicking);
  }),

  /** What a person at the door, or on the phone with the carrier, knows of a parcel. */
  update: procedure.input(keyed(shipmentUpdateInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    return submit(ctx, input, ctx.app.flows.updateShipment);
  }),
});

async function ownRound(ctx: Parameters<typeof own>[0], input: { nodeId: string; orderIds: readonly string[] }): Promise<void> {
  await own(ctx, 'node', input.nodeId);
  for (const orderId of input.orderIds) await own(ctx, 'order', orderId);
}
