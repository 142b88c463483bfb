import { z } from 'zod';
import {
  endRulesDraftInput,
  rerouteOrderInput,
  saveNodeSettingsInput,
  saveRulesDraftInput,
  simulateRulesInput,
} from '../domains/routing/schema.ts';
import { readNodeWork } from '../views/node-work.ts';
import { listDecisions, listNodeSettings, readNode, readRules, readSimulation } from '../views/routing.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, own, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** Nodes and what they can do. */
export const nodesRouter = router({
  list: procedure.query(({ ctx }) => listNodeSettings(ctx.pool, ctx.scope, new Date())),
  get: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readNode(ctx.pool, ctx.scope, input.id, new Date())),
  /** What waits there. */
  work: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readNodeWork(ctx.pool, ctx.scope, input.id)),
  save: procedure.input(keyed(saveNodeSettingsInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.routing.saveNode));
  }),
});

/** The rules by which orders find their nodes, their replays, and why an order went where it went. */
export const routingRouter = router({
  rules: procedure
    .input(z.object({ merchantId: z.uuid() }))
    .query(({ ctx, input }) => readRules(ctx.pool, ctx.scope, input.merchantId)),
  simulation: procedure
    .input(z.object({ id: z.uuid() }))
    .query(({ ctx, input }) => readSimulation(ctx.pool, ctx.scope, input.id)),
  decisions: procedure
    // The order's version that the reader has seen: asked again when it is another.
    .input(z.object({ orderId: z.uuid(), version: z.int().optional() }))
    .query(({ ctx, input }) => listDecisions(ctx.pool, ctx.scope, input.orderId)),
  saveDraft: procedure.input(keyed(saveRulesDraftInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.routing.saveDraft);
  }),
  promote: procedure.input(keyed(endRulesDraftInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.routing.promote);
  }),
  discard: procedure.input(keyed(endRulesDraftInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.routing.discard);
  }),
  simulate: procedure.input(keyed(simulateRulesInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return submit(ctx, input, ctx.app.flows.routing.simulate);
  }),
  previewReroute: procedure.input(rerouteOrderInput).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return ctx.app.flows.routing.previewReroute(input, ctx.ctx());
  }),
  reroute: procedure.input(keyed(rerouteOrderInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'order', input.orderId);
    return submit(ctx, input, ctx.app.flows.routing.reroute);
  }),
});
