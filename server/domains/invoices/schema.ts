import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';

export const sellerAddress = z.object({
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20).optional(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/),
});

/** Who sells, as its invoices say. `version` is absent for the first one. */
export const saveInvoiceProfileInput = z.object({
  merchantId: z.uuid(),
  legalName: text(200),
  address: sellerAddress,
  taxNumber: text(40),
  /** Stands before every number; what has been issued under it keeps it for good. */
  prefix: z.string().regex(/^[A-Z0-9]{2,8}$/),
  version: seenVersion.optional(),
});
export type SaveInvoiceProfileInput = z.infer<typeof saveInvoiceProfileInput>;

/** An address as it is printed: of a seller, or of a buyer as the order has it. */
export interface Address {
  readonly name?: string | undefined;
  readonly company?: string | undefined;
  readonly line1?: string | undefined;
  readonly line2?: string | undefined;
  readonly city?: string | undefined;
  readonly region?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly country?: string | undefined;
}
