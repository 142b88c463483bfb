import type { InvoiceKind } from '../../server/domains/invoices/rules.ts';

/** What a document adds to what is invoiced: a credit note takes away. */
export const signed = (kind: InvoiceKind, amountMinor: bigint): bigint => (kind === 'invoice' ? amountMinor : -amountMinor);
