import { z } from 'zod';
import { search } from '../views/search.ts';
import { procedure, router } from './trpc.ts';

/** The palette and the search box. */
export const searchRouter = router({
  find: procedure.input(z.object({ q: z.string().max(200) })).query(({ ctx, input }) => search(ctx.pool, ctx.scope, input.q)),
});
