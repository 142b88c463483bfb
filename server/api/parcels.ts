import { z } from 'zod';
import { fileClaimInput } from '../domains/claims/schema.ts';
import { receiveReturnInput, setHandOverInput, settleParcelInput, voidLabelInput } from '../domains/fulfilment/schema.ts';
import { closeManifestInput, handOverInput } from '../domains/manifests/schema.ts';
import { listExceptions } from '../views/exceptions.ts';
import { listManifests, readManifest, waitingNodes } from '../views/manifests.ts';
import { keyed, own, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** What becomes of parcels: labels taken back, claims, what comes back, and the work list of all that went wrong. */
export const parcelsRouter = router({
  exceptions: procedure.input(pageInput).query(({ ctx, input }) => listExceptions(ctx.pool, ctx.scope, input)),

  previewVoid: procedure.input(voidLabelInput.omit({ fingerprint: true, reason: true })).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    return ctx.app.flows.parcels.previewVoid({ ...input, reason: 'Looked at' }, ctx.ctx());
  }),

  voidLabel: procedure.input(keyed(voidLabelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    return submit(ctx, input, ctx.app.flows.parcels.voidLabel);
  }),

  fileClaim: procedure.input(keyed(fileClaimInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    return submit(ctx, input, ctx.app.flows.parcels.fileClaim);
  }),

  receiveReturn: procedure.input(keyed(receiveReturnInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.parcels.receiveReturn);
  }),

  settle: procedure.input(keyed(settleParcelInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'shipment', input.shipmentId);
    return submit(ctx, input, ctx.app.flows.parcels.settleParcel);
  }),
});

/** The day's parcels of one carrier at one node. */
export const manifestsRouter = router({
  list: procedure.input(pageInput).query(({ ctx, input }) => listManifests(ctx.pool, ctx.scope, input)),

  get: procedure
    .input(z.object({ number: z.string().trim().min(1).max(60) }))
    .query(({ ctx, input }) => readManifest(ctx.pool, ctx.scope, input.number)),

  nodes: procedure.query(({ ctx }) => waitingNodes(ctx.pool, ctx.scope)),

  close: procedure.input(keyed(closeManifestInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.parcels.closeManifest);
  }),

  handOver: procedure.input(keyed(handOverInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'manifest', input.manifestId);
    return submit(ctx, input, ctx.app.flows.parcels.handOverManifest);
  }),

  setHandOver: procedure.input(keyed(setHandOverInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'node', input.nodeId);
    return submit(ctx, input, ctx.app.flows.parcels.setHandOver);
  }),
});
