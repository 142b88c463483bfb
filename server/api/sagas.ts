import { operateSagaInput } from '../flows/operate-saga.ts';
import { keyed, own, submit } from './mutations.ts';
import { procedure, router } from './trpc.ts';

/** A person takes over a saga that is stuck or slow. */
export const sagasRouter = router({
  operate: procedure.input(keyed(operateSagaInput)).mutation(async ({ ctx, input }) => {
    await own(ctx, 'saga', input.sagaId);
    return submit(ctx, input, ctx.app.flows.operateSaga);
  }),
});
