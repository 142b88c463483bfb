import { z } from 'zod';
import { listCustomers, readCustomer } from '../../views/customers.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, time, timestamp } from './fields.ts';
import { operation } from './operation.ts';

const TAG = 'Customers';

const fields = {
  id,
  name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  country: z.string().nullable(),
  guest: z.boolean(),
  tags: z.array(z.string()),
  created_at: timestamp,
};
const summary = z.object(fields).meta({ id: 'CustomerSummary' });
const customer = z
  .object({
    ...fields,
    external_ids: z.array(z.string()).meta({ description: 'Your own names for this customer.' }),
    totals: z
      .array(z.object({ currency, orders: z.int(), total_minor: z.int(), captured_minor: z.int(), refunded_minor: z.int() }))
      .meta({ description: 'Of the newest 1,000 orders with you, by currency; cancelled ones count for nothing.' }),
  })
  .meta({ id: 'Customer' });

interface Person {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly country: string | null;
  readonly guest: boolean;
  readonly tags: readonly string[];
  readonly createdAt: Date;
}

const summaryOf = (person: Person): z.infer<typeof summary> => ({
  id: person.id,
  name: person.name,
  email: person.email,
  phone: person.phone,
  country: person.country,
  guest: person.guest,
  tags: [...person.tags],
  created_at: time(person.createdAt),
});

/** Who ordered. A merchant sees those who ordered there. */
export const customersRouter = router({
  list: procedure
    .meta(
      operation({ method: 'GET', path: '/customers', id: 'listCustomers', tag: TAG, summary: 'List customers, newest first' }),
    )
    .input(z.strictObject({ ...pageQuery, email: z.string().min(3).max(254).optional() }))
    .output(pageOf(summary))
    .query(async ({ ctx, input }) => {
      const found = await listCustomers(ctx.pool, ctx.scope, { after: input.cursor, limit: input.limit, q: input.email });
      const email = input.email?.trim().toLowerCase();
      // The search looks at names too; here an address was asked for.
      const items = email === undefined ? found.items : found.items.filter((row) => row.email?.toLowerCase() === email);
      return page({ items, next: found.next }, summaryOf);
    }),

  get: procedure
    .meta(operation({ method: 'GET', path: '/customers/{customer}', id: 'getCustomer', tag: TAG, summary: 'Get a customer' }))
    .input(z.strictObject({ customer: z.string().min(1).max(60).meta({ description: 'The customer’s id.' }) }))
    .output(customer)
    .query(async ({ ctx, input }) => {
      const found = await readCustomer(ctx.pool, ctx.scope, input.customer);
      return {
        ...summaryOf(found.customer),
        external_ids: found.references.map((reference) => reference.externalId),
        totals: found.money.map((sum) => ({
          currency: sum.currency,
          orders: sum.orders,
          total_minor: Number(sum.totalMinor),
          captured_minor: Number(sum.capturedMinor),
          refunded_minor: Number(sum.refundedMinor),
        })),
      };
    }),
});
