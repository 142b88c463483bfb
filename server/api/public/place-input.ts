import { z } from 'zod';
import { MAX_TENDERS, type PlaceOrderInput } from '../../domains/orders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { PAYMENT_METHODS } from '../../kernel/vocabulary.ts';
import { address, amount, currency, decimal, id, metadata, type RestAddress, tags, words } from './fields.ts';
import { salesChannel } from './sales-channel.ts';
import { tender, tenderOf } from './tender-input.ts';

/** What placing an order takes. */
export const createInput = z.strictObject({
  external_id: words(100).optional().meta({ description: 'Your own name for the order, unique among your orders.' }),
  currency: currency.optional().meta({ description: 'ISO 4217. Needed unless the order names a quote.' }),
  channel: salesChannel,
  quote_id: id
    .optional()
    .meta({ description: 'Places what was quoted, at what was quoted. Send no lines, shipping or discount beside it.' }),
  shipping_option: words(100)
    .optional()
    .meta({ description: 'The code of one of the quote’s shipping options.', example: 'standard' }),
  total_minor: amount
    .optional()
    .meta({ description: 'What the customer was shown: the order is refused where it costs anything else.' }),
  customer: z
    .strictObject({
      email: z.email().max(254).optional(),
      name: words(200).optional(),
      phone: words(40).optional(),
      external_id: words(100).optional().meta({ description: 'Your own name for the customer.' }),
    })
    .optional(),
  lines: z
    .array(
      z.strictObject({
        sku: words(100),
        quantity: z.int().min(1).max(1_000_000),
        unit_price: decimal.optional().meta({ description: 'Instead of the catalog’s price.', example: '12.50' }),
        discount_minor: amount.optional(),
        name: words(300).optional(),
      }),
    )
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: 'Needed unless the order names a quote.' }),
  accept: z.enum(['all', 'available']).optional().meta({
    description:
      'Where there is not enough stock: `all` (the default) refuses the order; `available` places it with the units there are, priced for these, and says in `shortages` what was cut. A quote is for all of it: where that is not there, the answer is `quote_changed`.',
  }),
  reservation_id: id.optional().meta({
    description:
      'A reservation whose units the order takes over. What it needs beyond them is promised anew; what it does not need is given back.',
  }),
  shipping: z.strictObject({ name: words(100), price_minor: amount }).optional(),
  discount_minor: amount.optional().meta({ description: 'Off the whole order, spread over its lines.' }),
  pickup: z
    .strictObject({
      node: words(60).meta({ description: 'Code of the store where the customer fetches it.', example: 'BERLIN' }),
    })
    .optional()
    .meta({ description: 'Click and collect, instead of ship_to. Everything has to lie at that store.' }),
  ship_to: address.optional(),
  bill_to: address.optional(),
  payment: z
    .strictObject({
      method: z.enum(PAYMENT_METHODS).optional().meta({
        description:
          '`card` where absent. The merchant’s payment gateways say which others it takes, in which currencies. An order that is paid by `bank_debit` or `bank_transfer` stays PENDING until its money has come, which takes days.',
      }),
      token: words(200).optional().meta({
        description:
          'The payment provider’s token of what is paid with. Never a card number. Needed for `card` and `bank_debit`.',
        example: 'pm_card_visa',
      }),
      return_url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional()
        .meta({ description: 'Where the bank sends the customer after a challenge.' }),
    })
    .optional()
    .meta({ description: 'Needed unless the order costs nothing.' }),
  tenders: z
    .array(tender)
    .max(MAX_TENDERS)
    .optional()
    .meta({ description: 'What pays before the card does; the card pays the rest. One that is refused refuses the order.' }),
  ship_together: z.boolean().optional().meta({
    description: 'Nothing leaves before all of it can. Otherwise what is here goes first, and what comes later follows.',
  }),
  metadata: metadata.optional(),
  tags: tags.optional(),
});

export const PLACEMENT_EXAMPLE = {
  external_id: 'web-10071',
  currency: 'EUR',
  customer: { email: 'ana@example.com', name: 'Ana García' },
  lines: [{ sku: 'MUG-RED', quantity: 2 }],
  shipping: { name: 'Standard', price_minor: 490 },
  ship_to: { name: 'Ana García', line1: 'Calle Mayor 1', city: 'Madrid', postal_code: '28013', country: 'ES' },
  payment: { token: 'pm_card_visa', return_url: 'https://shop.example/thanks' },
  metadata: { cart: '7781' },
};

export function addressInput(from: RestAddress | undefined): PlaceOrderInput['shipTo'] {
  if (!from) return undefined;
  const { postal_code: postalCode, ...rest } = from;
  return { ...rest, ...(postalCode === undefined ? {} : { postalCode }) };
}

/** The same for the flow. */
export function placeInput(
  input: z.infer<typeof createInput>,
  { merchantId, channel, pickup }: Pick<PlaceOrderInput, 'merchantId' | 'channel' | 'pickup'>,
  dataKey: string,
): PlaceOrderInput {
  const { customer, shipping, payment } = input;
  if (input.shipping_option !== undefined && input.quote_id === undefined)
    throw new DomainError(
      'invalid_request',
      'A shipping_option is one of a quote’s: send its quote_id too, or shipping instead.',
    );
  return {
    merchantId,
    channel,
    externalId: input.external_id,
    currency: input.currency,
    quote: input.quote_id === undefined ? undefined : { id: input.quote_id, option: input.shipping_option },
    totalMinor: input.total_minor === undefined ? undefined : BigInt(input.total_minor),
    customer: { email: customer?.email, name: customer?.name, phone: customer?.phone, externalId: customer?.external_id },
    lines: (input.lines ?? []).map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      unitPrice: line.unit_price,
      discountMinor: line.discount_minor === undefined ? undefined : BigInt(line.discount_minor),
      name: line.name,
    })),
    accept: input.accept,
    shipTogether: input.ship_together,
    reservationId: input.reservation_id,
    shipping: shipping && { name: shipping.name, priceMinor: BigInt(shipping.price_minor) },
    discountMinor: input.discount_minor === undefined ? undefined : BigInt(input.discount_minor),
    ...(pickup ? { pickup } : {}),
    shipTo: addressInput(input.ship_to),
    billTo: addressInput(input.bill_to),
    tenders: input.tenders?.map((each) => tenderOf(each, dataKey)),
    payment: payment && { provider: 'card', method: payment.method, token: payment.token, returnUrl: payment.return_url },
    metadata: input.metadata ?? {},
    tags: input.tags ?? [],
  };
}
