import { type PlaceOrderInput, placeOrderInput } from '../../server/domains/orders/schema.ts';
import type { Shop } from './shops.ts';

/** An order of one good by somebody in Germany, paid by card. */
export function orderInput(shop: Shop, line: { readonly sku: string; readonly quantity: number }): PlaceOrderInput {
  return placeOrderInput.parse({
    merchantId: shop.id,
    channel: 'api',
    currency: shop.currency,
    customer: { email: 'nora.pruefer@customer.example', name: 'Nora Prüfer' },
    lines: [line],
    shipTo: { name: 'Nora Prüfer', line1: 'Seestraße 4', city: 'Kiel', postalCode: '24103', country: 'DE' },
    payment: { token: 'pm_card_visa' },
  });
}
