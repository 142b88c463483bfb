import { z } from 'zod';
import { amountMinor, text, unitSelection } from '../../kernel/inputs.ts';
import { parseDecimal } from '../../kernel/money.ts';

/** Inputs of the order verbs: what forms, the console and the public API hand over. */

/** An id of mostly decimal digits is not a card number, however its groups add up. */
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/** What looks like a card number (13–19 digits that pass the Luhn check, ISO/IEC 7812-1) never enters, wherever it is written. */
export function looksLikeCardNumber(value: string): boolean {
  for (const match of value.replace(UUID, '').matchAll(/(?<![\dA-Za-z])(?:\d[ -]?){12,18}\d(?![\dA-Za-z])/g)) {
    const digits = match[0].replace(/\D/g, '');
    let sum = 0;
    for (let i = 0; i < digits.length; i++) {
      const digit = Number(digits[digits.length - 1 - i]);
      const doubled = i % 2 === 1 ? digit * 2 : digit;
      sum += doubled > 9 ? doubled - 9 : doubled;
    }
    if (sum % 10 === 0 && !/^0+$/.test(digits)) return true;
  }
  return false;
}

export const address = z.object({
  name: text(200).optional(),
  company: text(200).optional(),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20).optional(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'Use the two-letter country code, such as DE'),
  phone: text(40).optional(),
});
export type Address = z.infer<typeof address>;

/** A unit price as a decimal string of at most six decimals. */
export const unitPrice = z.string().refine((value) => {
  const parsed = parseDecimal(value);
  return parsed !== null && parsed >= 0n && parsed < 10n ** 14n;
}, 'Use a plain decimal with at most six decimals, such as "12.50"');

export const orderLineInput = z.object({
  sku: text(100),
  quantity: z.int().min(1).max(1_000_000),
  /** Overrides the catalog's price. */
  unitPrice: unitPrice.optional(),
  discountMinor: amountMinor.optional(),
  name: text(300).optional(),
});

export const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((value) => Object.keys(value).length <= 50, 'At most 50 entries');

export const placeOrderInput = z.object({
  merchantId: z.uuid(),
  channel: z.enum(['api', 'console', 'shop', 'import', 'marketplace']),
  externalId: text(100).optional(),
  /** Of the quote where the order names one. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  customer: z
    .object({
      email: z.email().max(254).optional(),
      name: text(200).optional(),
      phone: text(40).optional(),
      /** The merchant's own name for the customer. */
      externalId: text(100).optional(),
      /** ISO 3166-1 alpha-2; that of the delivery address where absent. */
      country: z
        .string()
        .regex(/^[A-Z]{2}$/)
        .optional(),
    })
    .default({}),
  /** What is ordered and how it is sent: by a quote, or line by line. */
  quote: z.object({ id: z.uuid(), option: text(100).optional() }).optional(),
  lines: z.array(orderLineInput).max(1_000).default([]),
  shipping: z.object({ name: text(100), priceMinor: amountMinor }).optional(),
  /** An amount off the whole order, spread over its item lines. */
  discountMinor: amountMinor.optional(),
  /** What the customer was shown. The order is refused where it would cost anything else. */
  totalMinor: amountMinor.optional(),
  shipTo: address.optional(),
  billTo: address.optional(),
  /** Token of the payment provider. Without one an order must cost nothing. */
  payment: z.object({ provider: z.enum(['card']).default('card'), token: text(200), returnUrl: z.url().optional() }).optional(),
  metadata: metadata.default({}),
  tags: z.array(text(40)).max(20).default([]),
});
export type PlaceOrderInput = z.infer<typeof placeOrderInput>;

export const CANCEL_REASONS = [
  'customer_request',
  'out_of_stock',
  'fraud',
  'duplicate',
  'payment_declined',
  'payment_timeout',
  'address_problem',
  'other',
] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

export const cancelOrderInput = z.object({
  orderId: z.uuid(),
  units: unitSelection.optional(),
  reason: z.enum(CANCEL_REASONS),
  note: text(1000).optional(),
  /** The fingerprint of the preview the person saw; absent where nobody saw one. */
  fingerprint: z.string().max(100).optional(),
});
export type CancelOrderInput = z.infer<typeof cancelOrderInput>;

export const noteInput = z.object({
  orderId: z.uuid(),
  body: text(4000).refine((value) => !looksLikeCardNumber(value), 'Card numbers are not kept here'),
});
export type NoteInput = z.infer<typeof noteInput>;

export const tagInput = z.object({
  orderId: z.uuid(),
  add: z.array(text(40)).max(20).default([]),
  remove: z.array(text(40)).max(20).default([]),
});
export type TagInput = z.infer<typeof tagInput>;

/** A merchant's own labels: null removes a metadata entry, what is not named stays; tags are replaced as a whole. */
export const editOrderInput = z.object({
  orderId: z.uuid(),
  metadata: z.record(z.string().min(1).max(40), z.string().max(500).nullable()).optional(),
  tags: z.array(text(40)).max(20).optional(),
});
export type EditOrderInput = z.infer<typeof editOrderInput>;

export const holdInput = z.object({ orderId: z.uuid(), hold: z.enum(['fraud', 'address', 'manual']), reason: text(500) });
export type HoldInput = z.infer<typeof holdInput>;
