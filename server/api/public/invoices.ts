import { z } from 'zod';
import { INVOICE_KINDS } from '../../domains/invoices/rules.ts';
import { type InvoiceRow, listInvoices, readInvoice } from '../../views/invoices.ts';
import { procedure, router } from '../trpc.ts';
import { currency, id, page, pageOf, pageQuery, time, timestamp, upper, uppers, words } from './fields.ts';
import { operation } from './operation.ts';

const TAG = 'Invoices';
const kind = z.enum(uppers(INVOICE_KINDS));

const fields = {
  id,
  kind,
  number: z.string().meta({ description: 'Without a gap per merchant and kind.', example: 'NORD-10001' }),
  order: z.string().meta({ description: 'The order’s number.' }),
  currency,
  net_minor: z.int().meta({ description: 'Before tax, less discount. A credit note’s amounts are positive as well.' }),
  tax_minor: z.int(),
  total_minor: z.int(),
  country: z.string().meta({ description: 'Whose tax it bears.' }),
  region: z.string().nullable(),
  corrects: z.array(z.string()).meta({ description: 'The invoices that a credit note takes back of.' }),
  supplied_at: timestamp,
  issued_at: timestamp,
};
const resource = z.object(fields).meta({ id: 'Invoice' });
const line = z.object({
  sku: z.string().nullable(),
  name: z.string().nullable().meta({ description: 'Null for a part of the price.' }),
  quantity: z.int().nullable(),
  net_minor: z.int(),
  discount_minor: z.int(),
  tax_minor: z.int(),
  tax_rate: z.string(),
});
const party = z.object({
  name: z.string(),
  tax_number: z.string().nullable(),
  address: z.record(z.string(), z.unknown()).nullable(),
});
const detailed = z.object({ ...fields, seller: party, buyer: party, lines: z.array(line) }).meta({ id: 'InvoiceWithLines' });

const resourceOf = (row: InvoiceRow): z.infer<typeof resource> => ({
  id: row.id,
  kind: upper(row.kind),
  number: row.number,
  order: row.orderNumber,
  currency: row.currency,
  net_minor: Number(row.netMinor),
  tax_minor: Number(row.taxMinor),
  total_minor: Number(row.totalMinor),
  country: row.country,
  region: row.region,
  corrects: [...row.corrects],
  supplied_at: time(row.suppliedAt),
  issued_at: time(row.issuedAt),
});

/** Invoices and credit notes of the merchant. They are issued by themselves, soon after goods left or money went back. */
export const invoicesRouter = router({
  list: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/invoices',
        id: 'listInvoices',
        tag: TAG,
        summary: 'List invoices and credit notes, newest first',
        description:
          'An invoice is issued soon after a shipment has left, a credit note soon after money went back of the price.',
      }),
    )
    .input(
      z.strictObject({
        ...pageQuery,
        kind: kind.optional(),
        order: words(60).optional().meta({ description: 'The number of an order.' }),
      }),
    )
    .output(pageOf(resource))
    .query(async ({ ctx, input }) => {
      const wanted = INVOICE_KINDS.find((known) => upper(known) === input.kind);
      const found = await listInvoices(ctx.pool, ctx.scope, {
        after: input.cursor,
        limit: input.limit,
        kind: wanted,
        q: input.order,
      });
      return page(found, resourceOf);
    }),

  get: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/invoices/{number}',
        id: 'getInvoice',
        tag: TAG,
        summary: 'Read an invoice or a credit note with its lines',
        refuses: ['not_found'],
      }),
    )
    .input(z.strictObject({ number: words(60) }))
    .output(detailed)
    .query(async ({ ctx, input }) => {
      const found = await readInvoice(ctx.pool, ctx.scope, input.number);
      return {
        ...resourceOf(found),
        seller: partyOf(found.seller),
        buyer: partyOf(found.buyer),
        lines: found.lines.map((each) => ({
          sku: each.skuCode,
          name: each.name || null,
          quantity: each.units,
          net_minor: Number(each.netMinor),
          discount_minor: Number(each.discountMinor),
          tax_minor: Number(each.taxMinor),
          tax_rate: each.taxRate,
        })),
      };
    }),
});

const partyOf = ({ name, taxNumber, address }: { name: string; taxNumber?: string | null; address: object | null }) => ({
  name,
  tax_number: taxNumber ?? null,
  address: address === null ? null : { ...address },
});
