import { z } from 'zod';
import { seenVersion, text } from '../../kernel/inputs.ts';

/** The languages that customers are written to in. */
export const CUSTOMER_LOCALES = ['en', 'de'] as const;

export const MAX_CUSTOMER_TAGS = 20;

/** A change to a customer as they were read at `version`; fields that are absent stay as they are, null empties one. */
export const editCustomerInput = z.object({
  customerId: z.uuid(),
  version: seenVersion,
  name: text(200).nullable().optional(),
  phone: z
    .string()
    .trim()
    .regex(/^\+?[\d\s().\-/]{3,40}$/, 'Use digits, such as +49 30 1234567')
    .nullable()
    .optional(),
  tags: z.array(text(40)).max(MAX_CUSTOMER_TAGS).optional(),
  locale: z.enum(CUSTOMER_LOCALES).optional(),
});
export type EditCustomerInput = z.infer<typeof editCustomerInput>;

/** A note about a customer; `merchantId` is whose note it is, null for the staff's. */
export const noteCustomerInput = z.object({ customerId: z.uuid(), merchantId: z.uuid().nullable(), body: text(4000) });
export type NoteCustomerInput = z.infer<typeof noteCustomerInput>;
