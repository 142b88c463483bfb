import { advanceInput, happenInput, resetInput, settingsInput, switchInput } from '../flows/operate-simulator.ts';
import { DomainError } from '../kernel/errors.ts';
import { showSimulator } from '../views/simulators.ts';
import type { App } from './app.ts';
import { procedure, router } from './trpc.ts';

/** The demo's outside world. Elsewhere there is nothing here. */
function simulatorsOf({ settings, simulators }: App): NonNullable<App['simulators']> {
  if (!settings.demo || !simulators) throw new DomainError('not_found', 'There are simulators only in a demo.');
  return simulators;
}

export const simulatorsRouter = router({
  state: procedure.query(async ({ ctx }) => {
    const { control } = simulatorsOf(ctx.app);
    const [psp, adyen, carrier, bank, third_party, drop_shipper, marketplace, mail] = await Promise.all([
      showSimulator(ctx.pool, control, 'psp'),
      showSimulator(ctx.pool, control, 'adyen'),
      showSimulator(ctx.pool, control, 'carrier'),
      showSimulator(ctx.pool, control, 'bank'),
      showSimulator(ctx.pool, control, 'third_party'),
      showSimulator(ctx.pool, control, 'drop_shipper'),
      showSimulator(ctx.pool, control, 'marketplace'),
      showSimulator(ctx.pool, control, 'mail'),
    ]);
    return { psp, adyen, carrier, bank, third_party, drop_shipper, marketplace, mail };
  }),

  switch: procedure.input(switchInput).mutation(({ ctx, input }) => simulatorsOf(ctx.app).flows.switch(input, ctx.ctx())),

  reset: procedure.input(resetInput).mutation(({ ctx, input }) => simulatorsOf(ctx.app).flows.reset(input, ctx.ctx())),

  settings: procedure.input(settingsInput).mutation(({ ctx, input }) => simulatorsOf(ctx.app).flows.settings(input, ctx.ctx())),

  happen: procedure.input(happenInput).mutation(({ ctx, input }) => simulatorsOf(ctx.app).flows.happen(input, ctx.ctx())),

  advanceShipment: procedure
    .input(advanceInput)
    .mutation(({ ctx, input }) => simulatorsOf(ctx.app).flows.advance(input, ctx.ctx())),
});
