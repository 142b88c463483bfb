import { z } from 'zod';
import { amountMinor, text } from '../../kernel/inputs.ts';

/** Inputs of the checkout verbs: forms of the pay page and of the console use them. */
export const COUNTRY = /^[A-Z]{2}$/;

export const checkoutLine = z.object({ sku: text(100), quantity: z.int().min(1).max(10_000) });
export type CheckoutLineInput = z.infer<typeof checkoutLine>;

export const checkoutCustomer = z.object({
  email: z.email().max(254).optional(),
  name: text(200).optional(),
  phone: text(40).optional(),
});
export type CheckoutCustomer = z.infer<typeof checkoutCustomer>;

export const checkoutAddress = z.object({
  name: text(200).optional(),
  company: text(200).optional(),
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20).optional(),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(COUNTRY, 'Use the two-letter country code, such as DE'),
  phone: text(40).optional(),
});
export type CheckoutAddress = z.infer<typeof checkoutAddress>;

export const CHECKOUT_SOURCES = ['shop', 'console'] as const;
export const CHECKOUT_LOCALES = ['en', 'de'] as const;

export const createCheckoutInput = z.object({
  merchantId: z.uuid(),
  source: z.enum(CHECKOUT_SOURCES),
  lines: z.array(checkoutLine).min(1).max(100),
  customer: checkoutCustomer.default({}),
  shipTo: checkoutAddress.optional(),
  locale: z.enum(CHECKOUT_LOCALES).default('en'),
  /** Where the customer goes on after paying. */
  returnUrl: z.url().max(500).optional(),
  /** Keeps the units for a while; refused where they are not there. */
  hold: z.boolean().optional(),
  /** Refuses unless everything is there when it is paid, or sells what there is. */
  accept: z.enum(['all', 'available']).optional(),
});
export type CreateCheckoutInput = z.infer<typeof createCheckoutInput>;

export const updateCheckoutInput = z.object({
  checkoutId: z.uuid(),
  customer: checkoutCustomer.optional(),
  shipTo: checkoutAddress.optional(),
  /** The code of a shipping option that the last quote offered. */
  option: text(100).optional(),
  /** The store where it is fetched; null: it is sent. */
  pickupNodeId: z.uuid().nullable().optional(),
  /** Of a draft that nobody pays at the moment. */
  lines: z.array(checkoutLine).min(1).max(100).optional(),
});
export type UpdateCheckoutInput = z.infer<typeof updateCheckoutInput>;

export const checkoutTender = z.object({
  type: z.enum(['gift_card', 'store_credit', 'wallet']),
  /** The gift card's id, or the customer's. */
  id: z.uuid(),
  last4: z.string().max(4).optional(),
});

export const chooseTenderInput = z.object({ checkoutId: z.uuid(), use: z.boolean(), tender: checkoutTender });
export type ChooseTenderInput = z.infer<typeof chooseTenderInput>;

export const payCheckoutInput = z.object({
  checkoutId: z.uuid(),
  /** The quote whose total the customer saw. */
  quoteId: z.uuid(),
  option: text(100).optional(),
  totalMinor: amountMinor,
  /** The provider's token of a card; absent where nothing is left for one. */
  paymentToken: text(200).optional(),
  /** What the customer saw that each of the other tenders pays. */
  tenders: z.array(checkoutTender.extend({ amountMinor })).max(10).default([]),
  /** Where the bank sends the customer back to. */
  returnUrl: z.url().max(1_000),
});
/** `payerId` is the customer who is signed in, as the counter knows them. */
export type PayCheckoutInput = Omit<z.infer<typeof payCheckoutInput>, 'tenders'> &
  Partial<Pick<z.infer<typeof payCheckoutInput>, 'tenders'>> & { readonly payerId?: string | undefined };

export const checkoutIdInput = z.object({ checkoutId: z.uuid() });
export type CheckoutIdInput = z.infer<typeof checkoutIdInput>;
