import { z } from 'zod';
import { INVOICE_KINDS } from '../domains/invoices/rules.ts';
import { saveInvoiceProfileInput } from '../domains/invoices/schema.ts';
import { invoicesOfOrder, listInvoiceProfiles, listInvoices, readTaxReport } from '../views/invoices.ts';
import { yours } from './authorise.ts';
import { keyed, namingWho, submit } from './mutations.ts';
import { pageInput } from './page-input.ts';
import { taxPeriod } from './tax-report.ts';
import { procedure, router } from './trpc.ts';

/** What merchants ask for their goods on paper, what they take back of it, and the tax in it. */
export const invoicesRouter = router({
  list: procedure
    .input(pageInput.extend({ kind: z.enum(INVOICE_KINDS).optional(), q: z.string().trim().max(60).optional() }))
    .query(({ ctx, input }) => listInvoices(ctx.pool, ctx.scope, input)),
  ofOrder: procedure
    .input(z.object({ orderId: z.uuid() }))
    .query(({ ctx, input }) => invoicesOfOrder(ctx.pool, ctx.scope, input.orderId)),
  taxReport: procedure.input(taxPeriod).query(({ ctx, input }) => {
    if (input.merchantId) yours(ctx.scope, { merchantId: input.merchantId });
    return readTaxReport(ctx.pool, ctx.scope, input);
  }),
  profiles: procedure.query(({ ctx }) => listInvoiceProfiles(ctx.pool, ctx.scope)),
  saveProfile: procedure.input(keyed(saveInvoiceProfileInput)).mutation(({ ctx, input }) => {
    yours(ctx.scope, { merchantId: input.merchantId });
    return namingWho(ctx, submit(ctx, input, ctx.app.flows.invoices.saveProfile));
  }),
});
