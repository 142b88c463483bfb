import { z } from 'zod';
import { looksLikeCardNumber } from '../../kernel/card-numbers.ts';
import { amountMinor, text, unitSelection } from '../../kernel/inputs.ts';
import { parseDecimal } from '../../kernel/money.ts';
import { CANCEL_REASONS, HAND_HOLDS, PAYMENT_METHODS, SALES_CHANNELS } from '../../kernel/vocabulary.ts';

/** Inputs of the order verbs: what forms, the console and the public API hand over. */

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

/** A tender beside the card. Without an amount it pays as much as it holds of what is left; the card pays the rest. */
export const tenderInput = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('gift_card'),
    /** The hash of the code that was typed, */
    codeHash: z.string().length(64).optional(),
    /** or a card that was found by one before. */
    giftCardId: z.uuid().optional(),
    amountMinor: amountMinor.optional(),
  }),
  /** Of the order's customer, unless another one is named: who is signed in at the checkout. */
  z.object({ type: z.literal('store_credit'), customerId: z.uuid().optional(), amountMinor: amountMinor.optional() }),
  z.object({ type: z.literal('wallet'), customerId: z.uuid(), amountMinor: amountMinor.optional() }),
]);
export type TenderInput = z.infer<typeof tenderInput>;

/** More than anybody has; an order's payments are locked together. */
export const MAX_TENDERS = 10;

export const placeOrderInput = z.object({
  merchantId: z.uuid(),
  channel: z.enum(SALES_CHANNELS),
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
  /** Where there is not enough: refuse the order (the default), or place it with what there is and say what was cut. */
  accept: z.enum(['all', 'available']).optional(),
  /** A reservation of the same merchant and channel, whose units the order takes over. */
  reservationId: z.uuid().optional(),
  shipping: z.object({ name: text(100), priceMinor: amountMinor }).optional(),
  /** An amount off the whole order, spread over its item lines. */
  discountMinor: amountMinor.optional(),
  /** What the customer was shown. The order is refused where it would cost anything else. */
  totalMinor: amountMinor.optional(),
  /** Fetched by the customer at this node instead of being sent. */
  pickup: z.object({ nodeId: z.uuid() }).optional(),
  shipTo: address.optional(),
  billTo: address.optional(),
  /** Token of the payment provider. Without one an order must cost nothing. */
  payment: z
    .object({
      provider: z.enum(['card']).default('card'),
      method: z.enum(PAYMENT_METHODS).optional(),
      /** Needed where the method is paid through a provider that keeps what is paid with. */
      token: text(200).optional(),
      returnUrl: z.url().optional(),
    })
    .optional(),
  tenders: z.array(tenderInput).max(MAX_TENDERS).optional(),
  /** Nothing leaves before all of it can; otherwise what is here goes first. */
  shipTogether: z.boolean().optional(),
  metadata: metadata.default({}),
  tags: z.array(text(40)).max(20).default([]),
});
export type PlaceOrderInput = z.infer<typeof placeOrderInput>;

export const cancelOrderInput = z.object({
  orderId: z.uuid(),
  units: unitSelection.optional(),
  reason: z.enum(CANCEL_REASONS),
  note: text(1000).optional(),
  /** The fingerprint of the preview the person saw; absent where nobody saw one. */
  fingerprint: z.string().max(100).optional(),
  /** Waits some seconds before anything is cancelled, in which it can be undone. */
  undoable: z.boolean().optional(),
  /** Why whoever works for the shop takes no fee, where the policy asks one. */
  waiveFee: text(500).optional(),
});
export type CancelOrderInput = z.infer<typeof cancelOrderInput>;

