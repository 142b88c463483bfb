import { z } from 'zod';
import { listCustomers, readCustomer } from '../views/customers.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Customers with their orders and money. */
export const customersRouter = router({
  list: procedure
    .input(pageInput.extend({ q: z.string().max(200).optional(), guest: z.boolean().optional() }))
    .query(({ ctx, input }) => listCustomers(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readCustomer(ctx.pool, ctx.scope, input.id)),
});
