import { z } from 'zod';
import { editCustomerInput, noteCustomerInput } from '../domains/customers/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import { listCustomers, readCustomer } from '../views/customers.ts';
import { isCustomerOf } from '../views/owners.ts';
import { keyed, namingWho, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { procedure, router } from './trpc.ts';

/** Customers with their orders and money. */
export const customersRouter = router({
  list: procedure
    .input(pageInput.extend({ q: z.string().max(200).optional(), guest: z.boolean().optional() }))
    .query(({ ctx, input }) => listCustomers(ctx.pool, ctx.scope, input)),

  get: procedure.input(z.object({ id: z.uuid() })).query(({ ctx, input }) => readCustomer(ctx.pool, ctx.scope, input.id)),

  edit: procedure.input(keyed(editCustomerInput)).mutation(async ({ ctx, input }) => {
    if (!(await isCustomerOf(ctx.pool, input.customerId, ctx.scope.merchantId)))
      throw new DomainError('not_found', 'There is no such customer.');
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.editCustomer));
  }),

  note: procedure.input(keyed(noteCustomerInput.omit({ merchantId: true }))).mutation(async ({ ctx, input }) => {
    const { merchantId } = ctx.scope;
    if (!(await isCustomerOf(ctx.pool, input.customerId, merchantId)))
      throw new DomainError('not_found', 'There is no such customer.');
    return submit(ctx, input, (wanted, who, key) => ctx.app.flows.noteCustomer({ ...wanted, merchantId }, who, key));
  }),
});