/** An address from a form, as it is compared: what says nothing is left out, names in one order. */
export function sameAddress(a: Readonly<Record<string, unknown>> | null, b: Readonly<Record<string, unknown>> | null): boolean {
  const said = (from: Readonly<Record<string, unknown>> | null): string =>
    JSON.stringify(
      Object.entries(from ?? {})
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return said(a) === said(b);
}

/** What postal codes look like where they are always the same. */
const POSTAL_CODES: Readonly<Record<string, { readonly pattern: RegExp; readonly example: string }>> = {
  AT: { pattern: /^\d{4}$/, example: '1010' },
  BE: { pattern: /^\d{4}$/, example: '1000' },
  CH: { pattern: /^\d{4}$/, example: '8001' },
  DE: { pattern: /^\d{5}$/, example: '10115' },
  ES: { pattern: /^\d{5}$/, example: '28001' },
  FR: { pattern: /^\d{5}$/, example: '75001' },
  IT: { pattern: /^\d{5}$/, example: '20121' },
  NL: { pattern: /^\d{4} ?[A-Z]{2}$/i, example: '1011 AB' },
  US: { pattern: /^\d{5}(-\d{4})?$/, example: '94103' },
};

/** What is wrong with a postal code, for a person; null where nothing is known to be. */
export function postalCodeProblem({ country, postalCode }: Pick<Address, 'country' | 'postalCode'>): string | null {
  const form = POSTAL_CODES[country];
  if (!form || postalCode === undefined || form.pattern.test(postalCode)) return null;
  return `A postal code in ${country} looks like ${form.example}.`;
}

/** An address that takes the place of another. */
const newAddress = address.superRefine((value, check) => {
  const problem = postalCodeProblem(value);
  if (problem) check.addIssue({ code: 'custom', message: problem, path: ['postalCode'] });
  for (const line of Object.values(value)) {
    if (line !== undefined && looksLikeCardNumber(line))
      check.addIssue({ code: 'custom', message: 'Card numbers are not kept here' });
  }
});

export const readdressOrderInput = z.object({
  orderId: z.uuid(),
  address: newAddress,
  /** The address that the person saw and changed; null where there was none. */
  seen: z.record(z.string().max(40), z.string().max(500)).nullable(),
  reason: text(500).optional(),
  /** Lifts an address hold with the change. */
  releaseHold: z.boolean().default(false),
});
export type ReaddressOrderInput = z.infer<typeof readdressOrderInput>;

/** What may change of an order before its goods leave, as one list: all of it, or nothing. */
const units = z.int().min(1).max(1_000_000);
const editChange = z.discriminatedUnion('change', [
  /** Units of a SKU, at the catalogue's price of now unless another is named. */
  z.object({
    change: z.literal('add'),
    sku: text(100),
    quantity: units,
    unitPrice: unitPrice.optional(),
    discountMinor: amountMinor.optional(),
  }),
  /** Units of a line that have not been packed; all of them where no quantity is named. */
  z.object({ change: z.literal('remove'), lineId: z.uuid(), quantity: units.optional() }),
  /** How many units of a line there are to be in the end: what is missing is added as `add` would. */
  z.object({ change: z.literal('quantity'), lineId: z.uuid(), quantity: z.int().min(0).max(1_000_000) }),
  /** Another way to send it: one of the merchant's methods, or a name and a price. */
  z.object({
    change: z.literal('shipping'),
    method: text(100).optional(),
    name: text(100).optional(),
    priceMinor: amountMinor.optional(),
  }),
  z.object({ change: z.literal('address'), address: newAddress }),
]);
export type EditChange = z.infer<typeof editChange>;

export const editLinesInput = z.object({
  orderId: z.uuid(),
  changes: z.array(editChange).min(1).max(100),
  reason: text(500).optional(),
  /** The fingerprint of the preview that was seen; absent where nobody saw one. */
  fingerprint: z.string().max(100).optional(),
  /** Waits some seconds before anything changes, in which it can be undone. */
  undoable: z.boolean().optional(),
});
export type EditLinesInput = z.infer<typeof editLinesInput>;

export const withdrawEditInput = z.object({ orderId: z.uuid(), editId: z.uuid().optional() });
export type WithdrawEditInput = z.infer<typeof withdrawEditInput>;

export const RESHIP_REASONS = ['lost', 'damaged', 'wrong_item', 'missing_item', 'other'] as const;
export type ReshipReason = (typeof RESHIP_REASONS)[number];

/** Units of a shipment that are sent once more at no charge. */
export const reshipOrderInput = z.object({
  orderId: z.uuid(),
  shipmentId: z.uuid(),
  units: unitSelection.optional(),
  reason: z.enum(RESHIP_REASONS),
  note: text(1000).optional(),
  fingerprint: z.string().max(100).optional(),
});
export type ReshipOrderInput = z.infer<typeof reshipOrderInput>;

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

export const holdInput = z.object({ orderId: z.uuid(), hold: z.enum(HAND_HOLDS), reason: text(500) });
export type HoldInput = z.infer<typeof holdInput>;
